/** Parts of XML in which no tag begins, by their first signs. */
const OTHERS = [
  ["<![CDATA[", "]]>"],
  ["<!--", "-->"],
  ["<?", "?>"],
] as const;

/** The next part of a tag: a value, an equals sign with the spaces around it, spaces, a name or its end. */
const PART = /("[^"]*"|'[^']*')|(\s*=\s*)|\s+|[^\s"'=>]+|(>)/y;

/**
 * Takes the spaces around the `=` of attributes away: legal XML, whose attribute the parser would drop. Looks at every sign
 * once; what is not well formed stays as it is.
 */
export function withoutAttributeSpaces(xml: string): string {
  if (!/\s=\s*["']|=\s+["']/.test(xml)) return xml;
  const kept: string[] = [];
  let from = 0;
  for (let at = xml.indexOf("<"); at >= 0; at = xml.indexOf("<", at)) {
    const other = OTHERS.find(([begin]) => xml.startsWith(begin, at));
    const end = other
      ? endOf(xml, other[1], at)
      : endOfTag(xml, at, (start, stop) => {
          kept.push(xml.slice(from, start), "=");
          from = stop;
        });
    if (end === undefined) break;
    at = end;
  }
  return kept.join("") + xml.slice(from);
}

function endOf(xml: string, sign: string, start: number): number | undefined {
  const found = xml.indexOf(sign, start);
  return found < 0 ? undefined : found + sign.length;
}

/** Goes through a tag and tells where its equals signs are, with the spaces around them. */
function endOfTag(xml: string, start: number, onEquals: (start: number, end: number) => void): number | undefined {
  PART.lastIndex = start;
  for (let part = PART.exec(xml); part; part = PART.exec(xml)) {
    if (part[3] !== undefined) return PART.lastIndex;
    if (part[2] !== undefined && part[2] !== "=") onEquals(part.index, PART.lastIndex);
  }
  return undefined;
}
