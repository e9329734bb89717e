import type { Database } from "../database/database.js";

/** How often each stream of the bus has lost messages that were sent again, over the whole life of the site. */
export async function busLosses(database: Database): Promise<{ stream: string; losses: number }[]> {
  const rows = await database.find("stream_epoch", { orderBy: ["stream"] });
  return rows.map((row) => ({ stream: String(row["stream"]), losses: Number(row["epoch"] ?? 0) }));
}
