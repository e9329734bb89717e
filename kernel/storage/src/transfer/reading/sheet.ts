/**
 * What a cell holds: its text as it stands in the file. A `number` is as the file writes it, never a binary fraction; a `date`
 * is a number that is shown as a date; a `formula` has no value, and an `error` is one such as `#N/A`.
 */
export interface Cell {
  kind: "text" | "number" | "date" | "boolean" | "error" | "formula";
  text: string;
}

/** A row that holds anything. */
export interface SheetRow {
  /** As a spreadsheet shows it, from 1. */
  number: number;
  /** By column, from 1. */
  cells: Map<number, Cell>;
}

/** A sheet that is read once, from its first row to its last. */
export interface Sheet {
  format: "xlsx" | "csv";
  rows: AsyncGenerator<SheetRow[]>;
  /** How much of the file has been read, 0 to 1. */
  progress(): number;
}

/** More columns than any register has. */
export const MAX_COLUMNS = 1_000;
/** Text of a cell is cut behind this: one more character than any field takes. */
export const MAX_CELL_TEXT = 100_001;
/** What lies between two tags, or in one line of a text file, at most. */
export const MAX_PIECE_BYTES = 16 * 1024 * 1024;

/** Letters of a column, `A` for 1. */
export function letters(index: number): string {
  const last = String.fromCharCode(65 + ((index - 1) % 26));
  return index <= 26 ? last : letters(Math.floor((index - 1) / 26)) + last;
}

/** The column that letters in front of a reference name, 28 for `AB7`; nothing when there are none. */
export function columnOfReference(reference: string): number | undefined {
  let index = 0;
  for (let at = 0; at < reference.length && at < 4; at += 1) {
    const code = reference.charCodeAt(at);
    if (code < 65 || code > 90) break;
    index = index * 26 + code - 64;
  }
  return index === 0 ? undefined : index;
}
