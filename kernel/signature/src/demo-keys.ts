import type { DemoPeople } from "@jinshui/contracts";
import type { Database } from "@jinshui/storage";
import type { Certificates } from "./certificates.js";

/** Gives the invented people of a demo site the keys their file speaks of; who ever had one gets none again. */
export async function addDemoKeys(
  database: Database,
  people: DemoPeople["people"],
  certificates: Certificates,
): Promise<void> {
  for (const { username, signs } of people) {
    if (signs === undefined) continue;
    const row = await database.findOne("person", { username });
    const person = String(row?.["id"]);
    if (!row || (await database.findOne("signing_certificate", { person }))) continue;
    const owner = { id: person, name: String(row["name"]), bureau: String(row["bureau"]) };
    const made = await certificates.make(owner, signs);
    await database.transaction((tx) => made.keep(tx), { essential: true });
  }
}
