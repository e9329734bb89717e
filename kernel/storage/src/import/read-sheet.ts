import { JinshuiError } from "@jinshui/contracts";
import Excel from "@protobi/exceljs";
import { createReadStream } from "node:fs";

/** Most rows one import takes. */
const MAX_ROWS = 100_000;

export interface Cell {
  /** Column letter. */
  column: string;
  value: string | number | boolean | Date | undefined;
}

export interface SheetRow {
  /** Number as the spreadsheet shows it. */
  number: number;
  cells: Map<number, Cell>;
}

/** Rows of a workbook's first sheet that hold anything, streamed. */
export async function* readSheet(path: string, name: string): AsyncGenerator<SheetRow> {
  try {
    const workbook = new Excel.stream.xlsx.WorkbookReader(createReadStream(path), {
      sharedStrings: "cache",
      styles: "cache",
      worksheets: "emit",
      hyperlinks: "ignore",
      entries: "emit",
    });
    for await (const sheet of workbook) {
      for await (const row of sheet) {
        const cells = new Map<number, Cell>();
        row.eachCell((cell, index) => {
          const value = plain(cell.value);
          if (value !== undefined) cells.set(index, { column: letters(index), value });
        });
        if (cells.size > 0) yield { number: row.number, cells };
        if (row.number > MAX_ROWS)
          throw new JinshuiError("too-large", `${name} has more than ${MAX_ROWS} rows`, {
            details: { name, limit: MAX_ROWS },
          });
      }
      return;
    }
  } catch (cause) {
    if (cause instanceof JinshuiError) throw cause;
    throw new JinshuiError(
      "invalid-file",
      `${name} is no readable .xlsx workbook: ${cause instanceof Error ? cause.message : String(cause)}`,
      { details: { name }, cause },
    );
  }
  throw new JinshuiError("invalid-file", `${name} has no sheet`, { details: { name } });
}

function plain(value: Excel.CellValue): Cell["value"] {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  if (typeof value === "number" || typeof value === "boolean" || value instanceof Date) return value;
  if ("richText" in value)
    return (
      value.richText
        .map(({ text }) => text)
        .join("")
        .trim() || undefined
    );
  if ("text" in value) return String(value.text).trim() || undefined;
  if ("result" in value) return plain(value.result);
  return "error" in value ? String(value.error) : undefined;
}

export function letters(index: number): string {
  return index <= 26
    ? String.fromCharCode(64 + index)
    : letters(Math.floor((index - 1) / 26)) + letters(((index - 1) % 26) + 1);
}
