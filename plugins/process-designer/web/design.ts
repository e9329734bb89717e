import {
  allItems,
  beginHistory,
  type History,
  readList,
  type Reason,
  record,
  redo,
  type StepList,
  undo,
  writeList,
} from "@jinshui/plugin-process-designer/steps";
import type { Problem } from "@jinshui/engine";
import { checkFile } from "@jinshui/engine/site-check";
import { type Catalogue, TASK_ACTION_IDS } from "./catalogue.js";
import { unansweredRefusals } from "./own-checks.js";

/** One state of a design: the file that it was last written to, and the list with what has changed since. */
interface Snapshot {
  xml: string;
  list?: StepList;
  /** Why there is no list. */
  reasons?: Reason[];
}

async function snapshotOf(xml: string): Promise<Snapshot> {
  return { xml, ...(await readList(xml)) };
}

/** A process in the making: one file behind the list and the drawing, and everything that was done to it. */
export class Design {
  #history: History<Snapshot>;
  /** Files of lists that have been written. */
  readonly #written = new WeakMap<Snapshot, Promise<string>>();
  problems: Problem[] = [];

  private constructor(
    snapshot: Snapshot,
    readonly catalogue: Catalogue,
  ) {
    this.#history = beginHistory(snapshot);
  }

  static async open(xml: string, catalogue: Catalogue): Promise<Design> {
    return new Design(await snapshotOf(xml), catalogue);
  }

  get list(): StepList | undefined {
    return this.#history.now.list;
  }

  get reasons(): readonly Reason[] {
    return this.#history.now.reasons ?? [];
  }

  get undoable(): boolean {
    return this.#history.past.length > 0;
  }

  get redoable(): boolean {
    return this.#history.future.length > 0;
  }

  /** The file as it is now. */
  xml(): Promise<string> {
    const now = this.#history.now;
    const { list, xml } = now;
    if (!list) return Promise.resolve(xml);
    const known = this.#written.get(now) ?? writeList(list, xml);
    this.#written.set(now, known);
    return known;
  }

  change(list: StepList): void {
    const { xml } = this.#history.now;
    this.#history = record(this.#history, { xml, list });
  }

  undo(): void {
    this.#history = undo(this.#history);
  }

  redo(): void {
    this.#history = redo(this.#history);
  }

  /** Reads the file as the engine and the site would, and keeps what they say. */
  async check(): Promise<void> {
    const { list } = this;
    const { positions, forms } = this.catalogue;
    const checked = await checkFile(await this.xml(), {
      forms: forms.map(({ form }) => form.id),
      jobs: [],
      actions: TASK_ACTION_IDS,
      knowsPosition: (id) => positions.some((position) => position.id === id),
    });
    if (list !== this.list) return;
    this.problems = [...checked.problems, ...checked.processes.flatMap(({ problems }) => problems)];
  }

  /** Ids of steps that may say no, and nobody asks. */
  get unanswered(): string[] {
    return this.list ? unansweredRefusals(this.list) : [];
  }

  /** Problems at an element or at the ways out of it. */
  problemsAt(id: string): Problem[] {
    return this.problems.filter(({ element }) => element === id);
  }

  /** Problems that belong to nothing in the list. */
  get problemsElsewhere(): Problem[] {
    const { list } = this;
    if (!list) return this.problems;
    const items = allItems(list.items);
    const shown = new Set([
      list.start.id,
      ...items.flatMap((item) => [item.id, ...(item.kind === "fork" ? item.branches.map(({ id }) => id) : [])]),
    ]);
    return this.problems.filter(({ element }) => element === undefined || !shown.has(element));
  }
}
