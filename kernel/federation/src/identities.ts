import type { Database, Reader, Transaction } from "@jinshui/storage";
import { isJinshuiError, JinshuiError } from "@jinshui/contracts";

/** Who people are elsewhere: a source and an id that it never gives again. */
export class Identities {
  constructor(readonly database: Database) {}

  async person(source: string, externalId: string, reader: Reader = this.database): Promise<string | undefined> {
    const row = await reader.findOne("person_identity", { source, external_id: externalId });
    return row && String(row["person"]);
  }

  async of(person: string, reader: Reader = this.database): Promise<{ source: string; externalId: string }[]> {
    const rows = await reader.find("person_identity", { where: { person }, orderBy: ["source"] });
    return rows.map((row) => ({ source: String(row["source"]), externalId: String(row["external_id"]) }));
  }

  /** @throws JinshuiError `not-unique` when the source means somebody else by it, or somebody else by the person. */
  async link(tx: Transaction, link: { person: string; source: string; externalId: string }): Promise<void> {
    const { person, source, externalId } = link;
    try {
      await tx.insert("person_identity", { source, external_id: externalId, person, created_at: tx.time });
    } catch (error) {
      if (!isJinshuiError(error) || error.code !== "not-unique") throw error;
      throw new JinshuiError("not-unique", `${source} knows somebody else as ${externalId}, or the person as another`, {
        details: { field: "externalId", source, value: externalId },
        cause: error,
      });
    }
  }

  unlink(tx: Transaction, person: string, source: string): Promise<number> {
    return tx.remove("person_identity", { person, source });
  }
}
