import { failpoint } from "@jinshui/bus";
import { isJinshuiError, type JinshuiError } from "@jinshui/contracts";
import { setImmediate } from "node:timers/promises";
import type { Standing } from "../collections/rights.js";
import type { Transaction } from "../database/transaction.js";
import { type Candidate, candidateOf, problemsOfError, refer } from "./candidate.js";
import { writeErrorFile } from "./error-file.js";
import { type Heading, headingOf } from "./heading.js";
import { type BatchOutcome, writeBatch } from "./import-batch.js";
import type { ImportRequest, Job, Progress } from "./job.js";
import { claimStep, endJob, JOBS, standingNow, type Work } from "./job-steps.js";
import { openSheet } from "./reading/open-sheet.js";
import { tooLarge, unreadable } from "./reading/refused.js";
import type { SheetRow } from "./reading/sheet.js";
import { type Referred, ReferenceLookup } from "./reference-lookup.js";
import type { FirstRows } from "./uniqueness.js";

/** Problems that the job itself tells; the error file has all. */
const TOLD = 200;
export const BAD_ROWS = "transfer_bad_row";

/**
 * Imports a file from where the job is, batch by batch; each batch moves the job on in the transaction that writes it. While a
 * database server writes one, the next is read and checked; SQLite writes in this process, and would only be held up by that.
 */
export async function runImport(work: Work, job: Job): Promise<void> {
  const request = job.request as ImportRequest;
  const { storage, limits } = work;
  const standing = await standingNow(work, job, "write");
  const file = await storage.files.contentFor(standing.call, request.file, job.bureau);
  const sheet = await openSheet(file.path, file.name);
  const run = new ImportRun(work, job, new ReferenceLookup(storage));
  let heading: Heading | undefined;
  const pending: SheetRow[] = [];
  let read = 0;
  let writing = Promise.resolve();
  const take = async (at: Heading, rows: SheetRow[], total: number): Promise<void> => {
    const batch = await run.prepare(at, rows);
    await writing;
    writing = run.write(batch, total);
    // waited for below; until then nobody else would hear of it
    writing.catch(() => undefined);
    if (storage.database.dialect === "sqlite") await writing;
  };
  try {
    for await (const rows of sheet.rows) {
      for (const row of rows) {
        if (!heading) {
          heading = headingOf(standing, row, file.name, { ignoreUnknown: request.ignoreUnknown, key: request.key });
          continue;
        }
        read += 1;
        if (read > limits.maxRows) throw tooLarge(file.name, "rows", limits.maxRows);
        if (row.number > job.lastRow) pending.push(row);
      }
      while (heading && pending.length >= limits.batch)
        await take(heading, pending.splice(0, limits.batch), estimated(read, sheet.progress()));
    }
    if (!heading) throw unreadable(file.name, "empty");
    if (pending.length > 0) await take(heading, pending, read);
  } finally {
    await sheet.rows.return(undefined);
    // what went wrong with earlier rows is told before what is wrong with the file behind them
    await writing;
  }
  await finish(work, job, read, file.name);
}

/** Rows in all, when so many are a part of the file. */
function estimated(read: number, part: number): number {
  return Math.max(read, Math.round(read / Math.max(part, 0.001)));
}

/** Rows that are ready to be written, by somebody with these rights. */
interface Batch {
  standing: Standing;
  heading: Heading;
  candidates: readonly Candidate[];
}

/** Whether rows are checked alike. */
function isSame(now: Standing, before: Standing): boolean {
  const [locked, were] = [now.fields.locked, before.fields.locked];
  return (
    now.collection === before.collection && locked.size === were.size && [...locked].every((name) => were.has(name))
  );
}

class ImportRun {
  readonly #first: FirstRows = new Map();
  /** A check writes nothing: what its rows would be called, for rows that refer to them. */
  readonly #titles = new Map<string, Referred>();

  constructor(
    readonly work: Work,
    readonly job: Job,
    readonly references: ReferenceLookup,
  ) {}

  /** Checks rows as far as that goes without the register. */
  async prepare(heading: Heading, rows: readonly SheetRow[]): Promise<Batch> {
    await setImmediate();
    const standing = await standingNow(this.work, this.job, "write");
    return { standing, heading, candidates: rows.map((row) => candidateOf(standing, heading, row)) };
  }

  /** Writes a batch; the rights are those that the owner has now. */
  async write({ standing: before, heading, candidates }: Batch, total: number): Promise<void> {
    const standing = await standingNow(this.work, this.job, "write");
    const checked = isSame(standing, before)
      ? candidates
      : candidates.map(({ row }) => candidateOf(standing, heading, row));
    await this.#write(standing, heading, checked, total);
  }

  /** One transaction; when something that only writing shows is wrong with one of the rows, halves are tried until it is found. */
  async #write(standing: Standing, heading: Heading, candidates: readonly Candidate[], total: number): Promise<void> {
    const { storage } = this.work;
    const found = await this.#referred(standing, candidates);
    const split = firstAfterItsTarget(standing, candidates, found);
    if (split > 0) return this.#halves(standing, heading, candidates, split, total);
    const ready = candidates.map((candidate) => {
      const own = { ...candidate, values: { ...candidate.values }, problems: [...candidate.problems] };
      refer(standing, heading, own, found);
      return own;
    });
    if (!this.#isCheck) await storage.numbers.reserve(standing.collection, this.job.bureau, ready.filter(isGood));
    try {
      await this.#commit(standing, heading, ready, total);
    } catch (error) {
      if (!isJinshuiError(error) || !isAboutARow(error)) throw error;
      if (candidates.length > 1)
        return this.#halves(standing, heading, candidates, Math.floor(candidates.length / 2), total);
      const [only] = candidates;
      if (!only) throw error;
      await this.#commit(standing, heading, [{ ...only, problems: problemsOfError(only, heading, error) }], total);
    }
  }

