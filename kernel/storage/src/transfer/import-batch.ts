import { setImmediate } from "node:timers/promises";
import { writerOf } from "../collections/caller.js";
import { columnOf } from "../collections/columns.js";
import { canonical, same, storedValues, valuesOf, withoutMasked, withRules } from "../collections/record-values.js";
import { insertRows, updateRecord } from "../collections/records.js";
import { reaches, type Standing } from "../collections/rights.js";
import type { Row } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";
import { type Candidate, checkNew, checkRules, problemOf } from "./candidate.js";
import type { Heading } from "./heading.js";
import type { ImportRequest, Job } from "./job.js";
import type { Work } from "./job-steps.js";
import { problem } from "./problem-texts.js";
import { type FirstRows, Uniqueness } from "./uniqueness.js";

/** Records that are written without a break. */
const AT_ONCE = 100;

/** What one batch has done. */
export interface BatchOutcome {
  inserted: number;
  updated: number;
  unchanged: number;
  bad: Candidate[];
  /** What later rows must differ from. */
  added: FirstRows;
}

/** What a batch is held against. */
export interface Against {
  standing: Standing;
  heading: Heading;
  first: FirstRows;
}

interface Update {
  row: Row;
  values: Record<string, unknown>;
}

/** Holds rows against the register and writes the good ones, all in the caller's transaction. */
export async function writeBatch(
  tx: Transaction,
  work: Work,
  job: Job,
  { standing, heading, first }: Against,
  given: readonly Candidate[],
): Promise<BatchOutcome> {
  const { key, checkOnly } = job.request as ImportRequest;
  // a transaction may be done again: what it finds wrong is not to stay
  const candidates = given.map((candidate) => ({ ...candidate, problems: [...candidate.problems] }));
  const uniqueness = await Uniqueness.of(tx, standing, heading, candidates, first, checkOnly);
  const there = key === undefined ? new Map<unknown, Row>() : await rowsByKey(tx, standing, key, candidates);
  const inserts: Candidate[] = [];
  const updates: Update[] = [];
  let unchanged = 0;
  for (const candidate of candidates) {
    if (key !== undefined && isRepeated(uniqueness, standing, heading, candidate, key)) continue;
    const row = key === undefined ? undefined : there.get(storedKey(standing, key, candidate));
    if (row) {
      const values = changesOf(standing, heading, candidate, row);
      if (candidate.problems.length > 0) continue;
      if (Object.keys(values).length > 0) updates.push({ row, values });
      else unchanged += 1;
    } else {
      checkNew(standing, heading, candidate);
      candidate.problems.push(...uniqueness.problems(candidate));
      if (candidate.problems.length > 0) continue;
      inserts.push(candidate);
    }
    uniqueness.add(candidate);
  }
  if (!checkOnly) {
    const writer = writerOf(work.storage, job.owner, { bureau: job.bureau, traceId: job.asker.trace });
    for (let start = 0; start < inserts.length; start += AT_ONCE) {
      // an embedded database answers at once: without a turn of the loop nobody else would be served meanwhile
      await setImmediate();
      // a server writes entries and events of the rows before, while these are made
      await both(tx.flush(), insertRows(tx, standing, writer, inserts.slice(start, start + AT_ONCE)));
    }
    for (const { row, values } of updates) await updateRecord(tx, standing, writer, { id: String(row["id"]), values });
  }
  const bad = candidates.filter(({ problems }) => problems.length > 0);
  const written = checkOnly ? { inserted: 0, updated: 0 } : { inserted: inserts.length, updated: updates.length };
  return { ...written, unchanged, bad, added: uniqueness.added };
}

/** Waits for both, whatever becomes of one: a transaction is not to be undone while a statement is still on its way. */
async function both(...work: [Promise<unknown>, Promise<unknown>]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === "rejected");
  if (failed) await Promise.all(work);
}

/** Records that are there already, by the field that says so; they are locked. */
async function rowsByKey(
  tx: Transaction,
  standing: Standing,
  key: string,
  candidates: readonly Candidate[],
): Promise<Map<unknown, Row>> {
  const { collection, bureau } = standing;
  const column = columnOf(key);
  const keys = candidates
    .map((candidate) => storedKey(standing, key, candidate))
    .filter((value) => value !== undefined);
  if (keys.length === 0) return new Map();
  const where = { bureau, live: true, [column]: { in: keys as string[] } };
  const rows = await tx.findForUpdate(collection.table.name, { where });
  return new Map(rows.map((row) => [row[column], row]));
}

function storedKey({ collection }: Standing, key: string, { values }: Candidate): unknown {
  return values[key] === undefined ? undefined : storedValues(collection, { [key]: values[key] })[key];
}

/** A key that comes twice says two things of one record. */
function isRepeated(
  uniqueness: Uniqueness,
  { collection }: Standing,
  heading: Heading,
  candidate: Candidate,
  key: string,
): boolean {
  const field = collection.definition.fields[key];
  if (!field) return false;
  if (candidate.values[key] === undefined) {
    if (!candidate.problems.some(({ field: at }) => at === key))
      candidate.problems.push(problemOf(candidate, heading, key, field, { code: "required" }));
    return true;
  }
  const earlier = uniqueness.earlierKey(candidate, key);
  if (earlier === undefined) return false;
  candidate.problems.push(
    problemOf(candidate, heading, key, field, { code: "duplicate-row", params: { row: String(earlier) } }),
  );
  return true;
}

/** What a row changes of the record that is there; finds out whether this person may do so. */
function changesOf(standing: Standing, heading: Heading, candidate: Candidate, row: Row): Record<string, unknown> {
  const { collection } = standing;
  const { fields } = collection.definition;
  const current = valuesOf(collection, row);
  if (!reaches(standing, row)) candidate.problems.push(problem({ row: candidate.row.number, code: "out-of-reach" }));
  for (const [name, value] of candidate.locked) {
    const field = fields[name];
    if (field && !same(canonical(collection, { [name]: value })[name], current[name]))
      candidate.problems.push(problemOf(candidate, heading, name, field, { code: "not-writable" }));
  }
  if (candidate.problems.length > 0) return {};
  const given = canonical(collection, withoutMasked(standing, row, candidate.values));
  const changed = Object.entries(given).filter(([name, value]) => !same(value, current[name]));
  checkRules(candidate, heading, () => withRules(collection, { ...current, ...given }));
  return Object.fromEntries(changed);
}
