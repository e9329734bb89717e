import { CsvError, parse } from "csv-parse";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { tooLarge, unreadable } from "./refused.js";
import { MAX_CELL_TEXT, MAX_COLUMNS, MAX_PIECE_BYTES, type Cell, type Sheet, type SheetRow } from "./sheet.js";
import { decoded, textEncoding } from "./text-encoding.js";

const BATCH = 200;
const SEPARATORS = [",", "\t", ";"];

/**
 * Opens a text file of separated values: by comma, tab or semicolon, whichever the first line has most of.
 * @throws JinshuiError `invalid-file`; reading the rows throws it too, and `too-large`.
 */
export async function openCsv(path: string, name: string): Promise<Sheet> {
  const encoding = await textEncoding(path, name);
  const { size } = await stat(path);
  const separator = separatorOf(await firstLine(path, encoding));
  let read = 0;
  async function* pieces(): AsyncGenerator<string> {
    for await (const text of decoded(path, encoding)) {
      read += text.length;
      yield text;
    }
  }
  // characters of Chinese text take two bytes or three
  const bytesPerCharacter = encoding === "utf-8" ? await densityOf(path, encoding) : encoding === "gb18030" ? 1.5 : 2;
  return {
    format: "csv",
    rows: rowsOf(pieces(), separator, name),
    progress: () => Math.min(1, (read * bytesPerCharacter) / Math.max(1, size)),
  };
}

async function* rowsOf(pieces: AsyncIterable<string>, delimiter: string, name: string): AsyncGenerator<SheetRow[]> {
  const parser = parse({ delimiter, relax_column_count: true, max_record_size: MAX_PIECE_BYTES });
  const source = Readable.from(pieces);
  source.on("error", (error) => parser.destroy(error));
  source.pipe(parser);
  let number = 0;
  let batch: SheetRow[] = [];
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      number += 1;
      const cells = new Map<number, Cell>();
      for (const [index, text] of record.entries()) {
        if (text.trim() === "") continue;
        if (index >= MAX_COLUMNS) throw tooLarge(name, "columns", MAX_COLUMNS);
        cells.set(index + 1, { kind: "text", text: unprotected(text.slice(0, MAX_CELL_TEXT)) });
      }
      if (cells.size > 0) batch.push({ number, cells });
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (error.code === "CSV_MAX_RECORD_SIZE") throw tooLarge(name, "bytes in one line", MAX_PIECE_BYTES);
    throw unreadable(name, "csv", { row: number + 1 }, error);
  } finally {
    source.destroy();
    parser.destroy();
  }
  if (batch.length > 0) yield batch;
}

/**
 * Takes off what keeps a spreadsheet from calculating a text: the apostrophe before `=`, `+`, `-`, `@`, tab or carriage return.
 * The exact reverse of how texts are exported.
 */
function unprotected(text: string): string {
  return /^''*[=+\-@\t\r＝＋－＠]/.test(text) ? text.slice(1) : text;
}

async function firstLine(path: string, encoding: Parameters<typeof decoded>[1]): Promise<string> {
  for await (const text of decoded(path, encoding)) return text.slice(0, 65_536).split(/\r?\n|\r/, 1)[0] ?? "";
  return "";
}

function separatorOf(line: string): string {
  const unquoted = line.replace(/"[^"]*"/g, "");
  const counts = SEPARATORS.map((separator) => unquoted.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ",";
}

async function densityOf(path: string, encoding: Parameters<typeof decoded>[1]): Promise<number> {
  for await (const chunk of createReadStream(path, { end: 65_535 }) as AsyncIterable<Buffer>)
    return chunk.length / Math.max(1, new TextDecoder(encoding).decode(chunk).length);
  return 1;
}
