/** Line of the first `id="…"` of each id in a text, 1-based; the parser keeps no positions. */
export function linesOfIds(xml: string): Map<string, number> {
  const lines = new Map<string, number>();
  let line = 1;
  let counted = 0;
  for (const match of xml.matchAll(/\sid\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    // the line of the name: the space before it may be the break itself
    for (let at = xml.indexOf("\n", counted); at >= 0 && at <= match.index; at = xml.indexOf("\n", at + 1)) {
      line += 1;
      counted = at + 1;
    }
    const id = match[1] ?? match[2];
    if (id !== undefined && !lines.has(id)) lines.set(id, line);
  }
  return lines;
}
