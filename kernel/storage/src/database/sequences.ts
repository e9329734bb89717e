import { QueryTypes, type Sequelize, type Transaction as SqlTransaction } from "sequelize";

const CHUNK = 500;

/**
 * Counts each aggregate up by the number given and returns where it stands then. The rows stay locked to the end of the
 * transaction, so that numbers have no gap and rise in the order of the commits. Taken in one order by all, they can't
 * deadlock with each other.
 */
export async function countUp(
  sequelize: Sequelize,
  transaction: SqlTransaction,
  steps: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
  const upsert =
    sequelize.getDialect() === "sqlite"
      ? "ON CONFLICT (aggregate) DO UPDATE SET seq = seq + excluded.seq"
      : "ON DUPLICATE KEY UPDATE seq = seq + VALUES(seq)";
  const reached = new Map<string, number>();
  const sorted = [...steps].sort(([a], [b]) => (a < b ? -1 : 1));
  for (let start = 0; start < sorted.length; start += CHUNK) {
    const chunk = sorted.slice(start, start + CHUNK);
    await sequelize.query(
      `INSERT INTO outbox_aggregate (aggregate, seq) VALUES ${chunk.map(() => "(?, ?)").join(", ")} ${upsert}`,
      { replacements: chunk.flat(), transaction },
    );
    const rows = await sequelize.query<{ aggregate: string; seq: number | string }>(
      "SELECT aggregate, seq FROM outbox_aggregate WHERE aggregate IN (?)",
      { replacements: [chunk.map(([aggregate]) => aggregate)], type: QueryTypes.SELECT, transaction },
    );
    for (const { aggregate, seq } of rows) reached.set(aggregate, Number(seq));
  }
  return reached;
}
