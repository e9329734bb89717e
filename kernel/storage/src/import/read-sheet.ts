import { isJinshuiError, JinshuiError } from "@jinshui/contracts";
import Excel from "@protobi/exceljs";
import { createReadStream } from "node:fs";
import { checkArchive, unreadable } from "./check-archive.js";

/** Most rows one import takes. */
const MAX_ROWS = 20_000;

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

/**
 * Hands over the rows of a workbook's first visible sheet that hold anything, one at a time.
 * @throws JinshuiError `invalid-file`, `too-large`, and what `take` throws.
 */
export async function readSheet(path: string, name: string, take: (row: SheetRow) => void): Promise<void> {
  await checkArchive(path, name);
  const workbook = new Excel.stream.xlsx.WorkbookReader(createReadStream(path), {
    sharedStrings: "cache",
    styles: "cache",
    worksheets: "emit",
    hyperlinks: "ignore",
    entries: "emit",
  });
  let failure: unknown;
  let found = false;
  try {
    for await (const sheet of workbook) {
      const wanted: boolean = !found && isFirst(workbook, sheet);
      found ||= wanted;
      try {
        for await (const row of sheet) if (wanted && failure === undefined) visit(row, name, take);
      } catch (error) {
        // read on to the end all the same: only then does the reader remove the parts it has put aside on the disk
        failure ??= error;
      }
    }
  } catch (error) {
    failure ??= error;
  }
  if (isJinshuiError(failure)) throw failure;
  if (failure !== undefined) unreadable(name)(failure);
  if (!found) throw new JinshuiError("invalid-file", `${name} has no sheet`, { details: { name } });
}

/** Sheets come as they lie in the file; what people see first is another matter. */
function isFirst(workbook: unknown, sheet: unknown): boolean {
  const { model } = workbook as { model?: { sheets?: { name: string; state?: string }[] } };
  const first = model?.sheets?.find(({ state }) => state === undefined || state === "visible");
  return first === undefined || first.name === (sheet as { name?: string }).name;
}

function visit(row: Excel.Row, name: string, take: (row: SheetRow) => void): void {
  if (row.number > MAX_ROWS + 1) {
    throw new JinshuiError("too-large", `${name} has more than ${MAX_ROWS} rows`, {
      details: { name, limit: MAX_ROWS },
    });
  }
  const cells = new Map<number, Cell>();
  row.eachCell((cell, index) => {
    const value = plain(cell.value);
    if (value !== undefined) cells.set(index, { column: letters(index), value });
  });
  if (cells.size > 0) take({ number: row.number, cells });
}

function plain(value: Excel.CellValue): Cell["value"] {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  if (typeof value === "number" || typeof value === "boolean" || value instanceof Date) return value;
  if ("richText" in value) return plain(value.richText.map(({ text }) => text).join(""));
  if ("text" in value) return plain(String(value.text));
  if ("result" in value) return plain(value.result);
  return "error" in value ? String(value.error) : undefined;
}

/** Letters of a column, `A` for 1. */
export function letters(index: number): string {
  const last = String.fromCharCode(65 + ((index - 1) % 26));
  return index <= 26 ? last : letters(Math.floor((index - 1) / 26)) + last;
}
