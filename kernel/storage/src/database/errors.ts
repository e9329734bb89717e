import { isJinshuiError, JinshuiError } from "@jinshui/contracts";
import { BaseError, ConnectionError, TimeoutError, UniqueConstraintError } from "sequelize";

const TRANSIENT = ["ER_LOCK_DEADLOCK", "ER_LOCK_WAIT_TIMEOUT", "ER_CHECKREAD", "SQLITE_BUSY"];

/** Thrown inside a transaction to have it done again from the start. */
export class TryAgain extends Error {}

/** Whether the same transaction may well succeed when it is done again. */
export function isTransient(error: unknown): boolean {
  if (error instanceof TryAgain || error instanceof TimeoutError) return true;
  const code =
    (error as { original?: { code?: string }; code?: string } | undefined)?.original?.code ??
    (error as { code?: string } | undefined)?.code;
  return code !== undefined && TRANSIENT.includes(code);
}

/** A database error as one of ours; `not-unique` names the columns. */
export function translated(error: unknown): unknown {
  if (isJinshuiError(error)) return error;
  if (error instanceof UniqueConstraintError) {
    const fields = Object.keys(error.fields);
    return new JinshuiError("not-unique", `A row with the same ${fields.join(", ")} exists`, {
      details: { fields, constraint: fields.join(",") },
      cause: error,
    });
  }
  if (error instanceof ConnectionError)
    return new JinshuiError("unavailable", "The database can't be reached", { retryAfterMs: 1_000, cause: error });
  if (error instanceof BaseError && isTransient(error))
    return new JinshuiError("unavailable", "The database is busy", { retryAfterMs: 500, cause: error });
  return error;
}
