/** Line of every `id="…"` in a text, 1-based; the parser keeps no positions. */
export function linesOfIds(xml: string): Map<string, number> {
  const lines = new Map<string, number>();
  xml.split("\n").forEach((text, index) => {
    for (const [, id] of text.matchAll(/\sid\s*=\s*["']([^"']*)["']/g)) {
      if (id !== undefined && !lines.has(id)) lines.set(id, index + 1);
    }
  });
  return lines;
}
