import { JinshuiError } from "@jinshui/contracts";
import PDFDocument from "pdfkit";
import type { Entry, Fact, SignedDocument } from "./document.js";
import { type Face, type Fonts, MISSING } from "./fonts.js";

const MARGIN = 56;
const INDENT = 16;
const LABEL_WIDTH = 96;
const MAX_CHARACTERS = 400_000;
const MAX_PAGES = 300;
const SIZE = { title: 16, heading: 12, body: 10, foot: 8 };
const INK = "#1c2430";
const QUIET = "#4a5565";

/** Writes a document as PDF 1.7 with its fonts inside; 413 `too-large` for more than 300 pages. */
export async function renderDocument(document: SignedDocument, fonts: Fonts): Promise<Buffer> {
  const all = textOf(document);
  if (all.length > MAX_CHARACTERS) throw tooLong();
  const { faces, missing } = await fonts.facesFor(all);
  const pdf = new PDFDocument({
    size: "A4",
    margins: { top: MARGIN, bottom: MARGIN, left: MARGIN, right: MARGIN },
    pdfVersion: "1.7",
    lang: "zh-CN",
    displayTitle: true,
    bufferPages: true,
    info: { Title: document.title, Producer: "Jinshui", Creator: "Jinshui" },
  });
  const parts: Buffer[] = [];
  pdf.on("data", (part: Buffer) => parts.push(part));
  const ended = new Promise((resolve, reject) => pdf.on("end", resolve).on("error", reject));
  const page = new Page(pdf, faces);
  page.write(document.title, { size: SIZE.title, align: "center" });
  page.space(10);
  document.facts.forEach((fact) => page.fact(fact));
  for (const { heading, entries } of document.sections) {
    page.heading(heading);
    entries.forEach((entry) => page.entry(entry));
  }
  if (missing.length > 0) page.note(missing);
  page.feet(document.foot);
  pdf.end();
  await ended;
  return Buffer.concat(parts);
}

/** Writes down the page, in the font that has each character. */
class Page {
  constructor(
    readonly pdf: PDFKit.PDFDocument,
    readonly faces: readonly Face[],
  ) {
    for (const { name, bytes, family } of faces) pdf.registerFont(name, bytes, family);
  }

  write(
    text: string,
    {
      size = SIZE.body,
      color = INK,
      align = "left",
      x = MARGIN,
      y = this.pdf.y,
    }: { size?: number; color?: string; align?: "left" | "center"; x?: number; y?: number } = {},
  ): void {
    const { pdf } = this;
    pdf.fontSize(size).fillColor(color);
    const width = pdf.page.width - MARGIN - x;
    const runs = this.#runs(text);
    runs.forEach(({ face, text: run }, index) => {
      pdf.font(face);
      const options = { width, align, lineGap: 3, continued: index < runs.length - 1 };
      if (index === 0) pdf.text(run, x, y, options);
      else pdf.text(run, options);
    });
    if (pdf.bufferedPageRange().count > MAX_PAGES) throw tooLong();
  }

  space(points: number): void {
    this.pdf.y += points;
  }

  heading(text: string): void {
    this.#keepTogether(60);
    this.space(10);
    this.write(text, { size: SIZE.heading });
    const { y, page } = this.pdf;
    this.pdf
      .moveTo(MARGIN, y)
      .lineTo(page.width - MARGIN, y)
      .lineWidth(0.5)
      .strokeColor("#848d9a")
      .stroke();
    this.space(6);
  }

  entry({ head, text, facts = [] }: Entry): void {
    this.#keepTogether(40);
    this.write(head);
    if (text !== undefined && text !== "") this.write(text, { x: MARGIN + INDENT, color: QUIET });
    facts.forEach((fact) => this.fact(fact, INDENT));
    this.space(5);
  }

  fact({ label, text }: Fact, indent = 0): void {
    this.#keepTogether(24);
    const { y } = this.pdf;
    this.write(label, { color: QUIET, x: MARGIN + indent, y });
    const below = this.pdf.y;
    this.write(text === "" ? "—" : text, { x: MARGIN + indent + LABEL_WIDTH, y });
    this.pdf.y = Math.max(below, this.pdf.y);
  }

  /** Says which characters could not be written. */
  note(missing: string[]): void {
    const points = missing.map((character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`);
    this.heading("字库中没有的字");
    this.write(`以“${MISSING}”代替：${points.join("、")}`, { color: QUIET });
  }

  feet(text: string): void {
    const { start, count } = this.pdf.bufferedPageRange();
    for (let index = 0; index < count; index += 1) {
      this.pdf.switchToPage(start + index);
      // below the margin text would begin a new page
      this.pdf.page.margins.bottom = 0;
      const y = this.pdf.page.height - MARGIN + 18;
      this.write(`${text}\u3000第 ${index + 1} 页，共 ${count} 页`, {
        size: SIZE.foot,
        color: QUIET,
        align: "center",
        y,
      });
    }
  }

  #keepTogether(points: number): void {
    if (this.pdf.y + points > this.pdf.page.height - MARGIN) this.pdf.addPage();
  }

  /** A text in pieces of one font each. */
  #runs(text: string): { face: string; text: string }[] {
    const runs: { face: string; text: string }[] = [];
    const [usual] = this.faces;
    for (const character of text.replaceAll(/[^\n\P{Cc}]/gu, " ")) {
      const found = character === "\n" ? usual : this.faces.find((face) => face.has(character));
      const face = (found ?? usual)?.name ?? "Helvetica";
      const last = runs.at(-1);
      const shown = found ? character : MISSING;
      if (last?.face === face) last.text += shown;
      else runs.push({ face, text: shown });
    }
    return runs.length === 0 ? [{ face: usual?.name ?? "Helvetica", text: "" }] : runs;
  }
}

function textOf({ title, facts, sections, foot }: SignedDocument): string {
  const factTexts = (list: Fact[]): string[] => list.flatMap(({ label, text }) => [label, text]);
  const entries = sections.flatMap(({ heading, entries: found }) => [
    heading,
    ...found.flatMap((entry) => [entry.head, entry.text ?? "", ...factTexts(entry.facts ?? [])]),
  ]);
  return [title, foot, ...factTexts(facts), ...entries].join("");
}

function tooLong(): JinshuiError {
  return new JinshuiError("too-large", `The document would have more than ${MAX_PAGES} pages`, {
    details: { limit: MAX_PAGES },
  });
}
