import type { ImportProblem } from "@jinshui/contracts";
import { createHash } from "node:crypto";
import { columnOf, uniqueRules } from "../collections/columns.js";
import { storedValues } from "../collections/record-values.js";
import type { Standing } from "../collections/rights.js";
import { defaults, isEmpty } from "../collections/values.js";
import type { Transaction } from "../database/transaction.js";
import { type Candidate, problemOf } from "./candidate.js";
import type { Heading } from "./heading.js";

const AT_ONCE = 500;

/** Rows of a file by what must be unique in them, as 48 bits of a hash: a million of them have room in memory. */
export type FirstRows = Map<number, number>;

/** Tells rows whose unique values are in the register or in an earlier row of the file. */
export class Uniqueness {
  readonly #rules: string[][];
  readonly #taken = new Set<string>();
  /** What this batch adds to the rows before it. */
  readonly added: FirstRows = new Map();

  private constructor(
    readonly standing: Standing,
    readonly heading: Heading,
    readonly first: FirstRows,
    readonly checkOnly: boolean,
  ) {
    const { definition } = standing.collection;
    this.#rules = uniqueRules(definition).filter((names) =>
      names.every(
        (name) => definition.fields[name]?.type !== "serial" && definition.fields[name]?.computed === undefined,
      ),
    );
  }

  /** Looks up which of the rows' values are in the register. */
  static async of(
    tx: Transaction,
    standing: Standing,
    heading: Heading,
    candidates: readonly Candidate[],
    first: FirstRows,
    checkOnly: boolean,
  ): Promise<Uniqueness> {
    const uniqueness = new Uniqueness(standing, heading, first, checkOnly);
    for (const names of uniqueness.#rules) await uniqueness.#look(tx, names, candidates);
    return uniqueness;
  }

  /** What of a new row is there already. */
  problems(candidate: Candidate): ImportProblem[] {
    return this.#rules.flatMap((names) => {
      const key = this.#key(names, candidate);
      if (key === undefined) return [];
      const earlier = this.#earlier(names, key);
      const isTaken = this.#taken.has(named(names, key));
      if (!isTaken && (earlier === undefined || !(this.checkOnly || this.added.has(hashOf(names, key))))) return [];
      const [name = ""] = names;
      const field = this.standing.collection.definition.fields[name];
      if (!field) return [];
      const problem: Pick<ImportProblem, "code" | "params"> =
        earlier === undefined ? { code: "not-unique" } : { code: "duplicate-row", params: { row: String(earlier) } };
      return [problemOf(candidate, this.heading, name, field, problem)];
    });
  }

  /** Remembers a row that is taken. */
  add(candidate: Candidate): void {
    for (const names of this.#rules) {
      const key = this.#key(names, candidate);
      if (key !== undefined) this.added.set(hashOf(names, key), candidate.row.number);
    }
  }

  /** The earlier row with the same value in the field that records are found by. */
  earlierKey(candidate: Candidate, field: string): number | undefined {
    const key = this.#key([field], candidate);
    return key === undefined ? undefined : this.#earlier([field], key);
  }

  #earlier(names: string[], key: string): number | undefined {
    const hash = hashOf(names, key);
    return this.added.get(hash) ?? this.first.get(hash);
  }

  #key(names: string[], { values }: Candidate): string | undefined {
    const { collection } = this.standing;
    const all = { ...defaults(collection.definition.fields), ...values };
    if (names.some((name) => isEmpty(all[name]))) return undefined;
    const stored = storedValues(collection, Object.fromEntries(names.map((name) => [name, all[name]])));
    return JSON.stringify(names.map((name) => stored[name]));
  }

  async #look(tx: Transaction, names: string[], candidates: readonly Candidate[]): Promise<void> {
    const { collection, bureau } = this.standing;
    const firsts = new Set<string | number>();
    for (const candidate of candidates) {
      const key = this.#key(names, candidate);
      if (key !== undefined) firsts.add((JSON.parse(key) as (string | number)[])[0] ?? "");
    }
    const [column = ""] = names.map(columnOf);
    const values = [...firsts];
    for (let start = 0; start < values.length; start += AT_ONCE) {
      const rows = await tx.find(collection.table.name, {
        where: { bureau, live: true, [column]: { in: values.slice(start, start + AT_ONCE) } },
        columns: names.map(columnOf),
      });
      for (const row of rows) this.#taken.add(named(names, JSON.stringify(names.map((name) => row[columnOf(name)]))));
    }
  }
}

function named(names: readonly string[], key: string): string {
  return `${names.join()} ${key}`;
}

function hashOf(names: readonly string[], key: string): number {
  return createHash("sha1").update(named(names, key)).digest().readUIntBE(0, 6);
}
