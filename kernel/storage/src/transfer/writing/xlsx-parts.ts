/** Looks of cells, by name; the place in the list is the number that cells carry. */
const LOOKS = {
  plain: { format: 0 },
  heading: { format: 49, font: 1, fill: 2 },
  required: { format: 49, font: 2, fill: 2 },
  text: { format: 49 },
  date: { format: 164 },
  instant: { format: 165 },
  money: { format: 2 },
  wrong: { format: 49, fill: 3 },
  wrongNumber: { format: 0, fill: 3 },
  wrongDate: { format: 164, fill: 3 },
} satisfies Record<string, { format: number; font?: number; fill?: number }>;

export type Look = keyof typeof LOOKS;

const NUMBERS = new Map(Object.keys(LOOKS).map((look, index) => [look, index]));

export function lookNumber(look: Look): number {
  return NUMBERS.get(look) ?? 0;
}

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** Attributes and texts as XML takes them; control characters as ECMA-376, 22.9.2.19 writes them. */
export function xmlText(text: string): string {
  if (!/[&<>"\0-\x1f_\ud800-\udfff\ufffe\uffff]/.test(text)) return text;
  return (
    text
      .toWellFormed()
      .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_")
      // what XML can't hold, and the line ends that it would change
      .replace(
        /[\0-\x08\x0b-\x1f\ufffe\uffff]/g,
        (found) => `_x${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`,
      )
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
  );
}

export interface PartSheet {
  title: string;
  isHidden: boolean;
  hasNotes: boolean;
}

/** The small parts of a workbook, by path. */
export function smallParts(sheets: readonly PartSheet[]): [string, string][] {
  return [
    ["[Content_Types].xml", contentTypes(sheets)],
    ["_rels/.rels", relations([["officeDocument", "xl/workbook.xml"]])],
    ["xl/workbook.xml", workbook(sheets)],
    [
      "xl/_rels/workbook.xml.rels",
      relations([
        ...sheets.map((_, index): [string, string] => ["worksheet", `worksheets/sheet${index + 1}.xml`]),
        ["styles", "styles.xml"],
      ]),
    ],
    ["xl/styles.xml", styles()],
    ...sheets.flatMap(({ hasNotes }, index): [string, string][] =>
      hasNotes
        ? [
            [
              `xl/worksheets/_rels/sheet${index + 1}.xml.rels`,
              relations([
                ["comments", `../comments${index + 1}.xml`],
                ["vmlDrawing", `../drawings/vmlDrawing${index + 1}.vml`],
              ]),
            ],
          ]
        : [],
    ),
  ];
}

function contentTypes(sheets: readonly PartSheet[]): string {
  const type = (part: string, kind: string): string =>
    `<Override PartName="/xl/${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${kind}+xml"/>`;
  const parts = sheets.map(
    ({ hasNotes }, index) =>
      type(`worksheets/sheet${index + 1}.xml`, "worksheet") +
      (hasNotes ? type(`comments${index + 1}.xml`, "comments") : ""),
  );
  return (
    `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>' +
    `${type("workbook.xml", "sheet.main")}${type("styles.xml", "styles")}${parts.join("")}</Types>`
  );
}

function relations(targets: readonly [string, string][]): string {
  const list = targets.map(
    ([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
  );
  return `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${list.join("")}</Relationships>`;
}

function workbook(sheets: readonly PartSheet[]): string {
  const list = sheets.map(
    ({ title, isHidden }, index) =>
      `<sheet name="${xmlText(sheetTitle(title))}" sheetId="${index + 1}"${isHidden ? ' state="hidden"' : ""} r:id="rId${index + 1}"/>`,
  );
  return `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${list.join("")}</sheets></workbook>`;
}

/** 31 characters at most, without those that references need. */
function sheetTitle(title: string): string {
  return title.replace(/[[\]:*?/\\']/g, " ").slice(0, 31) || "Sheet";
}

function styles(): string {
  const fill = (colour: string): string =>
    `<fill><patternFill patternType="solid"><fgColor rgb="${colour}"/></patternFill></fill>`;
  const formats = Object.values(LOOKS).map((look: { format: number; font?: number; fill?: number }) => {
    const { format, font = 0, fill: filled = 0 } = look;
    return `<xf numFmtId="${format}" fontId="${font}" fillId="${filled}" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1"/>`;
  });
  const name = '<name val="宋体"/>';
  return (
    `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>` +
    `<fonts count="3"><font><sz val="11"/>${name}</font><font><b/><sz val="11"/>${name}</font><font><b/><sz val="11"/><color rgb="FFC00000"/>${name}</font></fonts>` +
    `<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>${fill("FFE7E6E6")}${fill("FFFFC7CE")}</fills>` +
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
    `<cellXfs count="${formats.length}">${formats.join("")}</cellXfs></styleSheet>`
  );
}

/** A note at a cell, in words. */
export interface Note {
  row: number;
  column: number;
  reference: string;
  text: string;
}

const AT_ONCE = 500;

/** The part that holds the notes' words. */
export function* commentParts(notes: readonly Note[]): Generator<string> {
  yield `${HEAD}<comments xmlns="${MAIN}"><authors><author>金税平台</author></authors><commentList>`;
  for (let start = 0; start < notes.length; start += AT_ONCE)
    yield notes
      .slice(start, start + AT_ONCE)
      .map(
        ({ reference, text }) =>
          `<comment ref="${reference}" authorId="0"><text><r><t xml:space="preserve">${xmlText(text)}</t></r></text></comment>`,
      )
      .join("");
  yield "</commentList></comments>";
}

/** The part that says where the notes are drawn; spreadsheets show none without it. */
export function* drawingParts(notes: readonly Note[]): Generator<string> {
  yield '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"/>';
  for (let start = 0; start < notes.length; start += AT_ONCE)
    yield notes
      .slice(start, start + AT_ONCE)
      .map(({ row, column }, index) => {
        const anchor = [column, 15, row - 1, 2, column + 3, 15, row + 3, 4].join(",");
        return (
          `<v:shape id="_x0000_s${1025 + start + index}" type="#_x0000_t202" style="position:absolute;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>` +
          `<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>${anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>${row - 1}</x:Row><x:Column>${column - 1}</x:Column></x:ClientData></v:shape>`
        );
      })
      .join("");
  yield "</xml>";
}

export { HEAD, MAIN, RELATIONS };
