const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

/** Rows as separated values that spreadsheets open; a text that they would calculate gets an apostrophe in front. */
export function separatedValues(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  return `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** Hands a text file to the browser to be saved; marked as UTF-8 for spreadsheets. */
export function saveText(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\uFEFF", text], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
