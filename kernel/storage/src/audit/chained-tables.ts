import { QueryTypes, type Transaction as SqlTransaction } from "sequelize";
import { GENESIS, linkHash } from "../audit-hash.js";
import type { Row } from "../database/table.js";
import { Tables } from "../database/tables.js";

const LAST_ID = "SELECT seq FROM sqlite_sequence WHERE name = 'audit_entry'";
const HEAD = "SELECT seq, hash FROM audit_chain WHERE bureau = $1";
const SET_HEAD =
  "INSERT INTO audit_chain (bureau, seq, hash) VALUES ($1, $2, $3) " +
  "ON CONFLICT (bureau) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";

/**
 * Tables of a database with one writer at a time, SQLite: an audit entry gets its place in the bureau's chain when it is
 * written. Elsewhere writers would wait for each other at the chain's head, so entries are linked after their commit
 * (`startAuditLinker`).
 */
export class ChainedTables extends Tables {
  override async insert(name: string, rows: Row[], transaction: SqlTransaction): Promise<void> {
    // what has its place already is put back from a backup
    const isNew = name === "audit_entry" && rows.every(({ id }) => id === undefined);
    await super.insert(name, isNew ? await this.#linked(rows, transaction) : rows, transaction);
  }

  /** The entries with ids and places; their bureaus' heads are moved on. */
  async #linked(entries: readonly Row[], transaction: SqlTransaction): Promise<Row[]> {
    const [last] = await this.#query<{ seq: number }>(LAST_ID, [], transaction);
    const heads = new Map<string, { seq: number; hash: string }>();
    let id = Number(last?.seq ?? 0);
    const rows: Row[] = [];
    for (const entry of entries) {
      const bureau = String(entry["bureau"]);
      const head = heads.get(bureau) ?? (await this.#head(bureau, transaction));
      id += 1;
      const seq = head.seq + 1;
      const hash = linkHash(head.hash, { bureau, seq, id, digest: String(entry["digest"]) });
      rows.push({ ...entry, id, seq, previous_hash: head.hash, hash });
      heads.set(bureau, { seq, hash });
    }
    for (const [bureau, { seq, hash }] of heads) await this.#query(SET_HEAD, [bureau, seq, hash], transaction);
    return rows;
  }

  async #head(bureau: string, transaction: SqlTransaction): Promise<{ seq: number; hash: string }> {
    const [head] = await this.#query<{ seq: number; hash: string }>(HEAD, [bureau], transaction);
    return head ? { seq: Number(head.seq), hash: head.hash } : { seq: 0, hash: GENESIS };
  }

  #query<T extends object>(sql: string, bind: unknown[], transaction: SqlTransaction): Promise<T[]> {
    return this.sequelize.query<T>(sql, { type: QueryTypes.SELECT, bind, transaction });
  }
}
