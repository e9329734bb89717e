import { afterCursor, cursorAfter, DEFAULT_LIMIT, type Reader, type Row, type Where } from "@jinshui/storage";

export interface Page {
  rows: Row[];
  nextCursor?: string;
}

/** One page of a table after a cursor; the last column of `orderBy` must be unique. */
export async function pageOf(
  reader: Reader,
  table: string,
  where: Where,
  orderBy: string[],
  input: { limit?: number; cursor?: string },
): Promise<Page> {
  const limit = input.limit ?? DEFAULT_LIMIT;
  const found = await reader.find(table, {
    where: input.cursor === undefined ? where : { and: [where, afterCursor(input.cursor, orderBy)] },
    orderBy,
    limit: limit + 1,
  });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, ...(found.length > limit && last ? { nextCursor: cursorAfter(last, orderBy) } : {}) };
}

/** A condition for each word of a search. */
export function searchWhere(search: string | undefined, columns: string[]): Where[] {
  const words = (search ?? "")
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "");
  return words.map((word) => ({ or: columns.map((column) => ({ [column]: { contains: word } })) }));
}
