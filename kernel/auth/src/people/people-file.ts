import { JinshuiError, MAX_IMPORTED_PEOPLE } from "@jinshui/contracts";
import { openSheet, shownText, type SheetRow } from "@jinshui/storage";

/** A row of a file of people, as it stands there. */
export interface PersonLine {
  row: number;
  name: string;
  username: string;
  department: string;
  positions: string[];
  from: string;
}

type Column = Exclude<keyof PersonLine, "row">;

/** What a file may call its columns. */
const TITLES: Record<Column, readonly string[]> = {
  name: ["姓名", "name"],
  username: ["用户名", "登录名", "账号", "username"],
  department: ["部门", "机构", "department"],
  positions: ["岗位", "职务", "positions", "position"],
  from: ["任职日期", "起始日期", "from"],
};

/**
 * Reads a workbook or text file of people.
 * @throws JinshuiError `invalid-file` for what can't be read or has no columns for name and department, `too-large` for more
 * people than one file may have.
 */
export async function readPeopleFile(file: { path: string; name: string }): Promise<PersonLine[]> {
  const sheet = await openSheet(file.path, file.name);
  let columns: Map<number, Column> | undefined;
  const lines: PersonLine[] = [];
  for await (const rows of sheet.rows) {
    for (const row of rows) {
      if (!columns) columns = columnsOf(row, file.name);
      else {
        const line = lineOf(row, columns);
        if (line) lines.push(line);
      }
      if (lines.length > MAX_IMPORTED_PEOPLE)
        throw new JinshuiError("too-large", `${file.name} has more than ${MAX_IMPORTED_PEOPLE} rows`, {
          details: { name: file.name, what: "rows", limit: MAX_IMPORTED_PEOPLE },
        });
    }
  }
  if (lines.length === 0)
    throw new JinshuiError("invalid-file", `${file.name} has no rows`, {
      details: { name: file.name, reason: "empty" },
    });
  return lines;
}

function columnsOf(row: SheetRow, name: string): Map<number, Column> {
  const columns = new Map<number, Column>();
  for (const [index, cell] of row.cells) {
    const title = shownText(cell).normalize("NFKC").replace(/[*\s]/g, "").toLowerCase();
    const found = (Object.keys(TITLES) as Column[]).find((column) => TITLES[column].includes(title));
    if (found && ![...columns.values()].includes(found)) columns.set(index, found);
  }
  const missing = (["name", "department"] as const).filter((column) => ![...columns.values()].includes(column));
  if (missing.length > 0)
    throw new JinshuiError("invalid-file", `${name} has no column ${missing.join(", ")}`, {
      details: {
        name,
        reason: "heading",
        row: row.number,
        missing: missing.map((column) => TITLES[column][0]),
        unknown: [],
        duplicate: [],
      },
    });
  return columns;
}

function lineOf(row: SheetRow, columns: ReadonlyMap<number, Column>): PersonLine | undefined {
  const texts: Record<Column, string> = { name: "", username: "", department: "", positions: "", from: "" };
  for (const [index, column] of columns) {
    const cell = row.cells.get(index);
    if (cell) texts[column] = shownText(cell).normalize("NFKC").trim();
  }
  const { positions, ...others } = texts;
  if (Object.values(texts).every((text) => text === "")) return undefined;
  const listed = positions.split(/[、;,\n]+/).map((text) => text.trim());
  return { row: row.number, ...others, positions: [...new Set(listed.filter((text) => text !== ""))] };
}
