/**
 * The canonical JSON of RFC 8785: names sorted by UTF-16 code units, numbers and texts as ECMAScript writes them, so that
 * the same value always gives the same text. Half a surrogate pair, which the RFC refuses, is escaped.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  let text = "";
  if (Array.isArray(value)) {
    for (const part of value) text += `${text === "" ? "" : ","}${canonicalJson(part)}`;
    return `[${text}]`;
  }
  // without a function to compare, texts are sorted by their code units
  for (const key of Object.keys(value).sort()) {
    const part = (value as Record<string, unknown>)[key];
    if (part !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonicalJson(part)}`;
  }
  return `{${text}}`;
}
