import { isRefusal } from "./errors.js";
import { AsyncLocalStorage } from "node:async_hooks";
import type { Row } from "./table.js";
import type { RowAccess } from "./tables.js";

/** Most pieces of work in one transaction. */
const MOST = 64;

/** A transaction that runs so long waits for somebody: those behind it do not wait with it. */
const SLOW_MS = 30;

/** Work of one caller, with what its promise hears. */
interface Member<T, R> {
  work: (tx: T) => Promise<R>;
  /** Runs a function in the caller's own context, with its trace. */
  within: <V>(run: () => V) => V;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

/** What one piece of work has in a shared transaction: rows of its own to add, and nothing else. */
export interface Share {
  access: RowAccess;
  /** Whether it has given rows to the transaction. */
  wrote: boolean;
}

/** A transaction as one piece of work sees it; `finish` writes what it has collected. */
export interface OpenShare<T> {
  tx: T;
  finish: () => Promise<void>;
}

/** Thrown at work that wants more than to read and add rows; it gets a transaction of its own. */
class Alone extends Error {
  constructor(what: string) {
    super(`work in a shared transaction may only read and add rows, not ${what}`);
  }
}

/** Thrown when a commit was not answered: its work may be done or not, and must not be done again. */
export class Undecided extends Error {}

/** Carries work out in transactions. */
export interface Carrier<T> {
  alone<R>(work: (tx: T) => Promise<R>): Promise<R>;
  /** Marks what runs in it as being inside a transaction. */
  within<R>(run: () => R): R;
  /**
   * Opens one transaction, gives each piece of work its share, and commits when `run` is done.
   * @throws Undecided when the commit fails; anything else after a rollback.
   */
  shared<R>(run: (open: (share: Share) => OpenShare<T>) => Promise<R>): Promise<R>;
  rows: RowAccess;
}

/**
 * Group commit (DeWitt et al. 1984): work that comes while a transaction runs waits for it and then shares the next one, so
 * that many callers pay for one commit, and their rows for one table go in one statement. What comes alone is not held up.
 * Only for work that reads and adds rows: what one adds, the others of its group may or may not see. A failed write takes
 * the whole transaction with it; then each gets one of its own, and with it an error of its own.
 */
export class GroupCommit<T> {
  readonly #waiting: Member<T, unknown>[] = [];
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly carrier: Carrier<T>,
    /** Transactions that may run at a time: one, and others only beside slow ones. */
    readonly lanes: number,
  ) {}

  run<R>(work: (tx: T) => Promise<R>): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const within = AsyncLocalStorage.snapshot() as Member<T, R>["within"];
      this.#waiting.push({ work, within, resolve, reject } as Member<T, unknown>);
      if (this.#running === 0) void this.#next();
      else this.#watch();
    });
  }

  /** Opens another lane when what runs is slow. */
  #watch(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#waiting.length === 0 || this.#running >= this.lanes) return;
      void this.#next();
    }, SLOW_MS);
  }

  async #next(): Promise<void> {
    this.#running += 1;
    while (this.#waiting.length > 0) {
      const members = this.#waiting.splice(0, MOST);
      if (members.length === 1) await this.#alone(members);
      else await this.#together(members).catch((error: unknown) => this.#apart(members, error));
    }
    this.#running -= 1;
  }

  async #alone(members: Member<T, unknown>[]): Promise<void> {
    await Promise.all(
      members.map(({ work, within, resolve, reject }) => within(() => this.carrier.alone(work)).then(resolve, reject)),
    );
  }

  /** After a failure: each again by itself, unless the transaction may have been committed. */
  async #apart(members: Member<T, unknown>[], error: unknown): Promise<void> {
    if (!(error instanceof Undecided)) return this.#alone(members);
    for (const { reject } of members) reject(error.cause);
  }

  /** Throws when nothing was committed and nobody has heard anything. */
  async #together(members: Member<T, unknown>[]): Promise<void> {
    const settled = await this.carrier.shared(async (open) => {
      const rows = new SharedRows(this.carrier.rows);
      const settled = await Promise.allSettled(
        members.map(async (member): Promise<(() => void) | Member<T, unknown>> => {
          const share: Share = { access: this.carrier.rows, wrote: false };
          share.access = rows.of(share);
          try {
            const result = await member.within(() => this.carrier.within(() => this.#share(member, open(share))));
            return () => member.resolve(result);
          } catch (error) {
            // what was refused before it wrote anything takes nobody with it
            if (!share.wrote && error instanceof Alone) return member;
            if (share.wrote || !isRefusal(error)) throw error;
            return () => member.reject(error);
          }
        }),
      );
      return settled.map((outcome) => {
        if (outcome.status === "rejected") throw outcome.reason;
        return outcome.value;
      });
    });
    const rest: Member<T, unknown>[] = [];
    for (const outcome of settled)
      if (typeof outcome === "function") outcome();
      else rest.push(outcome);
    await this.#alone(rest);
  }

  async #share({ work }: Member<T, unknown>, { tx, finish }: OpenShare<T>): Promise<unknown> {
    const answer = await work(tx);
    await finish();
    return answer;
  }
}

/** Rows for one table that are added in the same turn of the event loop go in one statement. */
class SharedRows {
  readonly #collected = new Map<string, { name: string; rows: Row[]; done: Promise<void> }>();

  constructor(readonly rows: RowAccess) {}

  of(share: Share): RowAccess {
    const refuse = (what: string) => (): Promise<never> => Promise.reject(new Alone(what));
    return {
      keyOf: (name) => this.rows.keyOf(name),
      find: (name, options, sql, lock) =>
        lock === "UPDATE" ? refuse(`lock rows of ${name}`)() : this.rows.find(name, options, sql, lock),
      count: (name, where, sql) => this.rows.count(name, where, sql),
      insert: (name, rows, sql) => {
        share.wrote = true;
        return this.#insert(name, rows, sql);
      },
      update: refuse("change rows"),
      updateEach: refuse("change rows"),
      remove: refuse("remove rows"),
      countUp: refuse("number messages"),
    };
  }

  async #insert(name: string, rows: Row[], sql: Parameters<RowAccess["insert"]>[2]): Promise<void> {
    await Promise.all(rows.map((row) => this.#collect(name, row, sql)));
  }

  /** Rows with other columns go apart: a column left out has its default, not NULL. */
  #collect(name: string, row: Row, sql: Parameters<RowAccess["insert"]>[2]): Promise<void> {
    const key = `${name} ${Object.keys(row).join(" ")}`;
    const open = this.#collected.get(key);
    if (open) {
      open.rows.push(row);
      return open.done;
    }
    const rows = [row];
    const done = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#collected.delete(key);
      return this.rows.insert(name, rows, sql);
    });
    this.#collected.set(key, { name, rows, done });
    return done;
  }
}
