import type { ImportProblem } from "@jinshui/contracts";
import type { Job } from "./job.js";
import type { Work } from "./job-steps.js";
import { REMARKS } from "./heading.js";
import { type Cell, letters } from "./reading/sheet.js";
import type { OutCell, OutRow } from "./writing/cells.js";
import { xlsxContent } from "./writing/xlsx.js";

const PAGE = 500;
const MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/**
 * Puts the rows that were refused into a workbook, as they were, wrong cells red with a note; corrected, it can be imported as it
 * is. The file belongs to whoever imported.
 */
export async function writeErrorFile(work: Work, job: Job, name: string): Promise<string> {
  const heading = job.progress.heading ?? [];
  const last = Math.max(0, ...heading.map(([index]) => index));
  const widths = [...Array.from({ length: last }, () => 16), 60];
  const rows = errorRows(work, job, heading, last);
  const { file } = await work.storage.files.put(xlsxContent([{ title: "错误行", widths, rows, hasNotes: true }]), {
    name: `${name.replace(/\.\w{1,5}$/, "")}-错误行.xlsx`,
    mediaType: MEDIA_TYPE,
    bureau: job.bureau,
    actor: job.owner.id,
  });
  return file;
}

async function* errorRows(
  { storage }: Work,
  job: Job,
  heading: readonly [number, string][],
  last: number,
): AsyncGenerator<OutRow[]> {
  const titles: (OutCell | undefined)[] = [];
  for (const [index, text] of heading) titles[index - 1] = { kind: "text", text, look: "heading" };
  titles[last] = { kind: "text", text: REMARKS, look: "heading" };
  yield [titles];
  let after = 0;
  for (;;) {
    const rows = await storage.database.find("transfer_bad_row", {
      where: { job: job.id, row_number: { gt: after } },
      orderBy: ["row_number"],
      limit: PAGE,
    });
    yield rows.map((row) =>
      errorRow(row["cells"] as [number, Cell][], row["problems"] as ImportProblem[], Number(row["row_number"]), last),
    );
    if (rows.length < PAGE) return;
    after = Number(rows.at(-1)?.["row_number"]);
  }
}

function errorRow(cells: [number, Cell][], problems: ImportProblem[], number: number, last: number): OutRow {
  const row: (OutCell | undefined)[] = [];
  for (const [index, cell] of cells) if (index <= last) row[index - 1] = copied(cell);
  for (let index = 1; index <= last; index += 1) {
    const here = problems.filter(({ column }) => column === letters(index));
    // what is wrong with the row as a whole is said at its first cell
    if (index === 1) here.push(...problems.filter(({ column }) => column === undefined));
    if (here.length === 0) continue;
    const note = here.map(({ message }) => message["zh-CN"]).join("\n");
    row[index - 1] = wrong(row[index - 1] ?? { kind: "text", text: "" }, note);
  }
  const said = problems.map(({ title, message }) => `${title?.["zh-CN"] ?? ""}${message["zh-CN"]}`);
  row[last] = { kind: "text", text: `原第 ${number} 行：${said.join("；")}` };
  return row;
}

function copied({ kind, text }: Cell): OutCell {
  if (kind === "number") return { kind: "number", text };
  if (kind === "date") return { kind: "number", text, look: "date" };
  if (kind === "boolean") return { kind: "text", text: text === "1" ? "是" : "否" };
  return { kind: "text", text, look: "text" };
}

function wrong(cell: OutCell, note: string): OutCell {
  if (cell.kind === "text") return { ...cell, look: "wrong", note };
  return { ...cell, look: cell.look === "date" ? "wrongDate" : "wrongNumber", note };
}
