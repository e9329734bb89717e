import type { Look } from "./xlsx-parts.js";

/** A cell to be written. `number` is a number as digits, never one that would be rounded; a `text` is never a formula. */
export type OutCell =
  | { kind: "text"; text: string; look?: Look; note?: string }
  | { kind: "number"; text: string; look?: Look; note?: string };

/** A row to be written: its cells from the first column on, empty ones absent. */
export type OutRow = readonly (OutCell | undefined)[];

/** Rows in groups, so that neither memory nor time goes into single ones. */
export type OutRows = AsyncIterable<readonly OutRow[]> | Iterable<readonly OutRow[]>;
