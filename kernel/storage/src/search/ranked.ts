import { JinshuiError } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import { pageIndex } from "../database/page-index.js";
import type { Row, TableDefinition, Where } from "../database/table.js";
import { afterCursor, cursorAfter } from "../page.js";
import type { SearchPlan, SearchWay } from "./plan.js";

const WAYS: Record<string, SearchWay> = { r: "records", i: "index" };

/** Where a ranked list goes on: the way its search was begun in, the rank of the last row, and its place within that. */
export interface RankedCursor {
  way: SearchWay;
  rank: number;
  after: string;
}

/** @throws JinshuiError `invalid-request` for what is no cursor of a ranked list. */
export function rankedCursor(text: string): RankedCursor {
  const [, way = "", rank = "", after = ""] = /^([ri])([0-3])(.+)$/.exec(text) ?? [];
  const known = WAYS[way];
  if (known === undefined)
    throw new JinshuiError("invalid-request", "The cursor does not belong to this search; start from the first page");
  return { way: known, rank: Number(rank), after };
}

/** One page of what was found, rank by rank, each in the given order. */
export async function rankedPage(
  database: Database,
  table: string,
  base: Where,
  plan: SearchPlan,
  options: { orderBy: string[]; limit: number; cursor?: RankedCursor | undefined },
): Promise<{ rows: Row[]; nextCursor?: string }> {
  const { orderBy, limit, cursor } = options;
  const found: { row: Row; rank: number }[] = [];
  for (let rank = cursor?.rank ?? 0; rank < plan.ranks.length && found.length <= limit; rank += 1) {
    const ofRank = await plan.ranks[rank]?.(database);
    if (ofRank === undefined) break;
    const parts = [base, ofRank];
    if (rank === cursor?.rank) parts.push(afterCursor(cursor.after, orderBy));
    const rows = await database.find(table, { where: { and: parts }, orderBy, limit: limit + 1 - found.length });
    found.push(...rows.map((row) => ({ row, rank })));
  }
  const rows = found.slice(0, limit).map(({ row }) => row);
  const last = found[limit - 1];
  if (found.length <= limit || !last) return { rows };
  return { rows, nextCursor: `${plan.way.slice(0, 1)}${last.rank}${cursorAfter(last.row, orderBy)}` };
}

/** One page of a list in the given order. */
export async function sortedPage(
  database: Database,
  table: TableDefinition,
  where: Where,
  { orderBy, limit, cursor }: { orderBy: string[]; limit: number; cursor: string | undefined },
): Promise<{ rows: Row[]; nextCursor?: string }> {
  const rest = cursor === undefined ? where : { and: [where, afterCursor(cursor, orderBy)] };
  const index = cursor === undefined ? undefined : pageIndex(table, where, orderBy);
  const found = await database.find(table.name, { where: rest, orderBy, limit: limit + 1, index });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return found.length > limit && last ? { rows, nextCursor: cursorAfter(last, orderBy) } : { rows };
}
