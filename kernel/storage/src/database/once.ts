import { failpoint } from "@jinshui/bus";
import { canonicalJson, type Context, isJinshuiError, JinshuiError } from "@jinshui/contracts";
import { sha256 } from "../audit-hash.js";
import type { Database, Reader, TransactionOptions } from "./database.js";
import type { Transaction } from "./transaction.js";

/** A caller's name for a request; nothing when it may not be repeated. Callers may use the same one. */
export interface RequestKey {
  caller: string;
  key: string | undefined;
}

/**
 * Does `work` in one transaction, once per key: a repetition gets the stored answer, another request under the same key is
 * refused. The answer is written with the work's last statement, and only a transaction that fails looks for an earlier one:
 * what is done for the first time, as nearly everything is, pays one statement for it.
 * @throws JinshuiError `idempotency-key-reused`, and what `work` throws.
 */
export async function once<T>(
  database: Database,
  { caller, key }: RequestKey,
  requestHash: string,
  work: (tx: Transaction) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  if (key === undefined) return database.transaction(work, options);
  try {
    return await database.transaction(async (tx) => {
      const response = await work(tx);
      await tx.insert("idempotency", {
        ...idempotencyRow(caller, key),
        request_hash: requestHash,
        response,
        created_at: tx.time,
      });
      failpoint("idem-inserted");
      return response;
    }, options);
  } catch (error) {
    // the first time its record was new and its version the right one; now both are what it made of them
    const stored = await storedAnswer<T>(database, { caller, key }, requestHash).catch((reason: unknown) => {
      throw isJinshuiError(reason) && reason.code === "idempotency-key-reused" ? reason : error;
    });
    if (stored) return stored.response;
    throw error;
  }
}

/**
 * `once` for a call of an API: under its idempotency key, which is its caller's own, and for this operation and input only.
 * `who`: the caller within the bureau.
 */
export function onceByKey<T>(
  database: Database,
  { bureau, op, idempotencyKey: key }: Pick<Context, "bureau" | "op" | "idempotencyKey">,
  who: string,
  input: unknown,
  work: (tx: Transaction) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  return once(database, { caller: `${bureau}/${who}`, key }, sha256(canonicalJson({ op, input })), work, options);
}

/**
 * The answer that was given under a key, if any.
 * @throws JinshuiError `idempotency-key-reused` when the key stands for another request.
 */
export async function storedAnswer<T>(
  reader: Reader,
  { caller, key }: RequestKey,
  requestHash: string,
): Promise<{ response: T } | undefined> {
  if (key === undefined) return undefined;
  const stored = await reader.findOne("idempotency", idempotencyRow(caller, key));
  if (!stored) return undefined;
  if (stored["request_hash"] !== requestHash) {
    throw new JinshuiError("idempotency-key-reused", `Idempotency key "${key}" was used for another request`);
  }
  return { response: stored["response"] as T };
}

/** Callers and keys are hashed: cut to the column's length, two of them could meet in one row. */
function idempotencyRow(caller: string, key: string): { caller: string; request_key: string } {
  return { caller: sha256(caller), request_key: sha256(key) };
}
