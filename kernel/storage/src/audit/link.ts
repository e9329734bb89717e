import { GENESIS, linkHash } from "../audit-hash.js";
import type { Database, Reader } from "../database/database.js";
import { isNotUnique, TryAgain } from "../database/errors.js";
import type { Row } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";

/** Entries linked in one transaction. */
export const LINK_BATCH = 500;

/**
 * Links entries of a bureau that have committed into its chain, in the order in which they were written, at most
 * {@link LINK_BATCH} of them, and returns how many. Any number of kernels may do so at once: who holds the chain's row sees
 * all that the one before has linked. Writers never wait for it.
 */
export async function linkEntries(database: Database, bureau: string): Promise<number> {
  if (!(await database.findOne("audit_entry", { bureau, seq: null }))) return 0;
  return database.transaction((tx) => extend(tx, bureau), { essential: true });
}

async function extend(tx: Transaction, bureau: string): Promise<number> {
  const head = await lockedHead(tx, bureau);
  const rows = await tx.find("audit_entry", {
    where: { bureau, seq: null },
    columns: ["id", "digest"],
    limit: LINK_BATCH,
  });
  if (rows.length === 0) return 0;
  let { seq, hash } = head;
  // sorted here: the database would sort all that waits for each batch, and its index is in this order anyway
  const links = rows
    .sort((a, b) => Number(a["id"]) - Number(b["id"]))
    .map((row): Row => {
      const id = Number(row["id"]);
      const previous = hash;
      seq += 1;
      hash = linkHash(previous, { bureau, seq, id, digest: String(row["digest"]) });
      return { id, seq, previous_hash: previous, hash };
    });
  await tx.updateEach("audit_entry", links);
  await tx.update("audit_chain", { bureau }, { seq, hash });
  return links.length;
}

/** Links everything that has committed in a bureau. */
export async function linkBureau(database: Database, bureau: string): Promise<void> {
  while ((await linkEntries(database, bureau)) === LINK_BATCH);
}

/** Links everything that has committed in all bureaus. */
export async function linkAll(database: Database): Promise<void> {
  for (const bureau of await auditedBureaus(database)) await linkBureau(database, bureau);
}

/** Bureaus that have audit entries: a look at the index for each of them. */
export async function auditedBureaus(reader: Reader): Promise<string[]> {
  const bureaus: string[] = [];
  for (;;) {
    const last = bureaus.at(-1);
    const [row] = await reader.find("audit_entry", {
      ...(last === undefined ? {} : { where: { bureau: { gt: last } } }),
      columns: ["bureau"],
      orderBy: ["bureau"],
      limit: 1,
    });
    if (!row) return bureaus;
    bureaus.push(String(row["bureau"]));
  }
}

async function lockedHead(tx: Transaction, bureau: string): Promise<{ seq: number; hash: string }> {
  const head = await tx.findOneForUpdate("audit_chain", { bureau });
  if (head) return { seq: Number(head["seq"]), hash: String(head["hash"]) };
  const first = { seq: 0, hash: GENESIS };
  await tx.insert("audit_chain", { bureau, ...first }).catch((error: unknown) => {
    throw isNotUnique(error) ? new TryAgain(`another kernel began the audit chain of ${bureau}`) : error;
  });
  return first;
}
