import { isJinshuiError, JinshuiError } from "@jinshui/contracts";
import {
  BaseError,
  ConnectionAcquireTimeoutError,
  ConnectionError,
  TimeoutError,
  UniqueConstraintError,
} from "sequelize";
import { indexName } from "./schema.js";
import type { TableDefinition } from "./table.js";
import { QUEUE_TOO_LONG } from "./write-lock.js";

const TRANSIENT = ["ER_LOCK_DEADLOCK", "ER_LOCK_WAIT_TIMEOUT", "ER_CHECKREAD", "SQLITE_BUSY"];
const FULL = ["ER_DISK_FULL", "ER_RECORD_FILE_FULL", "ER_DISK_FULL_NOWAIT", "SQLITE_FULL"];
/** MariaDB's has no name in the driver. */
const TOO_LONG = [1969, 3024];

/** Thrown inside a transaction to have it done again from the start. */
export class TryAgain extends Error {}

/** Whether the same transaction may well succeed when it is done again. */
export function isTransient(error: unknown): boolean {
  if (error instanceof TryAgain || error instanceof TimeoutError) return true;
  return TRANSIENT.includes(codeOf(error) ?? "");
}

/**
 * Whether a rule of ours refused something, which leaves the transaction as it was. What the database says need not: a deadlock undoes all
 * of it, also what others have written in it, and what comes next would be committed statement by statement.
 */
export function isRefusal(error: unknown): boolean {
  return isJinshuiError(error) && error.status < 500;
}

/** The driver's name for an error. */
function codeOf(error: unknown): string | undefined {
  const { original, code } = (error ?? {}) as { original?: { code?: string }; code?: string };
  return original?.code ?? code;
}

/** What the server or the driver itself said, below all that wraps it: "Access denied …", "connect ECONNREFUSED …". */
export function reasonOf(error: unknown): string {
  const { original, cause } = error as { original?: unknown; cause?: unknown };
  const below = original ?? cause;
  if (below !== undefined && below !== error) return reasonOf(below);
  return error instanceof Error ? error.message : String(error);
}

/** A database error as one of ours. After a lost connection nobody knows whether a commit took place: a call with a key may be repeated. */
export function translated(error: unknown): unknown {
  if (isJinshuiError(error)) return error;
  const code = codeOf(error) ?? "";
  if (error instanceof ConnectionAcquireTimeoutError || code === QUEUE_TOO_LONG)
    return new JinshuiError("unavailable", "All connections to the database are in use", {
      retryAfterMs: 500,
      cause: error,
    });
  if (FULL.includes(code))
    return new JinshuiError("insufficient-storage", "The database's disk is full: free some space", {
      retryable: true,
      retryAfterMs: 15_000,
      cause: error,
    });
  if (TOO_LONG.includes((error as { original?: { errno?: number } } | undefined)?.original?.errno ?? 0))
    return new JinshuiError("timeout", "The database ended a statement that took too long", { cause: error });
  if (isLost(error))
    return new JinshuiError("unavailable", "The database can't be reached", { retryAfterMs: 1_000, cause: error });
  if (isTransient(error))
    return new JinshuiError("unavailable", "The database is busy", { retryAfterMs: 500, cause: error });
  return error;
}

function isLost(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  return error instanceof BaseError && (error as { original?: { fatal?: boolean } }).original?.fatal === true;
}

/** The error of a write to `table`; a broken unique rule becomes `not-unique` with the rule's name and columns (`primary` for the key). */
export function writeError(error: unknown, table: TableDefinition): unknown {
  if (!(error instanceof UniqueConstraintError)) return error;
  // SQLite tells the columns, MariaDB the index
  const fields: unknown = error.fields;
  const told = new Set(Array.isArray(fields) ? (fields as string[]) : Object.keys(fields as object));
  const [rule, columns] = Object.entries(table.unique ?? {}).find(
    ([name, names]) =>
      told.has(indexName(table.name, name)) ||
      (names.length === told.size && names.every((column) => told.has(column))),
  ) ?? ["primary", table.primaryKey];
  return new JinshuiError("not-unique", `${table.name} has a row with the same ${columns.join(", ")}`, {
    details: { rule, fields: columns },
    cause: error,
  });
}

/** Whether a write failed for a row that is there already. */
export function isNotUnique(error: unknown): error is JinshuiError {
  return isJinshuiError(error) && error.code === "not-unique";
}
