const MARKUP = /<!\[CDATA\[[\s\S]*?\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<[A-Za-z_](?:"[^"]*"|'[^']*'|[^"'>])*>/g;

/** Takes the spaces around the `=` of attributes away: legal XML, whose attribute the parser would drop. */
export function withoutAttributeSpaces(xml: string): string {
  if (!/\s=\s*["']|=\s+["']/.test(xml)) return xml;
  return xml.replace(MARKUP, (markup) =>
    /^<[A-Za-z_]/.test(markup)
      ? markup.replace(/("[^"]*"|'[^']*')|\s*=\s*/g, (...parts: (string | undefined)[]) => parts[1] ?? "=")
      : markup,
  );
}
