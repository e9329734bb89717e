import { type ActorRef, type Alarm, type AlarmRule, ALARMS_PERMISSION, JinshuiError } from "@jinshui/contracts";
import { type Database, newId, pageOf, type Row, type TableDefinition, type Transaction } from "@jinshui/storage";
import { createHash } from "node:crypto";
import type { Finding, Rule } from "./facts.js";

/** What lasts is noted this often, not each time it is seen. */
const NOTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** One row for each rule and cause while it is open: `open_key` is empty once it was acknowledged. */
export const ALARM_TABLE: TableDefinition = {
  name: "alarm",
  primaryKey: ["id"],
  columns: {
    id: { type: "id" },
    bureau: { type: "id", nullable: false },
    rule: { type: "id", nullable: false },
    level: { type: "id", nullable: false },
    state: { type: "id", nullable: false },
    cause: { type: "string", length: 200, nullable: false },
    cause_key: { type: "string", length: 64, nullable: false },
    open_key: { type: "string", length: 64 },
    facts: { type: "json", nullable: false },
    entries: { type: "json" },
    first_at: { type: "instant", nullable: false },
    last_at: { type: "instant", nullable: false },
    count: { type: "integer", nullable: false },
    acknowledged_by: { type: "json" },
    acknowledged_at: { type: "instant" },
    note: { type: "string", length: 300 },
  },
  unique: { open: ["open_key"] },
  indexes: { cause: ["cause_key"], time: ["bureau", "last_at"], state: ["bureau", "state", "last_at"] },
};

/** The alarms of a site. Only rules raise them; people answer them. */
export class Alarms {
  constructor(readonly database: Database) {}

  /** Notes what a rule has found; true when it is a new alarm. Finding it again changes nothing but its time. */
  async raise(bureau: string, rule: Rule, finding: Finding): Promise<boolean> {
    const key = createHash("sha256")
      .update(JSON.stringify([bureau, rule.id, finding.cause]))
      .digest("hex");
    if (!this.#isNews(await this.#latest(this.database, key), rule, finding)) return false;
    return this.database.transaction(
      async (tx) => {
        const open = await tx.findOneForUpdate("alarm", { open_key: key });
        const known = open ?? (await this.#latest(tx, key));
        if (!this.#isNews(known, rule, finding)) return false;
        const { cause, at, facts, entries } = finding;
        if (open) {
          const values = { last_at: at, facts, entries, count: Number(open["count"]) + 1 };
          await tx.update("alarm", { id: open["id"] as string }, values);
          return false;
        }
        const id = newId();
        await tx.insertUnlessRaced("alarm", {
          id,
          bureau,
          rule: rule.id,
          level: rule.level,
          state: "open",
          cause: cause.slice(0, 200),
          cause_key: key,
          open_key: key,
          facts,
          entries,
          first_at: at,
          last_at: at,
          count: 1,
        });
        tell(tx, bureau, "alarm-raised", { alarm: id, rule: rule.id, level: rule.level });
        return true;
      },
      { essential: true },
    );
  }

  /** @throws JinshuiError `not-found`, `conflict` when somebody has acknowledged it already. */
  async acknowledge(bureau: string, id: string, by: ActorRef, note: string): Promise<Alarm> {
    return this.database.transaction(
      async (tx) => {
        const row = await tx.findOneForUpdate("alarm", { id, bureau });
        if (!row)
          throw new JinshuiError("not-found", `There is no alarm ${id} in ${bureau}`, { details: { alarm: id } });
        if (row["state"] !== "open") {
          const { name } = row["acknowledged_by"] as ActorRef;
          throw new JinshuiError("conflict", `${name} has acknowledged alarm ${id} already`, {
            details: { reason: "acknowledged", alarm: id, name },
          });
        }
        const values = {
          state: "acknowledged",
          open_key: null,
          acknowledged_by: by,
          acknowledged_at: tx.time,
          note,
        };
        await tx.update("alarm", { id }, values);
        const { rule, cause } = row;
        tx.audit({
          bureau,
          actor: by,
          action: "acknowledge-alarm",
          resource: `alarm/${id}`,
          after: { rule, cause, note },
        });
        tell(tx, bureau, "alarm-acknowledged", { alarm: id });
        return alarmOf({ ...row, ...values });
      },
      { essential: true },
    );
  }

  async list(
    bureau: string,
    { state, ...page }: { state?: Alarm["state"]; limit?: number; cursor?: string },
  ): Promise<{ alarms: Alarm[]; nextCursor?: string; total: number }> {
    const where = { bureau, state };
    const { rows, nextCursor } = await pageOf(this.database, "alarm", where, ["-last_at", "-id"], page);
    return {
      alarms: rows.map(alarmOf),
      ...(nextCursor === undefined ? {} : { nextCursor }),
      total: await this.database.count("alarm", where),
    };
  }

  /** How many are open, and how many of these are critical. */
  async open(bureau: string): Promise<{ open: number; critical: number }> {
    const where = { bureau, state: "open" };
    return {
      open: await this.database.count("alarm", where),
      critical: await this.database.count("alarm", { ...where, level: "critical" }),
    };
  }

  async #latest(reader: Pick<Database, "find">, key: string): Promise<Row | undefined> {
    // the open one, if there is one, is the youngest
    const [row] = await reader.find("alarm", { where: { cause_key: key }, orderBy: ["-last_at", "-id"], limit: 1 });
    return row;
  }

  #isNews(known: Row | undefined, { again }: Rule, { at }: Finding): boolean {
    if (!known) return true;
    const now = Date.parse(at);
    if (known["state"] === "open") return now - Date.parse(String(known["last_at"])) >= NOTE_MS;
    if (again === "never") return false;
    const answered = Date.parse(String(known["acknowledged_at"]));
    return again === "daily" ? now - answered >= DAY_MS : now > answered && at > String(known["last_at"]);
  }
}

/** Open pages of those who watch are told; nobody else. */
function tell(tx: Transaction, bureau: string, name: string, data: Record<string, unknown>): void {
  tx.event({ bureau, source: "security", name, data: { ...data, permissions: [ALARMS_PERMISSION] } });
}

function alarmOf(row: Row): Alarm {
  const { acknowledged_by: by, acknowledged_at: at, note, entries } = row;
  return {
    id: String(row["id"]),
    rule: row["rule"] as AlarmRule,
    level: row["level"] as Alarm["level"],
    state: row["state"] as Alarm["state"],
    cause: String(row["cause"]),
    facts: row["facts"] as Alarm["facts"],
    firstAt: String(row["first_at"]),
    lastAt: String(row["last_at"]),
    count: Number(row["count"]),
    ...(entries === undefined ? {} : { entries: entries as Record<string, string> }),
    ...(by === undefined ? {} : { acknowledgedBy: by as ActorRef }),
    ...(at === undefined ? {} : { acknowledgedAt: String(at) }),
    ...(note === undefined ? {} : { note: String(note) }),
  };
}
