import iconv from "iconv-lite";
import type { OutCell, OutRows } from "./cells.js";

/**
 * Writes separated values (RFC 4180). A text that a spreadsheet would calculate gets an apostrophe in front (OWASP, "CSV
 * injection"), and so does one that looks as if it had one: an import takes exactly one away.
 */
export async function* csvContent(rows: OutRows, encoding: "utf-8" | "gb18030"): AsyncGenerator<Buffer> {
  if (encoding === "utf-8") yield Buffer.from("\ufeff");
  for await (const group of rows) {
    const text = group.map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
    yield encoding === "utf-8" ? Buffer.from(text) : iconv.encode(text, "gb18030");
  }
}

/** One line of texts, as `csvContent` writes them. */
export function csvLine(texts: readonly string[]): string {
  return `${texts.map(csvText).join(",")}\r\n`;
}

function cellText(cell: OutCell | undefined): string {
  if (!cell) return "";
  return cell.kind === "number" ? cell.text : csvText(cell.text);
}

function csvText(content: string): string {
  const text = /^'*[=+\-@\t\r＝＋－＠]/.test(content) ? `'${content}` : content;
  return /[",\r\n;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
