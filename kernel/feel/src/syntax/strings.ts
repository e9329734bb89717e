const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "'": "'", "\\": "\\" };

/** The text a string literal means. */
export function unquote(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|([nrt"'\\]))/g, (whole, four, six, one) => {
      const code = parseInt((four ?? six ?? "0") as string, 16);
      if (one !== undefined) return ESCAPES[one as string] ?? whole;
      return code > 0x10ffff ? whole : String.fromCodePoint(code);
    });
}
