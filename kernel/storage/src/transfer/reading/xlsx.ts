import { stat } from "node:fs/promises";
import { asUnreadable, tooLarge, unreadable } from "./refused.js";
import { type Cell, columnOfReference, MAX_CELL_TEXT, MAX_COLUMNS, type Sheet, type SheetRow } from "./sheet.js";
import { WorkbookParts } from "./workbook-parts.js";
import { heard, type XmlListener } from "./xml.js";

/** Days between the two calendars of spreadsheets. */
const DAYS_TO_1904 = 1_462;

/** Opens the first visible sheet of a workbook. @throws JinshuiError `invalid-file`, `too-large`; reading the rows too. */
export async function openXlsx(path: string, name: string): Promise<Sheet> {
  const { size } = await stat(path);
  const parts = await WorkbookParts.open(path, name, size);
  try {
    const { part, from1904 } = await parts.firstSheet();
    const total = parts.sizeOf(part);
    const listener = new SheetListener(name, await parts.sharedTexts(), await parts.dateStyles(), from1904);
    let read = 0;
    const count = (bytes: number): void => void (read += bytes);
    return {
      format: "xlsx",
      rows: rowsOf(parts, part, listener, count, name),
      progress: () => Math.min(1, read / Math.max(1, total)),
    };
  } catch (error) {
    parts.close();
    return asUnreadable(name, "workbook")(error);
  }
}

async function* rowsOf(
  parts: WorkbookParts,
  part: string,
  listener: SheetListener,
  count: (bytes: number) => void,
  name: string,
): AsyncGenerator<SheetRow[]> {
  try {
    const stream = await parts.stream(part);
    if (!stream) throw unreadable(name, "no-sheet");
    for await (const bytes of heard(stream, listener)) {
      count(bytes);
      if (listener.rows.length > 0) yield listener.rows.splice(0);
    }
    if (listener.rows.length > 0) yield listener.rows.splice(0);
  } catch (error) {
    asUnreadable(name, "workbook")(error);
  } finally {
    parts.close();
  }
}

/** Makes rows of a sheet's tags. Formulas are never calculated: a cell is worth the value that was saved with it. */
class SheetListener implements XmlListener {
  readonly rows: SheetRow[] = [];
  #row = 0;
  #cells = new Map<number, Cell>();
  #column = 0;
  #type = "";
  #style = 0;
  #hasFormula = false;
  #hasValue = false;
  #text = "";
  #taking = false;
  #inPhonetic = false;

  constructor(
    readonly name: string,
    readonly texts: readonly string[],
    readonly dateStyles: readonly boolean[],
    readonly from1904: boolean,
  ) {}

  open(tag: string, attributes: Readonly<Record<string, string>>): void {
    switch (tag) {
      case "row":
        this.#row = Number(attributes["r"] ?? this.#row + 1);
        this.#cells = new Map();
        this.#column = 0;
        break;
      case "c":
        this.#column = columnOfReference(attributes["r"] ?? "") ?? this.#column + 1;
        this.#type = attributes["t"] ?? "n";
        this.#style = Number(attributes["s"] ?? 0);
        this.#hasFormula = false;
        this.#hasValue = false;
        this.#text = "";
        break;
      case "f":
        this.#hasFormula = true;
        break;
      case "rPh":
        this.#inPhonetic = true;
        break;
      case "v":
      case "t":
        this.#taking = !this.#inPhonetic;
        break;
    }
  }

  text(piece: string): void {
    if (this.#taking && this.#text.length < MAX_CELL_TEXT) this.#text = (this.#text + piece).slice(0, MAX_CELL_TEXT);
  }

  close(tag: string): void {
    switch (tag) {
      case "v":
      case "t":
        this.#hasValue ||= this.#text !== "";
        this.#taking = false;
        break;
      case "rPh":
        this.#inPhonetic = false;
        break;
      case "c": {
        const cell = this.#cell();
        if (!cell) break;
        if (this.#column > MAX_COLUMNS) throw tooLarge(this.name, "columns", MAX_COLUMNS);
        this.#cells.set(this.#column, cell);
        break;
      }
      case "row":
        if (!Number.isSafeInteger(this.#row) || this.#row < 1) throw new Error("a row without a number");
        if (this.#cells.size > 0) this.rows.push({ number: this.#row, cells: this.#cells });
        break;
    }
  }

  #cell(): Cell | undefined {
    const text = this.#text;
    if (this.#hasFormula && !this.#hasValue && this.#type !== "str") return { kind: "formula", text: "" };
    switch (this.#type) {
      case "s":
        return textCell(this.texts[Number(text)] ?? "");
      case "str":
      case "inlineStr":
        return textCell(text);
      case "b":
        return { kind: "boolean", text: text === "1" ? "1" : "0" };
      case "e":
        return { kind: "error", text };
      case "d":
        return textCell(text);
    }
    if (text.trim() === "") return undefined;
    if (this.dateStyles[this.#style] !== true) return { kind: "number", text: text.trim() };
    return { kind: "date", text: this.from1904 ? String(Number(text) + DAYS_TO_1904) : text.trim() };
  }
}

function textCell(text: string): Cell | undefined {
  return text.trim() === "" ? undefined : { kind: "text", text: unescaped(text) };
}

/** ECMA-376, 22.9.2.19: characters that XML has no place for are written as `_x000D_`. */
function unescaped(text: string): string {
  return text.includes("_x")
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    : text;
}
