import type { Database, Row, Transaction } from "@jinshui/storage";
import type { Definitions } from "../definition/definitions.js";
import { factsOf } from "./facts.js";

const CURSOR = "history";
/** History lines, or instances, that are looked at in one go. */
const BATCH = 500;
/** Numbers of history lines are given before their commit: until then one with a lower number may still come. */
const SETTLE_MS = 120_000;
/** Numbers that are looked for again: of transactions that were under way, or were undone. */
const MOST_GAPS = 10_000;
const FIRST_GAPS = 100;
/** A reader does not wait for more than this many batches: the rest comes with the clock. */
const PATIENCE = 20;

/** Keeps the rows of the figures in step with instances and tasks. */
export class FigureRows {
  /** Lines up to this number were looked at by this process, except for those not there then, with the time. */
  #read = 0;
  readonly #gaps = new Map<number, number>();
  /** How far each pass came, until that is old. */
  readonly #marks: { last: number; at: number }[] = [];

  constructor(
    readonly database: Database,
    readonly definitions: Definitions,
  ) {}

  /** Brings in what has happened since the last time; false when there is more than fits into the batches. */
  async catchUp(batches = PATIENCE): Promise<boolean> {
    await this.#settle();
    await this.#fillGaps();
    const cursor = await this.database.findOne("wf_figure_cursor", { id: CURSOR });
    let from = Math.max(Number(cursor?.["settled"] ?? 0), this.#read);
    for (let count = 0; count < batches; count += 1) {
      const lines = await this.database.find("wf_history", {
        where: { id: { gt: from } },
        columns: ["id", "instance"],
        orderBy: ["id"],
        limit: BATCH,
      });
      await this.#refresh([...new Set(lines.map(({ instance }) => String(instance)))]);
      if (lines.length > 0)
        this.#note(
          from,
          lines.map(({ id }) => Number(id)),
        );
      if (lines.length < BATCH) return true;
      from = Number(lines.at(-1)?.["id"]);
    }
    return false;
  }

  /** Remembers which lines were looked at, and which numbers between them were not there. */
  #note(from: number, lines: readonly number[]): void {
    const at = performance.now();
    // of the very first lines it is not known where numbers begin: a few before them may be of transactions under way
    let expected = from > 0 ? from + 1 : Math.max(1, (lines[0] ?? 1) - FIRST_GAPS);
    for (const line of lines) {
      for (; expected < line && this.#gaps.size < MOST_GAPS; expected += 1) this.#gaps.set(expected, at);
      expected = line + 1;
    }
    const last = expected - 1;
    this.#read = Math.max(this.#read, last);
    this.#marks.push({ last, at });
  }

  /** Looks again for the lines that were not there. */
  async #fillGaps(): Promise<void> {
    const missing = [...this.#gaps.keys()];
    for (let start = 0; start < missing.length; start += BATCH) {
      const lines = await this.database.find("wf_history", {
        where: { id: { in: missing.slice(start, start + BATCH) } },
        columns: ["id", "instance"],
      });
      await this.#refresh([...new Set(lines.map(({ instance }) => String(instance)))]);
      for (const { id } of lines) this.#gaps.delete(Number(id));
    }
    const old = performance.now() - SETTLE_MS;
    for (const [id, at] of this.#gaps) if (at < old) this.#gaps.delete(id);
  }

  /** Makes the rows of a bureau anew; returns how many there are. */
  async rebuild(bureau: string): Promise<{ matters: number; steps: number }> {
    let [last, matters, steps] = ["", 0, 0];
    await this.database.transaction(async (tx) => {
      await tx.remove("wf_figure_task", { bureau });
      await tx.remove("wf_figure_matter", { bureau });
    });
    for (;;) {
      const instances = await this.database.find("wf_instance", {
        where: { bureau, id: { gt: last } },
        orderBy: ["id"],
        limit: BATCH,
      });
      const written = await this.#write(instances);
      matters += written.matters;
      steps += written.steps;
      if (instances.length < BATCH) return { matters, steps };
      last = String(instances.at(-1)?.["id"]);
    }
  }

  /** Makes the rows of those instances anew that are not what they were. */
  async #refresh(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const known = await this.database.find("wf_figure_matter", {
      where: { instance: { in: ids } },
      columns: ["instance", "version"],
    });
    const versions = new Map(known.map(({ instance, version }) => [instance, version]));
    const now = await this.database.find("wf_instance", { where: { id: { in: ids } }, columns: ["id", "version"] });
    const stale = now.filter(({ id, version }) => versions.get(id) !== version).map(({ id }) => String(id));
    if (stale.length === 0) return;
    await this.#write(await this.database.find("wf_instance", { where: { id: { in: stale } } }));
  }

  async #write(found: readonly Row[]): Promise<{ matters: number; steps: number }> {
    if (found.length === 0) return { matters: 0, steps: 0 };
    const ids = found.map(({ id }) => String(id));
    return this.database.transaction(
      async (tx) => {
        // two that write the same rows wait for each other here, in one order
        await cursorRow(tx);
        const instances = await tx.find("wf_instance", { where: { id: { in: ids } }, orderBy: ["id"] });
        const { matters, tasks } = await factsOf(tx, this.definitions, instances);
        await tx.remove("wf_figure_task", { instance: { in: ids } });
        await tx.remove("wf_figure_matter", { instance: { in: ids } });
        if (matters.length > 0) await tx.insert("wf_figure_matter", matters);
        if (tasks.length > 0) await tx.insert("wf_figure_task", tasks);
        return { matters: matters.length, steps: tasks.length };
      },
      { essential: true },
    );
  }

  /** Remembers how far the history was read for good: as far as what was read is old. */
  async #settle(): Promise<void> {
    const old = performance.now() - SETTLE_MS;
    let last = 0;
    for (let [mark] = this.#marks; mark && mark.at < old; [mark] = this.#marks) {
      last = mark.last;
      this.#marks.shift();
    }
    if (last === 0) return;
    await this.database.transaction(
      async (tx) => {
        const row = await cursorRow(tx);
        if (Number(row["settled"]) < last) await tx.update("wf_figure_cursor", { id: CURSOR }, { settled: last });
      },
      { essential: true },
    );
  }
}

/** The locked cursor. */
async function cursorRow(tx: Transaction): Promise<Row> {
  const row = await tx.findOneForUpdate("wf_figure_cursor", { id: CURSOR });
  if (row) return row;
  await tx.insertUnlessRaced("wf_figure_cursor", { id: CURSOR, settled: 0 });
  return { id: CURSOR, settled: 0 };
}
