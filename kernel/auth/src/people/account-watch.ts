import type { AccountConcern, ActorRef, SessionInfo } from "@jinshui/contracts";
import { afterCursor, cursorAfter, type Database, type Row, type Where } from "@jinshui/storage";
import { LOCK_MS } from "../session/failures.js";
import type { Sessions } from "../session/sessions.js";
import type { SignInPolicy } from "../sign-in/policy.js";
import { calledSo } from "./name-sound.js";
import type { Organisation } from "./organisation.js";

const DAY_MS = 86_400_000;
const ENDING_DAYS = 30;
const UNUSED_DAYS = 90;
const BATCH = 1_000;
const ORDER = ["name", "id"];

/** An account and what is wrong with it; instants say until when or since when, where there is one. */
export interface WatchedAccount {
  id: string;
  name: string;
  username: string;
  department: string;
  concerns: ReadonlyMap<AccountConcern, string | undefined>;
}

/** An account that nobody gets into for a while. */
export interface LockedAccount {
  person: ActorRef;
  username: string;
  since: string;
  until: string;
}

/** That one person has refused what another asked for. */
export interface Refusals {
  proposedBy: ActorRef;
  decidedBy: ActorRef;
  count: number;
  lastAt: string;
}

/** What those who watch over a bureau's accounts see. */
export class AccountWatch {
  constructor(
    readonly database: Database,
    readonly organisation: Organisation,
    readonly sessions: Sessions,
    readonly policy: SignInPolicy,
    readonly clock: () => number,
  ) {}

  /** Accounts that something is wrong with, by name. */
  async accounts(bureau: string): Promise<WatchedAccount[]> {
    const locked = new Map((await this.locked(bureau)).map(({ person, until }) => [person.id, until]));
    const watched: WatchedAccount[] = [];
    for (let cursor: string | undefined; ;) {
      const rows = await this.#people(bureau, cursor);
      const secured = await this.#secured(rows.map(({ id }) => String(id)));
      for (const row of rows) {
        const concerns = this.#concerns(row, locked.get(String(row["id"])), secured);
        if (concerns.size > 0) watched.push({ ...accountOf(row), concerns });
      }
      const last = rows.at(-1);
      if (rows.length < BATCH || !last) return watched;
      cursor = cursorAfter(last, ORDER);
    }
  }

  /** Accounts of a bureau that are locked now. */
  async locked(bureau: string): Promise<LockedAccount[]> {
    const now = new Date(this.clock()).toISOString();
    const rows = await this.database.find("sign_in_failure", {
      where: { subject: { startsWith: "name:" }, locked_until: { gt: now } },
      orderBy: ["-locked_until", "subject"],
      limit: BATCH,
    });
    const until = new Map(
      rows.map((row) => [String(row["subject"]).slice("name:".length), String(row["locked_until"])]),
    );
    const people = await this.database.find("person", {
      where: { and: [{ bureau, username: { in: [...until.keys()] } }, this.organisation.active()] },
    });
    return people.map((row) => {
      const username = String(row["username"]);
      const end = until.get(username) ?? now;
      return {
        person: { id: String(row["id"]), name: String(row["name"]) },
        username,
        since: new Date(Date.parse(end) - LOCK_MS).toISOString(),
        until: end,
      };
    });
  }

  /** Sessions of a bureau that go on; `current` is the mark of the one that asks. */
  async openSessions(
    bureau: string,
    current: string | undefined,
    page: { limit?: number; cursor?: string },
  ): Promise<{ sessions: (SessionInfo & { person: ActorRef })[]; nextCursor?: string; total: number }> {
    const people = await this.database.find("person", { where: { bureau }, columns: ["id", "name"] });
    const names = new Map(people.map((row) => [String(row["id"]), String(row["name"])]));
    const { sessions, ...rest } = await this.sessions.page([...names.keys()], current, page);
    const named = sessions.map(({ person, ...session }) => ({
      ...session,
      person: { id: person, name: names.get(person) ?? person },
    }));
    return { sessions: named, ...rest };
  }

  /** People of a bureau, left ones too, who are called so. */
  async found(bureau: string, who: string): Promise<{ id: string; username: string }[]> {
    const rows = await this.database.find("person", {
      where: { and: [{ bureau }, calledSo(who)] },
      orderBy: ["name", "id"],
      limit: 50,
      columns: ["id", "username"],
    });
    return rows.map((row) => ({ id: String(row["id"]), username: String(row["username"]) }));
  }

  /** Who has refused whose requests since then, and how often. */
  async refusals(bureau: string, since: string): Promise<Refusals[]> {
    const rows = await this.database.find("change_request", {
      where: { bureau, state: "refused", proposed_at: { gte: since } },
      orderBy: ["-proposed_at", "id"],
      limit: BATCH,
    });
    const pairs = new Map<string, Refusals>();
    for (const row of rows) {
      const proposedBy = row["proposed_by"] as ActorRef;
      const decidedBy = row["decided_by"] as ActorRef;
      const at = String(row["decided_at"]);
      const known = pairs.get(`${proposedBy.id} ${decidedBy.id}`);
      const lastAt = known && known.lastAt > at ? known.lastAt : at;
      pairs.set(`${proposedBy.id} ${decidedBy.id}`, { proposedBy, decidedBy, count: (known?.count ?? 0) + 1, lastAt });
    }
    return [...pairs.values()];
  }

  #people(bureau: string, cursor: string | undefined): Promise<Row[]> {
    const within: Where = { and: [{ bureau }, this.organisation.active()] };
    const where = cursor === undefined ? within : { and: [within, afterCursor(cursor, ORDER)] };
    return this.database.find("person", { where, orderBy: ORDER, limit: BATCH });
  }

  /** Those of these people who have a second factor. */
  async #secured(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (this.policy.secondFactor === "off") return new Set(ids);
    const where: Where = { person: { in: ids } };
    const apps = await this.database.find("totp", { where: { ...where, secret: { ne: null } }, columns: ["person"] });
    const keys = await this.database.find("passkey", { where, columns: ["id", "person"] });
    return new Set([...apps, ...keys].map(({ person }) => String(person)));
  }

  #concerns(
    row: Row,
    lockedUntil: string | undefined,
    secured: ReadonlySet<string>,
  ): ReadonlyMap<AccountConcern, string | undefined> {
    const now = this.clock();
    const concerns = new Map<AccountConcern, string | undefined>();
    if (lockedUntil !== undefined) concerns.set("locked", lockedUntil);
    const oneTime = row["one_time_until"];
    if (oneTime !== undefined) concerns.set("one-time-password", String(oneTime));
    const ends = this.#passwordEnds(row);
    if (oneTime === undefined && ends !== undefined && ends < now + ENDING_DAYS * DAY_MS)
      concerns.set("password-ending", new Date(ends).toISOString());
    if (!secured.has(String(row["id"]))) concerns.set("no-second-factor", undefined);
    const used = String(row["signed_in_at"] ?? row["created_at"]);
    if (Date.parse(used) < now - UNUSED_DAYS * DAY_MS) concerns.set("unused", used);
    return concerns;
  }

  #passwordEnds(row: Row): number | undefined {
    const { maxAgeMs } = this.policy;
    return maxAgeMs === undefined ? undefined : Date.parse(String(row["password_at"] ?? row["created_at"])) + maxAgeMs;
  }
}

function accountOf(row: Row): Omit<WatchedAccount, "concerns"> {
  const { id, name, username, department } = row;
  return { id: String(id), name: String(name), username: String(username), department: String(department) };
}
