import type { Matching } from "./full-text.js";

/**
 * What a column holds. `id`: ASCII text up to 40; `string`: text up to `length` (200); `text`: up to 16 MB; `json`: any JSON
 * value; `integer`: safe integer; `boolean`; `instant`: ISO 8601 in UTC with milliseconds, which sorts as text; `serial`: a
 * number the database counts up, only as the primary key.
 */
export type ColumnType = "id" | "string" | "text" | "json" | "integer" | "boolean" | "instant" | "serial";

export interface ColumnDefinition {
  type: ColumnType;
  length?: number;
  /** Default true but for primary keys; a column added later is always nullable. */
  nullable?: boolean;
  /** Whose values it holds. Where the kind changes, what is there would be read as something else. */
  of?: { field: string; kind: string };
}

/** A table; index names are unique within it. */
export interface TableDefinition {
  name: string;
  columns: Record<string, ColumnDefinition>;
  primaryKey: string[];
  unique?: Record<string, string[]>;
  indexes?: Record<string, string[]>;
  /** A text column whose words are found by an index; the table's primary key then is a serial `doc`. Such rows are inserted and removed, never updated. */
  fullText?: string;
}

/** A value of a `json` column that is written as text already. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** A row as the port gives and takes it: `json` parsed, `boolean` as such, everything else a text or number; `null` is left out on reading. */
export type Row = Record<string, unknown>;

export type Condition =
  | string
  | number
  | boolean
  | null
  | {
      in?: readonly (string | number | boolean)[];
      ne?: string | number | boolean | null;
      lt?: string | number | boolean;
      lte?: string | number | boolean;
      gt?: string | number | boolean;
      gte?: string | number | boolean;
      contains?: string;
      startsWith?: string;
      /** Whether the column holds the key of a row that a full-text index finds. */
      matching?: Matching;
    };

/** Conditions on columns, all of which must hold, and `and` / `or` / `not` of others. */
export interface Where {
  and?: Where[];
  or?: Where[];
  not?: Where;
  [column: string]: Condition | Where | Where[] | undefined;
}

export interface FindOptions {
  where?: Where;
  /** Columns, `-` in front for descending. */
  orderBy?: string[];
  limit?: number;
  /** Rows to leave out at the beginning; each of them costs a step in the index. */
  offset?: number;
  columns?: string[];
  /** Rows that fulfil it come before the others, and have 1 as their `first`. */
  first?: Where;
  /** Name of the index to be used, where the database would choose a worse one; see `pageIndex`. */
  index?: string | undefined;
}
