import { JinshuiError } from "@jinshui/contracts";

/**
 * A value as the databases take it.
 * @throws JinshuiError `invalid-request` for a text with a NUL character, at which SQLite would take the statement to end.
 */
export function storable(value: string | number | boolean, column: string): string | number {
  if (typeof value === "string" && value.includes("\0")) {
    throw new JinshuiError("invalid-request", `A text must not hold the character U+0000 (${column})`, {
      details: { field: column },
    });
  }
  return typeof value === "boolean" ? Number(value) : value;
}
