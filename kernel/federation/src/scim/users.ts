import { type Auth, nameColumns, noted } from "@jinshui/auth";
import { canonicalJson, type Database, type Reader, type Row, type Transaction, type Where } from "@jinshui/storage";
import { createHash } from "node:crypto";
import type { Identities } from "../identities.js";
import { actorOf } from "../machine/machines.js";
import type { Machine } from "../clients/clients.js";
import { ScimError, URN } from "./protocol.js";
import { parsedFilter, whereOf } from "./filter.js";
import type { UserValues } from "./user-values.js";

const USERNAME = /^[a-z][a-z0-9.-]{1,39}$/;
const MAX_NAME = 60;

/** A User as SCIM has it. */
export interface User {
  id: string;
  meta: { version: string; location: string; resourceType: string; created: string };
  [attribute: string]: unknown;
}

/** People of a bureau, as a machine provisions them: made, renamed, moved, ended; never given a position. */
export class Users {
  constructor(
    readonly database: Database,
    readonly auth: Auth,
    readonly identities: Identities,
    /** Address of the service. */
    readonly root: string,
  ) {}

  async find(machine: Machine, id: string, reader: Reader = this.database): Promise<User> {
    return this.#described(machine, await this.#row(machine, id, reader), reader);
  }

  /** One page; `startIndex` counts from 1. */
  async list(
    machine: Machine,
    { filter, startIndex, count }: { filter: string | undefined; startIndex: number; count: number },
  ): Promise<{ users: User[]; total: number }> {
    const terms = {
      active: this.auth.organisation.active(),
      externalId: async (value: string): Promise<Where> => ({
        id: (await this.identities.person(sourceOf(machine), value)) ?? "",
      }),
    };
    const condition = filter === undefined ? [] : [await whereOf(parsedFilter(filter), terms)];
    const where: Where = { and: [{ bureau: machine.bureau }, ...condition] };
    const limit = startIndex - 1 + count;
    const rows = count === 0 ? [] : await this.database.find("person", { where, orderBy: ["created_at", "id"], limit });
    const users: User[] = [];
    for (const row of rows.slice(startIndex - 1)) users.push(await this.#described(machine, row));
    return { users, total: await this.database.count("person", where) };
  }

  async create(machine: Machine, { userName, name, department, externalId, active = true }: UserValues): Promise<User> {
    if (userName === undefined || name === undefined || department === undefined)
      throw new ScimError(400, `A User needs userName, displayName and ${URN.enterprise}:department`, "invalidValue");
    const { accounts } = this.auth;
    const person = {
      bureau: machine.bureau,
      username: requireUsername(userName),
      name: requireName(name),
      department: this.#department(machine, department),
    };
    const { person: id } = await accounts.add(person, actorOf(machine), async (tx, made) => {
      if (externalId !== undefined)
        await this.identities.link(tx, { person: made, source: sourceOf(machine), externalId });
      if (!active) await accounts.leave(tx, made, undefined);
    });
    await this.auth.access.changed();
    return this.find(machine, id);
  }

  /** @throws ScimError 412 when the User is another by now than `ifMatch` says. */
  async change(machine: Machine, id: string, values: UserValues, ifMatch: string | undefined): Promise<User> {
    await this.database.transaction(async (tx) => {
      // one change after the other
      await tx.findOneForUpdate("person", { id, bureau: machine.bureau });
      const row = await this.#row(machine, id, tx);
      const before = await this.#described(machine, row, tx);
      if (ifMatch !== undefined && ifMatch !== "*" && ifMatch !== before.meta.version)
        throw new ScimError(412, `User ${id} is at version ${before.meta.version}`);
      if (values.userName !== undefined && values.userName.toLowerCase() !== row["username"])
        throw new ScimError(
          400,
          "userName can't be changed: it stays with the person in the audit trail",
          "mutability",
        );
      await this.#identify(tx, machine, id, before, values.externalId);
      await this.#rename(tx, machine, row, values);
      if (values.active !== undefined && values.active !== before["active"])
        await (values.active ? this.#enable(tx, machine, row) : this.#end(tx, machine, row));
    });
    await this.auth.access.changed();
    return this.find(machine, id);
  }

  async #row({ bureau }: Machine, id: string, reader: Reader): Promise<Row> {
    const row = await reader.findOne("person", { id, bureau });
    if (!row) throw new ScimError(404, `There is no User ${id} in ${bureau}`);
    return row;
  }

  async #described(machine: Machine, row: Row, reader: Reader = this.database): Promise<User> {
    const { organisation } = this.auth;
    const [person] = await organisation.people([row], reader);
    const linked = await this.identities.of(String(row["id"]), reader);
    const externalId = linked.find(({ source }) => source === sourceOf(machine))?.externalId;
    const held = new Set((person?.positions ?? []).filter(({ onBehalfOf }) => !onBehalfOf).map(({ id }) => id));
    const name = String(row["name"]);
    const lastDay = row["last_day"] === undefined ? undefined : String(row["last_day"]);
    const user = {
      schemas: [URN.user, URN.enterprise],
      id: String(row["id"]),
      ...(externalId === undefined ? {} : { externalId }),
      userName: String(row["username"]),
      displayName: name,
      name: { formatted: name },
      active: row["disabled"] !== true && (lastDay === undefined || lastDay >= organisation.today()),
      groups: [...held].map((id) => ({ value: id, display: organisation.positionTitle(id)["zh-CN"] })),
      [URN.enterprise]: { department: String(row["department"]), organization: machine.bureau },
    };
    const version = `W/"${createHash("sha256").update(canonicalJson(user)).digest("hex").slice(0, 16)}"`;
    const location = `${this.root}/Users/${user.id}`;
    return { ...user, meta: { resourceType: "User", created: String(row["created_at"]), location, version } };
  }

