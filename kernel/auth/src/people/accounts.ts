import { type ActorRef, JinshuiError } from "@jinshui/contracts";
import { type Database, newId, type Row, type Transaction } from "@jinshui/storage";
import { noted } from "../noted.js";
import type { Sessions } from "../session/sessions.js";
import type { SecondFactors } from "../sign-in/second-factors.js";
import { addHolding } from "./holdings.js";
import { nameColumns } from "./name-sound.js";
import type { Organisation } from "./organisation.js";
import { hashPassword, oneTimePassword } from "./passwords.js";
import { addDays } from "./period.js";

const ONE_TIME_DAYS = 7;

/** A password for the next sign-in, to be handed to the person and kept nowhere. */
export interface OneTimePassword {
  person: string;
  password: string;
  validUntil: string;
}

export interface NewPerson {
  bureau: string;
  username: string;
  name: string;
  department: string;
}

interface Prepared {
  made: OneTimePassword;
  row: NewPerson;
  columns: Row;
}

/** Who may sign in: accounts are made, given new passwords, and end. */
export class Accounts {
  constructor(
    readonly database: Database,
    readonly organisation: Organisation,
    readonly sessions: Sessions,
    readonly factors: SecondFactors,
    readonly clock: () => number,
  ) {}

  /** A one-time password, and what is to be written for it. Made before a transaction, since hashing takes time. */
  async #oneTime(): Promise<{ password: string; validUntil: string; columns: Row }> {
    const password = oneTimePassword();
    const validUntil = new Date(this.clock() + ONE_TIME_DAYS * 86_400_000).toISOString();
    return {
      password,
      validUntil,
      columns: { password_hash: await hashPassword(password), one_time_until: validUntil },
    };
  }

  /**
   * `also`: what must become true with it.
   * @throws JinshuiError `not-unique` for a user name that somebody has or had, `invalid-request` for a department that is not there.
   */
  async add(
    person: NewPerson,
    by: ActorRef,
    also: (tx: Transaction, id: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<OneTimePassword> {
    const prepared = await this.#prepare(person);
    await this.database.transaction(async (tx) => {
      await this.#write(tx, prepared, by);
      await also(tx, prepared.made.person);
    });
    return prepared.made;
  }

  /** Many at once, all of them or none; in their order. */
  async addAll(people: readonly NewPerson[], by: ActorRef): Promise<OneTimePassword[]> {
    const prepared = await Promise.all(people.map((person) => this.#prepare(person)));
    await this.database.transaction(async (tx) => {
      for (const one of prepared) await this.#write(tx, one, by);
    });
    return prepared.map(({ made }) => made);
  }

  /** The first administrators: all of them or none. */
  async addHolders(people: readonly (NewPerson & { position: string })[], by: ActorRef): Promise<OneTimePassword[]> {
    const prepared = await Promise.all(people.map((person) => this.#prepare(person)));
    await this.database.transaction(async (tx) => {
      for (const [index, one] of prepared.entries()) {
        const { bureau, department } = one.row;
        const position = people[index]?.position ?? "";
        await this.#write(tx, one, by, { position });
        await addHolding(tx, { bureau, department, person: one.made.person, position });
      }
    });
    return prepared.map(({ made }) => made);
  }

  async #prepare(person: NewPerson): Promise<Prepared> {
    this.organisation.departments.require(person.bureau, person.department, {});
    const { password, validUntil, columns } = await this.#oneTime();
    return { made: { person: newId(), password, validUntil }, row: person, columns };
  }

  async #write(tx: Transaction, { made, row, columns }: Prepared, by: ActorRef, also: object = {}): Promise<void> {
    const { bureau, username, name, department } = row;
    await tx.insert("person", {
      id: made.person,
      bureau,
      username,
      ...nameColumns(name),
      department,
      created_at: new Date(this.clock()).toISOString(),
      ...columns,
    });
    noted(tx, {
      bureau,
      actor: { id: by.id, name: by.name },
      action: "add-person",
      resource: `person/${made.person}`,
      after: { username, name, department, ...also },
    });
  }

  /**
   * A new one-time password; sessions end, second factors stay. Also enables an account that was disabled because it was unused.
   * @throws JinshuiError `conflict` for an administrator without a second factor: whoever resets the password could act as them.
   */
  async reset(
    person: Row,
    { byOperator, also }: { byOperator: boolean; also: (tx: Transaction) => void },
  ): Promise<OneTimePassword> {
    const id = String(person["id"]);
    if (!byOperator) await this.#requireSafeToReset(person);
    const { password, validUntil, columns } = await this.#oneTime();
    await this.database.transaction(async (tx) => {
      await tx.update(
        "person",
        { id },
        { ...columns, disabled: false, disabled_for: null, signed_in_at: new Date(this.clock()).toISOString() },
      );
      await this.sessions.end(tx, id);
      also(tx);
    });
    return { person: id, password, validUntil };
  }

  async #requireSafeToReset(row: Row): Promise<void> {
    const apart = new Set(this.organisation.separation.rules.flat());
    const [person] = await this.organisation.people([row]);
    if (!person?.positions.some(({ id }) => apart.has(id))) return;
    const { totp, passkeys } = await this.factors.of(this.database, person.id);
    if (totp || passkeys.length > 0) return;
    throw new JinshuiError("conflict", `${person.name} is an administrator without a second factor`, {
      details: { reason: "administrator", person: person.name },
    });
  }

  /** The person's last day; at once when absent or over. Ends what they hold, have and give. */
  async leave(tx: Transaction, id: string, until: string | undefined): Promise<void> {
    const today = this.organisation.today();
    const isOver = until === undefined || until < today;
    const last = until ?? addDays(today, -1);
    await tx.update("person", { id }, { last_day: last, ...(isOver ? { disabled: true, disabled_for: "left" } : {}) });
    await tx.remove("holding", { person: id, from_day: { gt: last } });
    await tx.update(
      "holding",
      { and: [{ person: id }, { or: [{ until_day: null }, { until_day: { gt: last } }] }] },
      { until_day: last },
    );
    const delegations = { or: [{ from_person: id }, { to_person: id }] };
    if (isOver) await tx.update("delegation", { and: [delegations, { ended_at: null }] }, { ended_at: tx.time });
    else await tx.update("delegation", { and: [delegations, { until_day: { gt: last } }] }, { until_day: last });
    if (isOver) await this.sessions.end(tx, id);
  }

  /** Disables who has not signed in for so long; returns who. */
  async disableUnused(unusedMs: number): Promise<{ id: string; name: string; bureau: string }[]> {
    const before = new Date(this.clock() - unusedMs).toISOString();
    const unused = {
      or: [{ signed_in_at: { lt: before } }, { and: [{ signed_in_at: null }, { created_at: { lt: before } }] }],
    };
    return this.database.transaction(async (tx) => {
      const rows = await tx.findForUpdate("person", { where: { and: [{ disabled: { ne: true } }, unused] } });
      const people = rows.map(({ id, name, bureau }) => ({
        id: String(id),
        name: String(name),
        bureau: String(bureau),
      }));
      for (const { id, name, bureau } of people) {
        await tx.update("person", { id }, { disabled: true, disabled_for: "unused" });
        await this.sessions.end(tx, id);
        noted(tx, {
          bureau,
          actor: { id: "kernel", name: "kernel" },
          action: "disable-unused",
          resource: `person/${id}`,
          after: { name, unusedDays: Math.floor(unusedMs / 86_400_000) },
        });
      }
      return people;
    });
  }
}
