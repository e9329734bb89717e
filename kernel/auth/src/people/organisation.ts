import type { ActorRef, BureauConfig, DemoDuties, DemoPeople, LocalText, SiteConfig } from "@jinshui/contracts";
import { type Database, newId, type Reader, type Row, type Transaction, type Where } from "@jinshui/storage";
import { Departments } from "./departments.js";
import { type ActivePosition, type Delegated, delegationsOn, gives } from "./delegations.js";
import { addDemoDuties } from "./duties.js";
import { addHolding, coversDay, type Held, heldOf, holdingsOf, Separation } from "./holdings.js";
import { calledSo, nameColumns } from "./name-sound.js";
import { hashPassword } from "./passwords.js";
import { covers, dayOf } from "./period.js";

/** What the site's files say about who there is. */
export interface OrganisationConfig {
  site: SiteConfig;
  bureaus: BureauConfig[];
  demo?: DemoPeople;
  demoDuties?: DemoDuties;
}

export interface Person {
  id: string;
  name: string;
  username: string;
  bureau: string;
  department: string;
  /** Those of today: own ones first, then those of others who have given them for a while. */
  positions: ActivePosition[];
}

/** How long what is known of a person is taken as it was: revocation in another process takes no longer. */
const REMEMBERED_MS = 5_000;
const REMEMBERED_PEOPLE = 10_000;
const BATCH = 500;
/** A kernel that is killed after a change has not counted it: others go by what they knew no longer than this. */
const UNCOUNTED_MS = 60_000;
/** The one row that counts changes. */
const CHANGE = "organisation";

/** Bureaus and the catalogue of positions as configured; departments, people and what they hold as in the database. */
export class Organisation {
  readonly departments: Departments;
  readonly separation: Separation;
  readonly #bureaus: Map<string, BureauConfig>;
  readonly #remembered = new Map<string, { person: Person; at: number; day: string }>();
  readonly #holders = new Map<string, { people: Person[]; at: number; day: string; changes: number }>();

  constructor(
    readonly database: Database,
    readonly config: OrganisationConfig,
    readonly clock: () => number = Date.now,
  ) {
    this.#bureaus = new Map(config.bureaus.map((bureau) => [bureau.bureau, bureau]));
    this.departments = new Departments(database, () => this.today());
    this.separation = new Separation(config.site.separations ?? [], (id) => this.positionTitle(id));
  }

  /** Takes over what only files know so far: departments, and what is invented for the demo. */
  async open(): Promise<void> {
    await this.departments.open(this.config.bureaus);
    await this.#takeOverHoldings();
    await this.#addDemoPeople();
    await this.#soundNames();
    await addDemoDuties(this.database, this.config.bureaus, this.config.demoDuties ?? {});
  }

  /** The day in China. */
  today(): string {
    return dayOf(this.clock());
  }