  /** Whom the machine means by an id. Where people sign in by that id, it is theirs from the beginning or by two persons. */
  async #identify(
    tx: Transaction,
    machine: Machine,
    person: string,
    before: User,
    externalId: string | undefined,
  ): Promise<void> {
    if (externalId === undefined || externalId === before["externalId"]) return;
    if (machine.source !== undefined)
      throw new ScimError(
        400,
        "externalId signs people in: another one takes two persons, in the platform",
        "mutability",
      );
    const source = sourceOf(machine);
    await this.identities.unlink(tx, person, source);
    await this.identities.link(tx, { person, source, externalId });
    this.#note(tx, machine, "link-identity", person, { externalId: before["externalId"] }, { source, externalId });
  }

  async #rename(tx: Transaction, machine: Machine, row: Row, { name, department }: UserValues): Promise<void> {
    const id = String(row["id"]);
    const before = { name: String(row["name"]), department: String(row["department"]) };
    const after = {
      name: name === undefined ? before.name : requireName(name),
      department: department === undefined ? before.department : this.#department(machine, department),
    };
    if (after.name === before.name && after.department === before.department) return;
    await tx.update("person", { id }, { ...after, ...nameColumns(after.name) });
    this.#note(tx, machine, "change-person", id, before, after);
  }

  async #end(tx: Transaction, machine: Machine, row: Row): Promise<void> {
    const id = String(row["id"]);
    await this.auth.accounts.leave(tx, id, undefined);
    this.#note(tx, machine, "leave", id, undefined, { name: row["name"] });
  }

  /** Lets somebody sign in again who holds nothing; who would come back to positions takes an administrator. */
  async #enable(tx: Transaction, machine: Machine, row: Row): Promise<void> {
    const id = String(row["id"]);
    const today = this.auth.organisation.today();
    const held = await tx.find("holding", {
      where: { and: [{ person: id }, { or: [{ until_day: null }, { until_day: { gte: today } }] }] },
      limit: 1,
    });
    if (held.length > 0)
      throw new ScimError(
        403,
        `User ${id} still holds a position: an administrator of the platform enables the account`,
      );
    await tx.update("person", { id }, { disabled: false, disabled_for: null, last_day: null, signed_in_at: tx.time });
    this.#note(tx, machine, "enable-person", id, undefined, { name: row["name"] });
  }

  #department({ bureau }: Machine, department: string): string {
    const all = this.auth.organisation.departments.of(bureau);
    const found = all.find(({ id, title }) => id === department || title["zh-CN"] === department);
    if (found) return found.id;
    throw new ScimError(400, `${bureau} has no department ${department}`, "invalidValue");
  }

  #note(
    tx: Transaction,
    machine: Machine,
    action: string,
    person: string,
    before: object | undefined,
    after: object,
  ): void {
    const { id, name, bureau } = actorOf(machine);
    noted(tx, { bureau, actor: { id, name }, action, resource: `person/${person}`, before, after });
  }
}

/** Whose ids the machine's external ids are. */
function sourceOf({ id, source }: Machine): string {
  return source ?? `scim-${id}`;
}

function requireUsername(userName: string): string {
  const name = userName.toLowerCase();
  if (USERNAME.test(name)) return name;
  throw new ScimError(
    400,
    `userName ${userName}: 2 to 40 letters, digits, dots and hyphens, a letter first`,
    "invalidValue",
  );
}

function requireName(name: string): string {
  if (name.length <= MAX_NAME) return name;
  throw new ScimError(400, `displayName has ${MAX_NAME} characters at most`, "invalidValue");
}
