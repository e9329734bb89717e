import type { ExecutionContext } from "ava";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { silent } from "@jinshui/bus";
import { type AnchorKey, openAnchorKey } from "../audit/anchor.js";
import { anchorFile } from "../audit/anchor-file.js";
import { type Anchoring, startAnchoring } from "../audit/anchoring.js";
import type { AuditEntry } from "../audit/entry.js";
import { linkAll } from "../audit/link.js";
import { type AuditReport, verifyAudit } from "../audit/verify.js";
import { entryDigest, GENESIS, linkHash } from "../audit-hash.js";
import type { Database } from "../database/database.js";
import type { Row } from "../database/table.js";

/** What every entry of these chains says besides. */
export const wuhu = { bureau: "wuhu", actor: { id: "u", name: "陈晓" }, resource: "asset.device/1" };

/** Writes entries in one transaction. */
export function note(database: Database, ...entries: AuditEntry[]): Promise<void> {
  return database.transaction((tx) => {
    for (const entry of entries) tx.audit(entry);
    return Promise.resolve();
  });
}

/** A chain with anchors, and what whoever owns the database can do to it. */
export class TamperedChain {
  private constructor(
    readonly database: Database,
    readonly file: string,
    readonly key: AnchorKey,
    readonly anchoring: Anchoring,
  ) {}

  static async open(t: ExecutionContext, database: Database): Promise<TamperedChain> {
    const folder = await mkdtemp(join(tmpdir(), "jinshui-anchors-"));
    const key = await openAnchorKey(join(folder, "key.pem"));
    const anchoring = await startAnchoring({ database, folder, key, log: silent });
    t.teardown(async () => {
      await anchoring.stop();
      await rm(folder, { recursive: true, force: true });
    });
    return new TamperedChain(database, anchorFile(folder, "wuhu"), key, anchoring);
  }

  /** Anchoring as a kernel does it that has just started. */
  async restartedAnchoring(everyMs?: number): Promise<Anchoring> {
    const { database, key, file } = this;
    const folder = dirname(file);
    return startAnchoring({ database, folder, key, log: silent, ...(everyMs === undefined ? {} : { everyMs }) });
  }

  /** Adds entries and links them. */
  async grow(length: number): Promise<void> {
    await note(
      this.database,
      ...Array.from({ length }, (_, index) => ({ ...wuhu, action: `step-${index}`, before: index, after: { index } })),
    );
    await linkAll(this.database);
  }

  verify(options: { since?: number } = {}): Promise<AuditReport> {
    const { file, key } = this;
    return verifyAudit(this.database, { bureau: "wuhu", ...options, anchors: { file, key } });
  }

  /** The kinds of problems that are found, with the place: `edited 3`, `forged-anchor #2`. */
  async found(options: { since?: number } = {}): Promise<string[]> {
    const { problems } = await this.verify(options);
    return problems.map(({ kind, seq, anchor }) => `${kind} ${seq ?? `#${anchor ?? ""}`}`);
  }

  rows(): Promise<Row[]> {
    return this.database.find("audit_entry", { where: { bureau: "wuhu" }, orderBy: ["id"] });
  }

  /** All that is in the chain and its head, as one text. */
  async state(): Promise<string> {
    return JSON.stringify([await this.rows(), await this.database.find("audit_chain")]);
  }

  /** Everything that is in the tables; puts it back. */
  async saved(): Promise<() => Promise<void>> {
    const tables = ["audit_entry", "audit_chain", "audit_anchor"];
    const saved = await Promise.all(tables.map((table) => this.database.find(table)));
    return () =>
      this.database.transaction(async (tx) => {
        for (const [index, table] of tables.entries()) {
          await tx.remove(table, { bureau: { ne: null } });
          await tx.insert(table, saved[index] ?? []);
        }
      });
  }

  set(seq: number, values: Row): Promise<number> {
    return this.database.transaction((tx) => tx.update("audit_entry", { bureau: "wuhu", seq }, values));
  }

  remove(from: number, to = from): Promise<number> {
    return this.database.transaction((tx) => tx.remove("audit_entry", { bureau: "wuhu", seq: { gte: from, lte: to } }));
  }

  setHead(seq: number, hash: unknown): Promise<number> {
    return this.database.transaction((tx) => tx.update("audit_chain", { bureau: "wuhu" }, { seq, hash }));
  }

  /** Gives every entry a digest, a place and hashes that fit what it says now, and the head with them. */
  async relink(): Promise<void> {
    let hash = GENESIS;
    const rows = (await this.rows()).map((row, index): Row => {
      const id = Number(row["id"]);
      const seq = index + 1;
      const digest = entryDigest(row);
      const previous = hash;
      hash = linkHash(previous, { bureau: "wuhu", seq, id, digest });
      return { id, seq, digest, previous_hash: previous, hash };
    });
    await this.database.transaction(async (tx) => {
      await tx.update("audit_entry", { bureau: "wuhu" }, { seq: null });
      await tx.updateEach("audit_entry", rows);
      await tx.update("audit_chain", { bureau: "wuhu" }, { seq: rows.length, hash });
    });
  }
}
