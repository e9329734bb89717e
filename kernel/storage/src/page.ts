import { JinshuiError } from "@jinshui/contracts";
import type { Reader } from "./database/database.js";
import type { Row, Where } from "./database/table.js";

type Plain = string | number | boolean | null;

/** Page size when none is asked for. */
export const DEFAULT_LIMIT = 50;

/** Some rows of a list, and where the next ones begin. */
export interface Page {
  rows: Row[];
  nextCursor?: string;
}

/** One page of a table after a cursor; the last column of `orderBy` must be unique. `columns`: all when absent, those of `orderBy` among them. */
export async function pageOf(
  reader: Reader,
  table: string,
  where: Where,
  orderBy: string[],
  input: { limit?: number; cursor?: string; columns?: string[] },
): Promise<Page> {
  const { limit = DEFAULT_LIMIT, cursor, columns } = input;
  const found = await reader.find(table, {
    ...(columns === undefined ? {} : { columns }),
    where: cursor === undefined ? where : { and: [where, afterCursor(cursor, orderBy)] },
    orderBy,
    limit: limit + 1,
  });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, ...(found.length > limit && last ? { nextCursor: cursorAfter(last, orderBy) } : {}) };
}

/** The cursor after a row: its values of the columns that the list is sorted by. */
export function cursorAfter(row: Row, orderBy: string[]): string {
  return Buffer.from(
    JSON.stringify([orderBy.join(), ...orderBy.map((field) => row[field.replace(/^-/, "")] ?? null)]),
  ).toString("base64url");
}

/**
 * The rows after a cursor, for a list sorted by `orderBy` whose last column is unique. Empty values come first ascending and
 * last descending, as both databases sort them.
 */
export function afterCursor(cursor: string, orderBy: string[]): Where {
  const values = decoded(cursor, orderBy);
  const alternatives = orderBy.map((field, index): Where => {
    const name = field.replace(/^-/, "");
    const equal = orderBy
      .slice(0, index)
      .map((before, position): Where => ({ [before.replace(/^-/, "")]: values[position] ?? null }));
    return { and: [...equal, beyond(name, field.startsWith("-"), values[index] ?? null)] };
  });
  // says again what all alternatives have in common: a range that an index can begin at
  const [first = ""] = orderBy;
  return { and: [notBefore(first.replace(/^-/, ""), first.startsWith("-"), values[0] ?? null), { or: alternatives }] };
}

function notBefore(name: string, descending: boolean, value: Plain): Where {
  if (value === null) return descending ? { [name]: null } : {};
  return descending ? { or: [{ [name]: { lte: value } }, { [name]: null }] } : { [name]: { gte: value } };
}

function beyond(name: string, descending: boolean, value: Plain): Where {
  if (descending)
    return value === null
      ? { and: [{ [name]: null }, { [name]: { ne: null } }] }
      : { or: [{ [name]: { lt: value } }, { [name]: null }] };
  return value === null ? { [name]: { ne: null } } : { [name]: { gt: value } };
}

function decoded(cursor: string, orderBy: string[]): Plain[] {
  try {
    const [order, ...values] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as Plain[];
    if (order === orderBy.join() && values.length === orderBy.length && values.every(isPlain)) return values;
  } catch {
    // told below
  }
  throw new JinshuiError(
    "invalid-request",
    "The cursor does not belong to this list and sorting; start from the first page",
  );
}

/** A cursor comes from outside: an object in it would be taken for a condition of its own. */
function isPlain(value: unknown): boolean {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}
