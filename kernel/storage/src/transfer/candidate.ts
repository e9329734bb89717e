import { type Field, type ImportProblem, isJinshuiError, type JinshuiError } from "@jinshui/contracts";
import { canonical, withRules } from "../collections/record-values.js";
import type { Standing } from "../collections/rights.js";
import { defaults, isEmpty, valueProblem } from "../collections/values.js";
import { cellValue, shownText } from "./cell-value.js";
import type { Heading } from "./heading.js";
import { letters, type SheetRow } from "./reading/sheet.js";
import { problem } from "./problem-texts.js";
import type { Referred } from "./reference-lookup.js";

/** Longest value that a problem quotes. */
const QUOTED = 100;

/** A row of the file on its way to becoming a record. */
export interface Candidate {
  row: SheetRow;
  values: Record<string, unknown>;
  /** Texts of references, not looked up yet. */
  references: Map<string, string>;
  /** Values in fields that this person can't write; right only where the record has them already. */
  locked: Map<string, unknown>;
  problems: ImportProblem[];
}

/** Reads a row's cells by the fields they belong to; nothing is looked up yet. */
export function candidateOf(standing: Standing, heading: Heading, row: SheetRow): Candidate {
  const { collection, fields } = standing;
  const candidate: Candidate = { row, values: {}, references: new Map(), locked: new Map(), problems: [] };
  for (const [index, name] of heading.fields) {
    const field = collection.definition.fields[name];
    const cell = row.cells.get(index);
    if (!field || !cell) continue;
    const { value: read, problem: unread } = cellValue(field, cell);
    if (unread) {
      candidate.problems.push(problemOf(candidate, heading, name, field, unread));
      continue;
    }
    const format = collection.formats.get(name);
    const value = format && typeof read === "string" ? format.normalized(read) : read;
    if (isEmpty(value)) continue;
    if (fields.locked.has(name)) candidate.locked.set(name, value);
    else if (field.type === "reference") candidate.references.set(name, String(value).trim());
    else {
      const wrong = valueProblem(field, value, format);
      if (wrong) candidate.problems.push(problemOf(candidate, heading, name, field, wrong));
      else candidate.values[name] = value;
    }
  }
  return candidate;
}

/** Puts ids in the places of texts. */
export function refer(
  standing: Standing,
  heading: Heading,
  candidate: Candidate,
  found: ReadonlyMap<string, ReadonlyMap<string, Referred>>,
): void {
  for (const [name, text] of candidate.references) {
    const field = standing.collection.definition.fields[name];
    const target = found.get(name)?.get(text);
    if (target !== undefined && target !== "ambiguous") candidate.values[name] = target.id;
    else if (field)
      candidate.problems.push(
        problemOf(candidate, heading, name, field, { code: target === undefined ? "reference" : "ambiguous" }),
      );
  }
}

/** What a row lacks, or has too much, to be a new record. */
export function checkNew({ collection }: Standing, heading: Heading, candidate: Candidate): void {
  const { definition } = collection;
  for (const [name, value] of candidate.locked) {
    const field = definition.fields[name];
    if (field && value !== field.default)
      candidate.problems.push(problemOf(candidate, heading, name, field, { code: "not-writable" }));
  }
  const bad = new Set(candidate.problems.map(({ field }) => field));
  for (const [name, field] of Object.entries(definition.fields)) {
    const isGiven = !isEmpty(candidate.values[name]) || bad.has(name);
    if (field.required !== true || isGiven || field.default !== undefined) continue;
    if (field.computed !== undefined || field.type === "serial") continue;
    candidate.problems.push(problemOf(candidate, heading, name, field, { code: "required" }));
  }
  if (candidate.problems.length > 0 || !collection.rules.any) return;
  checkRules(candidate, heading, () => {
    withRules(collection, canonical(collection, { ...defaults(definition.fields), ...candidate.values }));
  });
}

/** Takes what a check of the whole record throws as problems of the row. */
export function checkRules(candidate: Candidate, heading: Heading, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!isJinshuiError(error) || error.status >= 500) throw error;
    candidate.problems.push(...problemsOfError(candidate, heading, error));
  }
}

/** What the record path says of one row. */
export function problemsOfError(candidate: Candidate, heading: Heading, error: JinshuiError): ImportProblem[] {
  const fields = (error.details?.["fields"] ?? []) as Partial<ImportProblem>[];
  const row = candidate.row.number;
  const fallback = error.code === "forbidden" ? "out-of-reach" : error.code === "not-unique" ? "not-unique" : "refused";
  if (fields.length === 0) return [problem({ row, code: fallback, params: { reason: error.code } })];
  return fields.map(({ field, title, code, params }) => {
    const column = columnOfField(heading, field);
    return problem({
      row,
      ...(column === undefined ? {} : { column }),
      ...(field === undefined || field === "" ? {} : { field }),
      ...(title === undefined ? {} : { title }),
      code: code ?? fallback,
      ...(params === undefined ? {} : { params }),
    });
  });
}

/** A problem at the row's cell of a field. */
export function problemOf(
  { row }: Candidate,
  heading: Heading,
  name: string,
  { title }: Field,
  { code, params }: { code: ImportProblem["code"]; params?: Record<string, string> | undefined },
): ImportProblem {
  const column = columnOfField(heading, name);
  const index = [...heading.fields].find(([, field]) => field === name)?.[0];
  const cell = index === undefined ? undefined : row.cells.get(index);
  return problem({
    row: row.number,
    ...(column === undefined ? {} : { column }),
    field: name,
    title,
    ...(cell ? { value: shownText(cell).slice(0, QUOTED) } : {}),
    code,
    ...(params ? { params } : {}),
  });
}

function columnOfField({ fields }: Heading, name: string | undefined): string | undefined {
  for (const [index, field] of fields) if (field === name) return letters(index);
  return undefined;
}
