import { PassThrough, Readable } from "node:stream";
import { ZipFile } from "yazl";
import { letters } from "../reading/sheet.js";
import type { OutCell, OutRow, OutRows } from "./cells.js";
import {
  commentParts,
  drawingParts,
  HEAD,
  type Look,
  lookNumber,
  MAIN,
  type Note,
  RELATIONS,
  smallParts,
  xmlText,
} from "./xlsx-parts.js";

/** A sheet to be written; rows come as they are asked for. */
export interface OutSheet {
  title: string;
  /** Of the columns, in characters. */
  widths: readonly number[];
  /** Of cells that people fill in, by column. */
  looks?: readonly Look[];
  rows: OutRows;
  /** Whether any cell has a note. */
  hasNotes?: boolean;
  isHidden?: boolean;
  choices?: readonly Choices[];
}

/** A column, from 1, whose cells take one of several texts: `formula` names a list or a range. */
export interface Choices {
  column: number;
  formula: string;
}

/** Rows that choices are offered in. */
const CHOICE_ROWS = 20_000;
/** Faster than the usual level at nearly its size. */
const LEVEL = 4;

/** Writes a workbook as it is read: what is not taken is not made, so memory holds a few rows of it. */
export async function* xlsxContent(sheets: readonly OutSheet[]): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  const output = zip.outputStream.pipe(new PassThrough());
  const open = new Set<Readable>();
  const fail = (error: unknown): void => void output.destroy(error instanceof Error ? error : new Error(String(error)));
  zip.on("error", fail);
  const add = (path: string, content: AsyncIterable<string> | Iterable<string>): void => {
    zip.addReadStreamLazy(path, { compressionLevel: LEVEL }, (take) => {
      const stream = Readable.from(buffers(content), { objectMode: false });
      open.add(stream);
      stream.on("error", fail).on("close", () => open.delete(stream));
      take(null, stream);
    });
  };
  const described = sheets.map(({ title, isHidden = false, hasNotes = false }) => ({ title, isHidden, hasNotes }));
  for (const [path, text] of smallParts(described)) zip.addBuffer(Buffer.from(text), path);
  for (const [index, sheet] of sheets.entries()) {
    const notes: Note[] = [];
    add(`xl/worksheets/sheet${index + 1}.xml`, sheetParts(sheet, notes));
    if (sheet.hasNotes !== true) continue;
    add(`xl/comments${index + 1}.xml`, commentParts(notes));
    add(`xl/drawings/vmlDrawing${index + 1}.vml`, drawingParts(notes));
  }
  zip.end();
  try {
    for await (const chunk of output as AsyncIterable<Buffer>) yield chunk;
  } finally {
    for (const stream of open) stream.destroy();
  }
}

async function* buffers(content: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Buffer> {
  for await (const text of content) if (text !== "") yield Buffer.from(text);
}

async function* sheetParts(sheet: OutSheet, notes: Note[]): AsyncGenerator<string> {
  const columns = sheet.widths.map((width, index) => {
    const look = sheet.looks?.[index];
    return `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"${look ? ` style="${lookNumber(look)}"` : ""}/>`;
  });
  yield `${HEAD}<worksheet xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>${columns.length > 0 ? `<cols>${columns.join("")}</cols>` : ""}<sheetData>`;
  let number = 0;
  const names = Array.from({ length: Math.max(26, sheet.widths.length) }, (_, index) => letters(index + 1));
  for await (const rows of sheet.rows) {
    let text = "";
    for (const row of rows) text += rowText(row, (number += 1), names, notes);
    yield text;
  }
  const choices = (sheet.choices ?? []).map(({ column, formula }) => {
    const name = letters(column);
    return `<dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" sqref="${name}2:${name}${CHOICE_ROWS}"><formula1>${xmlText(formula)}</formula1></dataValidation>`;
  });
  yield `</sheetData>${choices.length > 0 ? `<dataValidations count="${choices.length}">${choices.join("")}</dataValidations>` : ""}${sheet.hasNotes === true ? '<legacyDrawing r:id="rId2"/>' : ""}</worksheet>`;
}

function rowText(row: OutRow, number: number, names: string[], notes: Note[]): string {
  let text = `<row r="${number}">`;
  for (let index = 0; index < row.length; index += 1) {
    const cell = row[index];
    if (!cell) continue;
    const reference = (names[index] ??= letters(index + 1)) + String(number);
    text += cellText(cell, reference);
    if (cell.note !== undefined) notes.push({ row: number, column: index + 1, reference, text: cell.note });
  }
  return `${text}</row>`;
}

function cellText(cell: OutCell, reference: string): string {
  const look = cell.look === undefined ? "" : ` s="${lookNumber(cell.look)}"`;
  if (cell.kind === "number") return `<c r="${reference}"${look}><v>${cell.text}</v></c>`;
  if (cell.text === "") return `<c r="${reference}"${look}/>`;
  return `<c r="${reference}"${look} t="inlineStr"><is><t xml:space="preserve">${xmlText(cell.text)}</t></is></c>`;
}
