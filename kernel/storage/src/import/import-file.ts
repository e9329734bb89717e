import {
  type CollectionDefinition,
  type Field,
  type ImportProblem,
  type ImportReport,
  JinshuiError,
} from "@jinshui/contracts";
import { columnOf, uniqueRules } from "../collections/columns.js";
import type { Standing } from "../collections/rights.js";
import { isEmpty, valueProblem } from "../collections/values.js";
import type { Database } from "../database/database.js";
import type { StoredFile } from "../files/file-store.js";
import { parseCell } from "./parse-cell.js";
import { letters, readSheet, type SheetRow } from "./read-sheet.js";

const MAX_PROBLEMS = 1_000;

export interface ImportResult {
  report: ImportReport;
  /** Values of the rows without a problem. */
  accepted: Record<string, unknown>[];
}

interface Candidate {
  row: number;
  values: Record<string, unknown>;
  letters: Record<string, string>;
}

/** Reads a workbook against a collection: which rows could be records, and what is wrong with the others, cell by cell. */
export async function importFile(database: Database, standing: Standing, file: StoredFile): Promise<ImportResult> {
  const { definition } = standing.collection;
  const problems: ImportProblem[] = [];
  const candidates: Candidate[] = [];
  let heading: Map<number, string> | undefined;
  await readSheet(file.path, file.name, (row) => {
    if (!heading) heading = headingOf(definition, row, file.name);
    else candidates.push(candidateOf(standing, heading, row, problems));
  });
  if (!heading) throw new JinshuiError("invalid-file", `${file.name} is empty`, { details: { name: file.name } });
  for (const names of uniqueRules(definition)) {
    problems.push(...repeated(definition, names, candidates), ...(await taken(database, standing, names, candidates)));
  }
  const bad = new Set(problems.map(({ row }) => row));
  const accepted = candidates.filter(({ row }) => !bad.has(row)).map(({ values }) => values);
  problems.sort((a, b) => a.row - b.row || (a.column ?? "").localeCompare(b.column ?? ""));
  const report = {
    rows: candidates.length,
    valid: accepted.length,
    inserted: 0,
    problems: problems.slice(0, MAX_PROBLEMS),
    problemCount: problems.length,
    problemRows: bad.size,
  };
  return { report, accepted };
}

/** Columns by title, in either language, or by field name; all required columns must be there. */
function headingOf(definition: CollectionDefinition, row: SheetRow, name: string): Map<number, string> {
  const heading = new Map<number, string>();
  const unknown: string[] = [];
  for (const [index, { value }] of row.cells) {
    const text = String(value).replace(/[*＊]/g, "").trim();
    const field = Object.entries(definition.fields).find(([key, { title }]) =>
      [key, title["zh-CN"], title.en].includes(text),
    );
    if (field) heading.set(index, field[0]);
    else unknown.push(text);
  }
  const present = new Set(heading.values());
  const missing = Object.entries(definition.fields)
    .filter(([key, field]) => field.required === true && field.default === undefined && !present.has(key))
    .map(([, field]) => field.title["zh-CN"]);
  if (missing.length > 0) {
    throw new JinshuiError(
      "invalid-file",
      `${name}: row ${row.number} is no heading of this register; missing columns: ${missing.join(", ")}`,
      {
        details: { name, row: row.number, missing, unknown },
      },
    );
  }
  return heading;
}

function candidateOf(
  { collection, fields }: Standing,
  heading: Map<number, string>,
  row: SheetRow,
  problems: ImportProblem[],
): Candidate {
  const candidate: Candidate = { row: row.number, values: {}, letters: {} };
  for (const [index, name] of heading) {
    const field = collection.definition.fields[name];
    const cell = row.cells.get(index);
    if (!field) continue;
    candidate.letters[name] = cell?.column ?? letters(index);
    const format = collection.formats.get(name);
    const parsed = cell ? parseCell(field, cell.value) : undefined;
    const value = format && typeof parsed === "string" ? format.normalized(parsed) : parsed;
    if (fields.locked.has(name)) {
      if (!isEmpty(value) && value !== field.default)
        problems.push(problemAt(candidate, name, field, value, "not-writable"));
      continue;
    }
    if (isEmpty(value) && field.default !== undefined) continue;
    const problem = valueProblem(field, value, format);
    if (problem) problems.push(problemAt(candidate, name, field, cell?.value, problem.code, problem.params));
    else if (!isEmpty(value)) candidate.values[name] = value;
  }
  return candidate;
}

function problemAt(
  candidate: Candidate,
  name: string,
  field: Field,
  value: unknown,
  code: ImportProblem["code"],
  params?: Record<string, string>,
): ImportProblem {
  const column = candidate.letters[name];
  return {
    row: candidate.row,
    ...(column === undefined ? {} : { column }),
    field: name,
    title: field.title,
    ...(isEmpty(value)
      ? {}
      : { value: (value instanceof Date ? value.toISOString().slice(0, 10) : String(value)).slice(0, 100) }),
    code,
    ...(params ? { params } : {}),
  };
}

const keyOf = (names: string[], values: Record<string, unknown>): string | undefined =>
  names.some((name) => isEmpty(values[name])) ? undefined : JSON.stringify(names.map((name) => values[name]));

function repeated(definition: CollectionDefinition, names: string[], candidates: Candidate[]): ImportProblem[] {
  const first = new Map<string, number>();
  return candidates.flatMap((candidate) => {
    const key = keyOf(names, candidate.values);
    if (key === undefined) return [];
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, candidate.row);
      return [];
    }
    return fieldProblem(definition, names, candidate, "duplicate-row", { row: String(before) });
  });
}

async function taken(
  database: Database,
  { collection, bureau }: Standing,
  names: string[],
  candidates: Candidate[],
): Promise<ImportProblem[]> {
  const [name] = names;
  if (name === undefined) return [];
  const present = new Set<string>();
  const values = candidates.map((candidate) => candidate.values[name]).filter((value) => !isEmpty(value)) as (
    string | number
  )[];
  for (let start = 0; start < values.length; start += 500) {
    const rows = await database.find(collection.table.name, {
      where: { bureau, live: true, [columnOf(name)]: { in: values.slice(start, start + 500) } },
    });
    for (const row of rows) present.add(JSON.stringify(names.map((field) => row[columnOf(field)])));
  }
  return candidates.flatMap((candidate) => {
    const key = keyOf(names, candidate.values);
    return key !== undefined && present.has(key)
      ? fieldProblem(collection.definition, names, candidate, "not-unique")
      : [];
  });
}

function fieldProblem(
  definition: CollectionDefinition,
  names: string[],
  candidate: Candidate,
  code: ImportProblem["code"],
  params?: Record<string, string>,
): ImportProblem[] {
  const [name] = names;
  const field = name === undefined ? undefined : definition.fields[name];
  return name === undefined || !field ? [] : [problemAt(candidate, name, field, candidate.values[name], code, params)];
}
