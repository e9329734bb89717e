import type { Database, Row, Where } from "@jinshui/storage";
import type { SecurityEntry } from "./facts.js";
import { isAtNight } from "./rules/sign-in-rules.js";

const WINDOW_MS = 15 * 60_000;
const KNOWN_MS = 90 * 86_400_000;
const PAGE = 1_000;
/** A flood must not fill the memory: the oldest are forgotten. */
const MOST = 10_000;
const ACTIONS = [
  "sign-in",
  "sign-in-failed",
  "session-moved",
  "change-approved",
  "change-refused",
  "export",
  "file.quarantine",
  "webhook-gave-up",
];
const COLUMNS = [
  ...["id", "seq", "at", "actor_id", "actor_name", "address", "action", "resource", "result", "reason"],
  ...["before_value", "after_value"],
];

/**
 * The entries of a bureau's last quarter of an hour that rules look at. It follows the chain, whose places are given in the
 * order of the commits without a gap: nothing that commits late is passed over.
 */
export class AuditWindow {
  entries: SecurityEntry[] = [];
  /** Ids of sign-ins at night from an address that is new to the person. */
  strange: ReadonlySet<number> = new Set();
  #reached: number | undefined;

  constructor(
    readonly database: Database,
    readonly bureau: string,
  ) {}

  /** Takes in what has come since. */
  async read(now: number): Promise<void> {
    const since = new Date(now - WINDOW_MS).toISOString();
    this.#reached ??= await this.#beginning(since);
    const fresh = await this.#fresh(this.#reached);
    this.entries = [...this.entries, ...fresh].filter(({ at }) => at >= since).slice(-MOST);
    const ids = new Set(this.entries.map(({ id }) => id));
    const strange = new Set([...this.strange].filter((id) => ids.has(id)));
    for (const entry of fresh) if (await this.#isStrange(entry)) strange.add(entry.id);
    this.strange = strange;
  }

  /** The place in the chain before the window. */
  async #beginning(since: string): Promise<number> {
    const [first] = await this.database.find("audit_entry", {
      where: { bureau: this.bureau, at: { gte: since }, seq: { ne: null } },
      orderBy: ["at", "id"],
      columns: ["at", "id", "seq"],
      limit: 1,
      index: "time",
    });
    return first ? Number(first["seq"]) - 1 : this.#head();
  }

  async #head(): Promise<number> {
    return Number((await this.database.findOne("audit_chain", { bureau: this.bureau }))?.["seq"] ?? 0);
  }

  async #fresh(reached: number): Promise<SecurityEntry[]> {
    const found: SecurityEntry[] = [];
    const head = await this.#head();
    const matters: Where = { or: [{ result: "denied" }, { action: { in: ACTIONS } }] };
    for (let place = reached; place < head;) {
      const rows = await this.database.find("audit_entry", {
        where: { and: [{ bureau: this.bureau, seq: { gt: place, lte: head } }, matters] },
        orderBy: ["seq"],
        columns: COLUMNS,
        limit: PAGE,
      });
      found.push(...rows.map(entryOf));
      place = rows.length < PAGE ? head : Number(rows.at(-1)?.["seq"]);
    }
    this.#reached = head;
    return found.slice(-MOST);
  }

  async #isStrange({ action, actor, address, at }: SecurityEntry): Promise<boolean> {
    if (action !== "sign-in" || address === undefined || !isAtNight(at)) return false;
    const [before] = await this.database.find("audit_entry", {
      where: {
        actor_id: actor.id,
        at: { lt: at, gte: new Date(Date.parse(at) - KNOWN_MS).toISOString() },
        action: "sign-in",
        address,
      },
      columns: ["id"],
      limit: 1,
      index: "actor",
    });
    return before === undefined;
  }
}

function entryOf(row: Row): SecurityEntry {
  const text = (name: string): string | undefined => (row[name] === undefined ? undefined : String(row[name]));
  return {
    id: Number(row["id"]),
    at: String(row["at"]),
    actor: { id: String(row["actor_id"]), name: String(row["actor_name"]) },
    address: text("address"),
    action: String(row["action"]),
    resource: String(row["resource"]),
    result: String(row["result"]),
    reason: text("reason"),
    before: objectOf(row["before_value"]),
    after: objectOf(row["after_value"]),
  };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
