import type { Readable } from "node:stream";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { tooLarge, unreadable } from "./refused.js";
import { MAX_CELL_TEXT } from "./sheet.js";
import { hear } from "./xml.js";

/** What the parts may come to when they are unpacked: a million rows of a dozen cells are some 600 MB. */
const MAX_UNPACKED_BYTES = 1024 ** 3;
const MAX_PARTS = 1_000;
const MAX_RATIO = 100;
const RATIO_FROM_BYTES = 1024 ** 2;
/** Parts other than sheets and texts. */
const MAX_SMALL_BYTES = 16 * 1024 ** 2;
/** Texts that cells share are kept in memory. */
const MAX_TEXTS = 2_000_000;
const MAX_TEXT_CHARACTERS = 100_000_000;

/** A workbook whose parts can be read in any order. */
export class WorkbookParts {
  readonly #entries = new Map<string, Entry>();

  private constructor(
    readonly zip: ZipFile,
    readonly name: string,
  ) {}

  /**
   * Opens it and weighs what its table of contents says; the reader holds each part to that, so nothing unpacks to more.
   * @throws JinshuiError `invalid-file`, `too-large`.
   */
  static async open(path: string, name: string, size: number): Promise<WorkbookParts> {
    const zip = await openPromise(path, { lazyEntries: true, autoClose: false }).catch((error: unknown) => {
      throw unreadable(name, "workbook", {}, error);
    });
    const parts = new WorkbookParts(zip, name);
    try {
      let unpacked = 0;
      for await (const entry of zip.eachEntry()) {
        if ((entry.generalPurposeBitFlag & 1) !== 0) throw unreadable(name, "archive-encrypted");
        unpacked += entry.uncompressedSize;
        parts.#entries.set(entry.fileName.replace(/^\//, "").toLowerCase(), entry);
        if (parts.#entries.size > MAX_PARTS) throw tooLarge(name, "parts", MAX_PARTS);
      }
      if (unpacked > MAX_UNPACKED_BYTES) throw tooLarge(name, "bytes when it is unpacked", MAX_UNPACKED_BYTES);
      if (unpacked > RATIO_FROM_BYTES && unpacked > MAX_RATIO * size)
        throw tooLarge(name, "bytes when it is unpacked", MAX_RATIO * size);
    } catch (error) {
      zip.close();
      throw error;
    }
    return parts;
  }

  close(): void {
    this.zip.close();
  }

  sizeOf(part: string): number {
    return this.#entries.get(part.toLowerCase())?.uncompressedSize ?? 0;
  }

  /** A part's content; nothing when it has no such part. */
  async stream(part: string): Promise<Readable | undefined> {
    const entry = this.#entries.get(part.toLowerCase());
    return entry && this.zip.openReadStreamPromise(entry);
  }

  /** The part of the first sheet that people see, and whether its dates count from 1904. */
  async firstSheet(): Promise<{ part: string; from1904: boolean }> {
    const targets = new Map<string, string>();
    await this.#small("xl/_rels/workbook.xml.rels", (tag, attributes) => {
      if (tag === "Relationship") targets.set(attributes["Id"] ?? "", attributes["Target"] ?? "");
    });
    let from1904 = false;
    const sheets: { id: string; isVisible: boolean }[] = [];
    await this.#small("xl/workbook.xml", (tag, attributes) => {
      if (tag === "workbookPr") from1904 = ["1", "true"].includes(attributes["date1904"] ?? "");
      if (tag !== "sheet") return;
      const id = Object.entries(attributes).find(([key]) => key.endsWith(":id"))?.[1] ?? "";
      sheets.push({ id, isVisible: (attributes["state"] ?? "visible") === "visible" });
    });
    const target = targets.get((sheets.find(({ isVisible }) => isVisible) ?? sheets[0])?.id ?? "");
    if (target === undefined) throw unreadable(this.name, "no-sheet");
    return { part: target.startsWith("/") ? target.slice(1) : `xl/${target}`, from1904 };
  }

  /** For each style of cells, whether it shows a number as a date. */
  async dateStyles(): Promise<boolean[]> {
    const custom = new Map<string, boolean>();
    const styles: boolean[] = [];
    let inCells = false;
    await this.#small(
      "xl/styles.xml",
      (tag, attributes) => {
        if (tag === "numFmt") custom.set(attributes["numFmtId"] ?? "", isDateFormat(attributes["formatCode"] ?? ""));
        if (tag === "cellXfs") inCells = true;
        if (tag !== "xf" || !inCells) return;
        const id = attributes["numFmtId"] ?? "0";
        styles.push(custom.get(id) ?? isBuiltInDate(Number(id)));
      },
      (tag) => {
        if (tag === "cellXfs") inCells = false;
      },
    );
    return styles;
  }

  /** Texts that cells refer to by number. */
  async sharedTexts(): Promise<string[]> {
    const texts: string[] = [];
    const stream = await this.stream("xl/sharedStrings.xml");
    if (!stream) return texts;
    let characters = 0;
    let text = "";
    let [inText, inPhonetic] = [false, false];
    await hear(stream, {
      open: (tag) => {
        if (tag === "si") text = "";
        else if (tag === "rPh") inPhonetic = true;
        else if (tag === "t") inText = !inPhonetic;
      },
      text: (piece) => {
        if (inText && text.length < MAX_CELL_TEXT) text = (text + piece).slice(0, MAX_CELL_TEXT);
      },
      close: (tag) => {
        if (tag === "t") inText = false;
        else if (tag === "rPh") inPhonetic = false;
        if (tag !== "si") return;
        characters += text.length;
        texts.push(text);
        if (texts.length > MAX_TEXTS) throw tooLarge(this.name, "different texts", MAX_TEXTS);
        if (characters > MAX_TEXT_CHARACTERS) throw tooLarge(this.name, "characters", MAX_TEXT_CHARACTERS);
      },
    });
    return texts;
  }

  async #small(
    part: string,
    open: (tag: string, attributes: Readonly<Record<string, string>>) => void,
    close: (tag: string) => void = () => undefined,
  ): Promise<void> {
    if (this.sizeOf(part) > MAX_SMALL_BYTES) throw tooLarge(this.name, `bytes in ${part}`, MAX_SMALL_BYTES);
    const stream = await this.stream(part);
    if (stream) await hear(stream, { open, close, text: () => undefined });
  }
}

/** ECMA-376, 18.8.30: 14 to 22 and 45 to 47, and those of East Asian languages. */
function isBuiltInDate(id: number): boolean {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

/** Characters that spreadsheets let a number format have. */
const LONGEST_FORMAT = 255;

/** Year, month, day, hour or second outside of quoted text, colours and conditions. */
function isDateFormat(code: string): boolean {
  return /[ymdhs]/i.test(code.slice(0, LONGEST_FORMAT).replace(/"[^"]*"|\\.|_.|\[[^\]]*\]|General|E[+-]/gi, ""));
}
