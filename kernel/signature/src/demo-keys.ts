import type { DemoPeople } from "@jinshui/contracts";
import type { Database } from "@jinshui/storage";
import type { Certificates } from "./certificates.js";

/** Gives the invented people of a demo site the keys their file speaks of; who ever had one gets none again. */
export async function addDemoKeys(
  database: Database,
  { people, signs = {} }: Pick<DemoPeople, "people" | "signs">,
  certificates: Certificates,
): Promise<void> {
  for (const { username, positions } of people) {
    const algorithm = positions.map(({ position }) => signs[position]).find((named) => named !== undefined);
    if (algorithm === undefined) continue;
    const row = await database.findOne("person", { username });
    const person = String(row?.["id"]);
    if (!row || (await database.findOne("signing_certificate", { person }))) continue;
    const owner = { id: person, name: String(row["name"]), bureau: String(row["bureau"]) };
    const made = await certificates.make(owner, algorithm);
    await database.transaction((tx) => made.keep(tx), { essential: true });
  }
}
