import type { DemoDuties, Duty, LocalText } from "@jinshui/contracts";
import { type Database, newId, type Row } from "@jinshui/storage";

/** A row of `duty` as the API gives it. */
export function dutyOf(row: Row): Duty {
  const { id, version, position, title, basis, matter, days } = row;
  return {
    id: String(id),
    version: Number(version),
    position: String(position),
    title: title as LocalText,
    ...(typeof basis === "string" ? { basis } : {}),
    ...(typeof matter === "string" ? { matter } : {}),
    ...(typeof days === "number" ? { days } : {}),
  };
}

/** Gives the bureaus that have none the duties of the demo. */
export async function addDemoDuties(
  database: Database,
  bureaus: readonly { bureau: string }[],
  duties: DemoDuties,
): Promise<void> {
  const known = new Set((await database.find("duty", { columns: ["bureau"] })).map(({ bureau }) => bureau));
  const rows = bureaus
    .filter(({ bureau }) => !known.has(bureau))
    .flatMap(({ bureau }) =>
      Object.entries(duties).flatMap(([position, own]) =>
        own.map((duty): Row => ({ bureau, position, version: 1, ...duty })),
      ),
    );
  // ids of one millisecond are in no order of their own
  const ids = rows.map(() => newId()).sort();
  if (rows.length > 0)
    await database.transaction(
      (tx) =>
        tx.insert(
          "duty",
          rows.map((row, index) => ({ id: ids[index], ...row })),
        ),
      { essential: true },
    );
}