  /** Positions held without dates by a version before this one. */
  async #takeOverHoldings(): Promise<void> {
    if ((await this.database.count("holding")) > 0) return;
    const rows = await this.database.find("held_position", { orderBy: ["person", "position"] });
    if (rows.length === 0) return;
    const holdings = rows.map(({ person, position, department, bureau }): Row => ({
      id: newId(),
      bureau,
      person,
      position,
      department,
      acting: false,
    }));
    await this.database.transaction((tx) => tx.insert("holding", holdings), { essential: true });
  }

  async #addDemoPeople(): Promise<void> {
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
          this.separation.require({ id, name }, positions, []);
          await tx.insert("person", {
            id,
            bureau,
            username,
            ...nameColumns(name),
            department,
            password_hash: password,
            created_at: tx.time,
          });
          for (const held of positions)
            await addHolding(tx, {
              bureau,
              person: id,
              position: held.position,
              department: held.department ?? department,
            });
        }
      },
      { essential: true },
    );
  }

  /** Names that a version before this one has written without how they sound. */
  async #soundNames(): Promise<void> {
    for (;;) {
      const rows = await this.database.find("person", {
        where: { name_sound: null },
        columns: ["id", "name"],
        limit: BATCH,
      });
      if (rows.length === 0) return;
      await this.database.transaction(
        async (tx) => {
          for (const { id, name } of rows)
            await tx.update("person", { id: String(id), name: String(name) }, nameColumns(String(name)));
        },
        { essential: true },
      );
    }
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

  /** Positions whose holders lead the department they hold them in. */
  leadingPositions(): string[] {
    return Object.entries(this.config.site.positions).flatMap(([id, { leads }]) => (leads === true ? [id] : []));
  }

  hasPosition(id: string): boolean {
    return Object.hasOwn(this.config.site.positions, id);
  }

  /** Bureaus below one, at any depth. */
  bureausBelow(bureau: string): string[] {
    const found = new Set([bureau]);
    for (const above of found)
      for (const { bureau: id, parent } of this.config.bureaus) if (parent === above) found.add(id);
    found.delete(bureau);
    return [...found];
  }

  /** Condition for rows of `person`: neither disabled nor past their last day. */
  active(): Where {
    return {
      and: [{ disabled: { ne: true } }, { or: [{ last_day: null }, { last_day: { gte: this.today() } }] }],
    };
  }

  /** Somebody who may act; nobody once they have left. `reader`: the transaction that asks, so that it needs no second connection. */
  async person(id: string, reader: Reader = this.database): Promise<Person | undefined> {
    const row = await reader.findOne("person", { and: [{ id }, this.active()] });
    return row ? (await this.people([row], reader))[0] : undefined;
  }

  /** As `person`, without asking the database again within seconds. */
  async known(id: string): Promise<Person | undefined> {
    const now = this.clock();
    const day = this.today();
    const remembered = this.#remembered.get(id);
    if (remembered?.day === day && now - remembered.at < REMEMBERED_MS) return remembered.person;
    const person = await this.person(id);
    if (this.#remembered.size >= REMEMBERED_PEOPLE) this.#remembered.clear();
    if (person) this.#remembered.set(id, { person, at: now, day });
    else this.#remembered.delete(id);
    return person;
  }

  /** Whoever changes people, departments or what people hold calls this after the commit. */
  async changed(): Promise<void> {
    this.#remembered.clear();
    this.#holders.clear();
    await this.database.transaction(countChange, { essential: true });
    await this.departments.load();
  }

  /** People who hold a position in a bureau today, in one department when given, or stand in for who does; by name. */
  async holders(
    bureau: string,
    position: string,
    department?: string,
    reader: Reader = this.database,
  ): Promise<Person[]> {
    const where = { bureau, position, ...(department === undefined ? {} : { department }) };
    const rows = await reader.find("holding", { where: { and: [where, coversDay(this.today())] } });
    const ids = new Set(rows.map((row) => String(row["person"])));
    for (const delegated of await this.#delegations(reader, { from: [...ids] }))
      if (gives(delegated, position)) ids.add(delegated.to);
    if (ids.size === 0) return [];
    return this.people(
      await reader.find("person", {
        where: { and: [{ id: { in: [...ids] } }, this.active()] },
        orderBy: ["name", "id"],
      }),
      reader,
    );
  }

  /** As `holders`, asking the database only whether anybody has changed anything since: one row, whatever is asked. */
  async knownHolders(
    bureau: string,
    position: string,
    department: string | undefined,
    reader: Reader,
  ): Promise<Person[]> {
    const key = JSON.stringify([bureau, position, department]);
    const [now, day] = [this.clock(), this.today()];
    const changes = Number((await reader.findOne("organisation_change", { id: CHANGE }))?.["count"] ?? 0);
    const remembered = this.#holders.get(key);
    if (remembered?.day === day && remembered.changes === changes && now - remembered.at < UNCOUNTED_MS)
      return remembered.people;
    const people = await this.holders(bureau, position, department, reader);
    if (this.#holders.size >= REMEMBERED_PEOPLE) this.#holders.clear();
    this.#holders.set(key, { people, at: now, day, changes });
    return people;
  }

  /** Who held, holds or will hold a position on a day, by name. */
  async heldOn(bureau: string, position: string, day: string): Promise<{ person: ActorRef; held: Held }[]> {
    const rows = await this.database.find("holding", { where: { and: [{ bureau, position }, coversDay(day)] } });
    const names = await this.names(rows.map((row) => String(row["person"])));
    return rows
      .map(heldOf)
      .map((held) => ({ person: names.get(held.person) ?? { id: held.person, name: held.person }, held }))
      .sort((one, other) => one.person.name.localeCompare(other.person.name, "zh-CN"));
  }

  /** People of a bureau who have not left, by name; `search` as in `calledSo`. */
  async colleagues(bureau: string, search: string | undefined, limit: number): Promise<Person[]> {
    const called = search === undefined || search.trim() === "" ? [] : [calledSo(search.trim())];
    const where = { and: [{ bureau }, this.active(), ...called] };
    return this.people(await this.database.find("person", { where, orderBy: ["name", "id"], limit }));
  }

  /** People by id, with their names; also those who have left. */
  async names(ids: readonly string[], reader: Reader = this.database): Promise<Map<string, ActorRef>> {
    if (ids.length === 0) return new Map();
    const rows = await reader.find("person", { where: { id: { in: [...new Set(ids)] } }, columns: ["id", "name"] });
    return new Map(rows.map((row) => [String(row["id"]), { id: String(row["id"]), name: String(row["name"]) }]));
  }

  /** Rows of `person` with the positions of today. */
  async people(rows: Row[], reader: Reader = this.database): Promise<Person[]> {
    if (rows.length === 0) return [];
    const ids = rows.map((row) => String(row["id"]));
    const delegations = await this.#delegations(reader, { to: ids });
    const givers = await this.names(
      delegations.map(({ from }) => from),
      reader,
    );
    const today = this.today();
    const held = (await holdingsOf(reader, [...ids, ...givers.keys()])).filter((holding) => covers(holding, today));
    return rows.map((row) => {
      const id = String(row["id"]);
      return {
        id,
        name: String(row["name"]),
        username: String(row["username"]),
        bureau: String(row["bureau"]),
        department: String(row["department"]),
        positions: activePositions(
          id,
          held,
          delegations.filter(({ to }) => to === id),
          givers,
        ),
      };
    });
  }

  /** Those that hold today, of people who have not left. */
  async #delegations(
    reader: Reader,
    who: { to: readonly string[] } | { from: readonly string[] },
  ): Promise<Delegated[]> {
    const people = "to" in who ? who.to : who.from;
    return people.length === 0 ? [] : delegationsOn(reader, this.today(), who);
  }
}

/** Counts a change, so that no kernel goes by what it knew before. */
async function countChange(tx: Transaction): Promise<void> {
  const row = await tx.findOneForUpdate("organisation_change", { id: CHANGE });
  if (row) await tx.update("organisation_change", { id: CHANGE }, { count: Number(row["count"]) + 1 });
  else await tx.insertUnlessRaced("organisation_change", { id: CHANGE, count: 1 });
}

function activePositions(
  person: string,
  held: readonly Held[],
  delegations: readonly Delegated[],
  givers: ReadonlyMap<string, ActorRef>,
): ActivePosition[] {
  const own = held
    .filter((holding) => holding.person === person)
    .map(({ position, department }): ActivePosition => ({ id: position, department }));
  const has = (id: string, department: string): boolean =>
    own.some((active) => active.id === id && active.department === department);
  const given = delegations.flatMap((delegated) => {
    const onBehalfOf = givers.get(delegated.from);
    if (!onBehalfOf) return [];
    return held
      .filter(({ person: holder, position, department }) => {
        return holder === delegated.from && gives(delegated, position) && !has(position, department);
      })
      .map(({ position, department }): ActivePosition => ({ id: position, department, onBehalfOf }));
  });
  return [...own, ...given];
}
