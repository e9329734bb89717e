import type { BureauConfig, DemoPeople, LocalText, SiteConfig } from "@jinshui/contracts";
import { type Database, newId, type Reader, type Row } from "@jinshui/storage";
import { hashPassword } from "./passwords.js";

/** What the site's files say about who there is. */
export interface OrganisationConfig {
  site: SiteConfig;
  bureaus: BureauConfig[];
  demo?: DemoPeople;
}

export interface Person {
  id: string;
  name: string;
  username: string;
  bureau: string;
  department: string;
  positions: { id: string; department: string }[];
}

/** The organisation as configured, and the people in the database. */
export class Organisation {
  readonly #bureaus: Map<string, BureauConfig>;

  constructor(
    readonly database: Database,
    readonly config: OrganisationConfig,
  ) {
    this.#bureaus = new Map(config.bureaus.map((bureau) => [bureau.bureau, bureau]));
  }

  /** Puts invented people of the demo in, those that are not there yet. */
  async addDemoPeople(): Promise<void> {
    const { demo } = this.config;
    if (!demo) return;
    const known = new Set(
      (await this.database.find("person", { columns: ["username"] })).map((row) => row["username"]),
    );
    const missing = demo.people.filter(({ username }) => !known.has(username));
    if (missing.length === 0) return;
    const password = await hashPassword(demo.password);
    await this.database.transaction(
      async (tx) => {
        for (const { username, name, bureau, department, positions } of missing) {
          const id = newId();
          await tx.insert("person", {
            id,
            bureau,
            username,
            name,
            department,
            password_hash: password,
            created_at: tx.time,
          });
          await tx.insert(
            "held_position",
            positions.map((held) => ({
              person: id,
              position: held.position,
              department: held.department ?? department,
              bureau,
            })),
          );
        }
      },
      { essential: true },
    );
  }

  bureau(id: string): BureauConfig | undefined {
    return this.#bureaus.get(id);
  }

  bureaus(): BureauConfig[] {
    return [...this.#bureaus.values()];
  }

  positionTitle(id: string): LocalText {
    return this.config.site.positions[id]?.title ?? { "zh-CN": id };
  }

  hasPosition(id: string): boolean {
    return id in this.config.site.positions;
  }

  departmentTitle(bureau: string, id: string): LocalText {
    return this.#bureaus.get(bureau)?.departments.find((department) => department.id === id)?.title ?? { "zh-CN": id };
  }

  /** These departments of a bureau and all below them. */
  withBelow(bureau: string, departments: readonly string[]): string[] {
    const all = this.#bureaus.get(bureau)?.departments ?? [];
    const found = new Set(departments);
    // a set that grows while it is walked through is walked to its new end
    for (const above of found) for (const { id, parent } of all) if (parent === above) found.add(id);
    return [...found];
  }

  /** Bureaus below one, at any depth. */
  bureausBelow(bureau: string): string[] {
    const found = new Set([bureau]);
    for (const above of found)
      for (const { bureau: id, parent } of this.config.bureaus) if (parent === above) found.add(id);
    found.delete(bureau);
    return [...found];
  }

  /** `reader`: the transaction that asks, so that it needs no second connection. */
  async person(id: string, reader: Reader = this.database): Promise<Person | undefined> {
    const row = await reader.findOne("person", { id });
    return row ? (await this.people([row], reader))[0] : undefined;
  }

  /** People who hold a position in a bureau, in one department when given, by name. */
  async holders(
    bureau: string,
    position: string,
    department?: string,
    reader: Reader = this.database,
  ): Promise<Person[]> {
    const held = await reader.find("held_position", {
      where: { bureau, position, ...(department === undefined ? {} : { department }) },
    });
    const ids = [...new Set(held.map((row) => String(row["person"])))];
    if (ids.length === 0) return [];
    return this.people(
      await reader.find("person", { where: { id: { in: ids }, disabled: { ne: true } }, orderBy: ["name", "id"] }),
      reader,
    );
  }

  /** Rows of `person` with the positions held. */
  async people(rows: Row[], reader: Reader = this.database): Promise<Person[]> {
    if (rows.length === 0) return [];
    const held = await reader.find("held_position", {
      where: { person: { in: rows.map((row) => String(row["id"])) } },
      orderBy: ["position"],
    });
    return rows.map((row) => ({
      id: String(row["id"]),
      name: String(row["name"]),
      username: String(row["username"]),
      bureau: String(row["bureau"]),
      department: String(row["department"]),
      positions: held
        .filter(({ person }) => person === row["id"])
        .map((position) => ({ id: String(position["position"]), department: String(position["department"]) })),
    }));
  }
}
