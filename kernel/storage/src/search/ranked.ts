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
  // what a page is sorted by, of all that is found, and whole records only of what is on it: sorting long texts takes longest
  const columns = [...new Set(["id", ...orderBy.map((name) => name.replace(/^-/, ""))])];
  const found: { row: Row; rank: number }[] = [];
  for (const { rank, where, first } of plan.groups) {
    if (found.length > limit) break;
    const inGroup = cursor && cursor.rank >= rank && cursor.rank <= rank + (first ? 1 : 0);
    if (cursor && !inGroup && cursor.rank > rank) continue;
    const rows = await database.find(table, {
      where: { and: [base, where, ...(inGroup ? [further(cursor, rank, first, orderBy)] : [])] },
      columns,
      orderBy,
      limit: limit + 1 - found.length,
      ...(first ? { first } : {}),
    });
    found.push(...rows.map((row) => ({ row, rank: first && row["first"] !== 1 ? rank + 1 : rank })));
  }
  const rows = await whole(
    database,
    table,
    found.slice(0, limit).map(({ row }) => String(row["id"])),
  );
  const last = found[limit - 1];
  if (found.length <= limit || !last) return { rows };
  return { rows, nextCursor: `${plan.way.slice(0, 1)}${last.rank}${cursorAfter(last.row, orderBy)}` };
}

/** What is left of a group behind the cursor: of the rank it stands in what comes after it, and the whole of a second one. */
function further(cursor: RankedCursor, rank: number, first: Where | undefined, orderBy: string[]): Where {
  const after = afterCursor(cursor.after, orderBy);
  if (!first) return after;
  return cursor.rank === rank ? { or: [{ and: [first, after] }, { not: first }] } : { and: [{ not: first }, after] };
}

/** The records of these ids, in their order; one that is gone meanwhile is left out. */
async function whole(database: Database, table: string, ids: readonly string[]): Promise<Row[]> {
  if (ids.length === 0) return [];
  const rows = new Map(
    (await database.find(table, { where: { id: { in: [...ids] } } })).map((row) => [row["id"], row]),
  );
  return ids.map((id) => rows.get(id)).filter((row) => row !== undefined);
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
