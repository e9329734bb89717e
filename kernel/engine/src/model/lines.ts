/** Line of the first `id="…"` of each id in a text, 1-based; the parser keeps no positions. */
export function linesOfIds(xml: string): Map<string, number> {
  const lines = new Map<string, number>();
  let line = 1;
  let lineEnd = endOfLine(xml, 0);
  for (const match of xml.matchAll(/\sid\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    // the line of the name: the space before it may be the break itself
    while (lineEnd <= match.index) {
      line += 1;
      lineEnd = endOfLine(xml, lineEnd + 1);
    }
    const id = match[1] ?? match[2];
    if (id !== undefined && !lines.has(id)) lines.set(id, line);
  }
  return lines;
}

function endOfLine(xml: string, from: number): number {
  const end = xml.indexOf("\n", from);
  return end < 0 ? Infinity : end;
}
