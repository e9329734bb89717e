import { JinshuiError } from "@jinshui/contracts";

/** Whether databases keep a text as it is: half a character can't be written in UTF-8, and at U+0000 SQLite ends the statement. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/**
 * A value as the databases take it.
 * @throws JinshuiError `invalid-request` for a text that is not storable.
 */
export function storable(value: string | number | boolean, column: string): string | number {
  if (typeof value === "string" && !isStorable(value)) {
    throw new JinshuiError("invalid-request", `The text of ${column} holds U+0000 or half a character`, {
      details: { field: column },
    });
  }
  return typeof value === "boolean" ? Number(value) : value;
}
