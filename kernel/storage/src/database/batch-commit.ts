import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers/promises";
import { isRefusal } from "./errors.js";
import { Undecided } from "./group-commit.js";
import type { RowAccess } from "./tables.js";

/** Most pieces of work in one transaction: who comes first waits for all of them. */
const MOST = 32;

/** A batch that runs so long waits for somebody, or for the disk: those behind it do not wait with it. */
const SLOW_MS = 30;

/** Reads, and locks, what some pieces of work of one kind are about, for all of them at once; the same function for all of a kind. */
type ReadAhead<T> = (tx: T, keys: readonly string[]) => Promise<void>;

/** What a piece of work is about, by which it is read ahead. */
export interface Ahead<T> {
  read: ReadAhead<T>;
  key: string;
}

interface Member<T> {
  ahead: Ahead<T> | undefined;
  work: (tx: T) => Promise<unknown>;
  /** Runs a function in the caller's own context, with its trace. */
  within: <V>(run: () => V) => V;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
}

/** A transaction as one piece of work sees it; `take` has what it has collected written with the others'. */
export interface Part<T> {
  tx: T;
  /** Whether it has written anything. */
  wrote: () => boolean;
  take: () => void;
}

/** Carries work out in transactions. */
export interface BatchCarrier<T> {
  alone<R>(work: (tx: T) => Promise<R>): Promise<R>;
  /** Marks what runs in it as being inside a transaction. */
  within<R>(run: () => R): R;
  /**
   * Opens one transaction whose rows are gathered, and commits when `run` is done with all parts.
   * @throws Undecided when the commit fails; anything else after a rollback.
   */
  batch<R>(run: (open: () => Part<T>) => Promise<R>): Promise<R>;
}

/**
 * Commits work of many callers together that also locks and changes rows, which `GroupCommit` does not take: one piece after the
 * other in one transaction, so that none sees another half done. Work that is refused before it has written anything takes nobody
 * with it; any other failure undoes the transaction, and each gets one of its own. What comes alone is not held up.
 */
export class BatchCommit<T> {
  readonly #waiting: Member<T>[] = [];
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly carrier: BatchCarrier<T>,
    /** Transactions that may run at a time: one, and others only beside slow ones. */
    readonly lanes: number,
  ) {}

  run<R>(work: (tx: T) => Promise<R>, ahead?: Ahead<T>): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const within = AsyncLocalStorage.snapshot() as Member<T>["within"];
      this.#waiting.push({ ahead, work, within, resolve: resolve as Member<T>["resolve"], reject });
      if (this.#running === 0) void this.#next();
      else this.#watch();
    });
  }

  #watch(): void {
    if (this.#timer || this.lanes === 1) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#waiting.length > 0 && this.#running < this.lanes) void this.#next();
    }, SLOW_MS);
  }

  async #next(): Promise<void> {
    this.#running += 1;
    while (this.#waiting.length > 0) {
      // a driver that never waits would be done with one before the next has even been read from its socket
      await setImmediate();
      const members = this.#waiting.splice(0, MOST);
      if (members.length < 2) await this.#alone(members);
      else await this.#together(members).catch((error: unknown) => this.#apart(members, error));
    }
    this.#running -= 1;
  }

  async #alone(members: readonly Member<T>[]): Promise<void> {
    for (const { work, within, resolve, reject } of members)
      await within(() => this.carrier.alone(work)).then(resolve, reject);
  }

  /** After a failure: each again by itself, unless the transaction may have been committed. */
  async #apart(members: readonly Member<T>[], error: unknown): Promise<void> {
    if (!(error instanceof Undecided)) return this.#alone(members);
    for (const { reject } of members) reject(error.cause);
  }

  /** Throws when nothing was committed and nobody has heard anything. */
  async #together(members: readonly Member<T>[]): Promise<void> {
    const answers = await this.carrier.batch(async (open) => {
      const settled: (() => void)[] = [];
      for (const [read, keys] of aheadOf(members)) await read(open().tx, keys);
      for (const { work, within, resolve, reject } of members) {
        const part = open();
        try {
          const result = await within(() => this.carrier.within(() => work(part.tx)));
          part.take();
          settled.push(() => resolve(result));
        } catch (error) {
          if (part.wrote() || !isRefusal(error)) throw error;
          settled.push(() => reject(error));
        }
      }
      return settled;
    });
    for (const answer of answers) answer();
  }
}

/** What is read ahead, with the keys of all members that want it. */
function aheadOf<T>(members: readonly Member<T>[]): Map<ReadAhead<T>, string[]> {
  const all = new Map<ReadAhead<T>, string[]>();
  for (const { ahead } of members) if (ahead) all.set(ahead.read, [...(all.get(ahead.read) ?? []), ahead.key]);
  return all;
}

/** Access to rows that remembers whether anything was written through it. */
export function watchedRows(rows: RowAccess): { access: RowAccess; wrote: () => boolean } {
  let wrote = false;
  const writing =
    <A extends unknown[], R>(write: (...given: A) => R) =>
    (...given: A): R => {
      wrote = true;
      return write(...given);
    };
  const access: RowAccess = {
    keyOf: (...given) => rows.keyOf(...given),
    ...(rows.readAhead ? { readAhead: rows.readAhead.bind(rows) } : {}),
    find: (...given) => rows.find(...given),
    count: (...given) => rows.count(...given),
    insert: writing((...given: Parameters<RowAccess["insert"]>) => rows.insert(...given)),
    update: writing((...given: Parameters<RowAccess["update"]>) => rows.update(...given)),
    updateEach: writing((...given: Parameters<RowAccess["updateEach"]>) => rows.updateEach(...given)),
    remove: writing((...given: Parameters<RowAccess["remove"]>) => rows.remove(...given)),
    countUp: writing((...given: Parameters<RowAccess["countUp"]>) => rows.countUp(...given)),
  };
  return { access, wrote: () => wrote };
}
