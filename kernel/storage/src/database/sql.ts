import type { Cell } from "./many-rows.js";

/** Part of a statement, and the values of its question marks. */
export interface Sql {
  text: string;
  values: Cell[];
}

/** The name of a column or table within a statement. */
export function quoted(name: string): string {
  if (name.includes("`")) throw new Error(`${name} is no name of a column`);
  return `\`${name}\``;
}

/** Longer lists come once. */
const LONGEST_ROUNDED = 512;

/**
 * A column being one of some values. Lists of many lengths would make many statements, each of them to be prepared: they are filled up
 * with their last value to the next power of two.
 */
export function sqlList(column: string, values: readonly Cell[]): Sql {
  const length = values.length > LONGEST_ROUNDED ? values.length : 2 ** Math.ceil(Math.log2(values.length));
  const last = values.at(-1) ?? null;
  const filled = [...values, ...Array.from({ length: length - values.length }, () => last)];
  return { text: `${column} IN (${filled.map(() => "?").join(", ")})`, values: filled };
}