  async #halves(
    standing: Standing,
    heading: Heading,
    candidates: readonly Candidate[],
    at: number,
    total: number,
  ): Promise<void> {
    await this.#write(standing, heading, candidates.slice(0, at), total);
    await this.#write(standing, heading, candidates.slice(at), total);
  }

  async #commit(standing: Standing, heading: Heading, candidates: readonly Candidate[], total: number): Promise<void> {
    const { work, job } = this;
    const last = candidates.at(-1)?.row.number ?? job.lastRow;
    const { progress, added } = await work.storage.database.transaction(async (tx) => {
      await claimStep(tx, work, job);
      const against = { standing, heading, first: this.#first };
      const outcome = await writeBatch(tx, work, job, against, candidates);
      const next = progressed(job.progress, heading, candidates.length, outcome, total);
      await keepBad(tx, job, outcome.bad, work.limits.keptProblems);
      await tx.update(JOBS, { id: job.id }, { last_row: last, progress: next });
      failpoint("transfer-batch");
      return { progress: next, added: outcome.added };
    });
    if (this.#isCheck && Object.keys(standing.collection.definition.fields).some((name) => isToItself(standing, name)))
      for (const { values } of candidates)
        this.#titles.set(String(values[standing.collection.definition.display.title]), { id: "new" });
    for (const [hash, row] of added) this.#first.set(hash, row);
    job.progress = progress;
    job.lastRow = last;
    failpoint("transfer-committed");
  }

  async #referred(
    standing: Standing,
    candidates: readonly Candidate[],
  ): Promise<Map<string, ReadonlyMap<string, Referred>>> {
    const texts = new Map<string, string[]>();
    for (const { references } of candidates)
      for (const [field, text] of references) {
        const known = texts.get(field);
        if (known) known.push(text);
        else texts.set(field, [text]);
      }
    const found = new Map<string, ReadonlyMap<string, Referred>>();
    for (const [field, wanted] of texts) {
      const known = await this.references.find(standing, field, wanted);
      const isOwn = this.#isCheck && isToItself(standing, field);
      found.set(field, isOwn ? new Map([...this.#titles, ...known]) : known);
    }
    return found;
  }

  get #isCheck(): boolean {
    return (this.job.request as ImportRequest).checkOnly;
  }
}

function isToItself({ collection: { definition } }: Standing, field: string): boolean {
  return definition.fields[field]?.collection === definition.name;
}

/** The first row that refers to what is not there but is the title of a row before it: those before must go in first. */
function firstAfterItsTarget(
  standing: Standing,
  candidates: readonly Candidate[],
  found: ReadonlyMap<string, ReadonlyMap<string, Referred>>,
): number {
  const titles = new Set<unknown>();
  for (const [index, { references, values }] of candidates.entries()) {
    for (const [field, text] of references)
      if (isToItself(standing, field) && !found.get(field)?.get(text) && titles.has(text)) return index;
    titles.add(values[standing.collection.definition.display.title]);
  }
  return 0;
}

const isGood = ({ problems }: Candidate): boolean => problems.length === 0;

/** Whether an error is about what was to be written, not about the right to write at all or the state of the site. */
function isAboutARow({ status, code }: JinshuiError): boolean {
  return status < 500 && !["too-many-requests", "not-enabled", "file-pending"].includes(code);
}

function progressed(before: Progress, heading: Heading, rows: number, outcome: BatchOutcome, total: number): Progress {
  const problems = outcome.bad.flatMap((candidate) => candidate.problems);
  return {
    done: before.done + rows,
    total,
    inserted: before.inserted + outcome.inserted,
    updated: before.updated + outcome.updated,
    unchanged: before.unchanged + outcome.unchanged,
    valid: before.valid + rows - outcome.bad.length,
    problemRows: before.problemRows + outcome.bad.length,
    problemCount: before.problemCount + problems.length,
    problems: [...before.problems, ...problems].slice(0, TOLD),
    heading: heading.texts,
    ...(heading.ignored.length > 0 ? { ignored: heading.ignored.slice(0, TOLD) } : {}),
  };
}

async function keepBad(tx: Transaction, job: Job, bad: readonly Candidate[], most: number): Promise<void> {
  const room = Math.max(0, most - job.progress.problemRows);
  const rows = bad.slice(0, room).map(({ row, problems }) => ({
    job: job.id,
    row_number: row.number,
    cells: [...row.cells],
    problems,
  }));
  if (rows.length > 0) await tx.insert(BAD_ROWS, rows);
}

/** Makes the error file, if there is something to correct, and ends the job. */
async function finish(work: Work, job: Job, total: number, name: string): Promise<void> {
  const { database } = work.storage;
  const request = job.request as ImportRequest;
  const progress = { ...job.progress, total };
  const result = progress.problemRows > 0 ? await writeErrorFile(work, job, name) : undefined;
  await database.transaction(async (tx) => {
    await claimStep(tx, work, job);
    await endJob(tx, job, { progress, ...(result === undefined ? {} : { result }) });
    if (!request.checkOnly)
      tx.audit({
        bureau: job.bureau,
        actor: job.owner,
        action: "import",
        resource: job.collection,
        after: {
          job: job.id,
          file: request.file,
          inserted: progress.inserted,
          updated: progress.updated,
          refused: progress.problemRows,
        },
      });
  });
}
