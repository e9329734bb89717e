import { type Database, DEFAULT_LIMIT, type Page, pageOf, type Where } from "@jinshui/storage";

/** Begins the cursors of what has no deadline, which comes last. */
const UNDATED = "none.";

/** A page of an inbox, what is due first at its beginning. Both databases would put what is never due there. */
export async function pageByDue(
  database: Database,
  where: Where,
  { limit = DEFAULT_LIMIT, cursor }: { limit?: number; cursor?: string },
): Promise<Page> {
  const undated = async (most: number, after: string | undefined): Promise<Page> => {
    const { rows, nextCursor } = await pageOf(
      database,
      "wf_candidate",
      { and: [where, { due_at: null }] },
      ["arrived_at", "task"],
      { limit: most, ...(after === undefined ? {} : { cursor: after }) },
    );
    return { rows, ...(nextCursor === undefined ? {} : { nextCursor: `${UNDATED}${nextCursor}` }) };
  };
  if (cursor?.startsWith(UNDATED) === true) {
    const after = cursor.slice(UNDATED.length);
    return undated(limit, after === "" ? undefined : after);
  }
  const dated = await pageOf(database, "wf_candidate", { and: [where, { due_at: { ne: null } }] }, ["due_at", "task"], {
    limit,
    ...(cursor === undefined ? {} : { cursor }),
  });
  if (dated.nextCursor !== undefined) return dated;
  const room = limit - dated.rows.length;
  if (room > 0) {
    const rest = await undated(room, undefined);
    return { ...rest, rows: [...dated.rows, ...rest.rows] };
  }
  const more = await database.countTo(1, "wf_candidate", { and: [where, { due_at: null }] });
  return more > 0 ? { rows: dated.rows, nextCursor: UNDATED } : dated;
}
