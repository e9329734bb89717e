import type { Database } from "../database/database.js";
import type { Row, Where } from "../database/table.js";
import { afterCursor, cursorAfter } from "../page.js";

/** What an index finds: everything of a bureau, of a person, or on a resource. The rest is compared entry by entry. */
export interface AuditSearch {
  bureau: string;
  actor?: string | undefined;
  resource?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  filter?: Where | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** What was found. */
export interface AuditPage {
  rows: Row[];
  nextCursor?: string;
  /** The search has stopped here for now: it goes on from the cursor. */
  searchedTo?: string;
}

const FIRST_SLICE = 2_000;
const LARGEST_SLICE = 16_000;
/** How long one search goes on without finding enough. */
const BUDGET_MS = 400;

/**
 * Entries newest first. What no index finds is looked for slice by slice, each as long as the index alone tells, so that a search
 * for something rare among millions answers in time: it says how far it has come.
 */
export async function searchAudit(database: Database, search: AuditSearch): Promise<AuditPage> {
  const { limit } = search;
  const way = wayOf(search);
  const started = performance.now();
  const rows: Row[] = [];
  let { cursor } = search;
  for (let size = FIRST_SLICE; ; size = Math.min(size * 2, LARGEST_SLICE)) {
    const ahead: Where = cursor === undefined ? way.within : { and: [way.within, afterCursor(cursor, way.orderBy)] };
    const end = way.isExact ? undefined : await sliceEnd(database, way, ahead, size);
    const slice: Where[] = end ? [ahead, upTo(end, way.orderBy)] : [ahead];
    const found = await database.find("audit_entry", {
      where: { and: [...slice, way.filter] },
      orderBy: way.orderBy,
      limit: limit + 1 - rows.length,
      index: way.index,
    });
    rows.push(...found);
    if (rows.length > limit) {
      const page = rows.slice(0, limit);
      return { rows: page, nextCursor: cursorAfter(page.at(-1) ?? {}, way.orderBy) };
    }
    if (!end) return { rows };
    cursor = cursorAfter(end, way.orderBy);
    if (performance.now() - started > BUDGET_MS) return { rows, nextCursor: cursor, searchedTo: String(end["at"]) };
  }
}

/** Along which index a search goes. */
interface Way {
  index: string;
  orderBy: string[];
  /** What the index tells. */
  within: Where;
  /** What it doesn't. */
  filter: Where;
  /** Every entry within is one that is looked for. */
  isExact: boolean;
}

function wayOf({ bureau, actor, resource, from, to, filter = {} }: AuditSearch): Way {
  const at: Where = {
    and: [...(from === undefined ? [] : [{ at: { gte: from } }]), ...(to === undefined ? [] : [{ at: { lt: to } }])],
  };
  const isBare = Object.values(filter).every((condition) => condition === undefined);
  if (resource !== undefined)
    return {
      index: "resource",
      orderBy: ["-id"],
      within: { resource },
      filter: { and: [{ bureau, actor_id: actor }, at, filter] },
      isExact: false,
    };
  const orderBy = ["-at", "-id"];
  if (actor !== undefined)
    return {
      index: "actor",
      orderBy,
      within: { and: [{ actor_id: actor }, at] },
      filter: { and: [{ bureau }, filter] },
      isExact: false,
    };
  return { index: "time", orderBy, within: { and: [{ bureau }, at] }, filter, isExact: isBare };
}

/** The last entry of the next slice, unless what is left is shorter. */
async function sliceEnd(database: Database, way: Way, ahead: Where, size: number): Promise<Row | undefined> {
  const columns = way.orderBy.length === 1 ? ["id", "at"] : ["at", "id"];
  const [end] = await database.find("audit_entry", {
    where: ahead,
    orderBy: way.orderBy,
    columns,
    offset: size - 1,
    limit: 1,
    index: way.index,
  });
  return end;
}

/** Up to an entry, and with it. */
function upTo(end: Row, orderBy: readonly string[]): Where {
  const { id, at } = end as { id: number; at: string };
  if (orderBy.length === 1) return { id: { gte: id } };
  return { and: [{ at: { gte: at } }, { or: [{ at: { gt: at } }, { id: { gte: id } }] }] };
}
