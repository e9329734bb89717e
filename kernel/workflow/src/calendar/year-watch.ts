import type { Database, Row, Transaction } from "@jinshui/storage";
import type { Assignment } from "../runtime/assignment.js";
import { createHash } from "node:crypto";
import type { Calendars } from "./calendars.js";
import { dayOf, dayText } from "./zoned-day.js";

const EVERY_MS = 3_600_000;
/** The State Council tells the next year's days off in November, as a rule. */
const FROM = "12-01";

/** Years whose days off a bureau should know on a day and does not: this one, and from December on the next. */
export function missingYears(known: ReadonlySet<number>, now: number): number[] {
  const today = dayText(dayOf(now));
  const year = Number(today.slice(0, 4));
  return [year, ...(today.slice(5) >= FROM ? [year + 1] : [])].filter((each) => !known.has(each));
}

/** Tells administrators in time which years their calendar misses, each of them once. */
export class YearWatch {
  #lookedAt = -Infinity;

  constructor(
    readonly database: Database,
    readonly calendars: Calendars,
    readonly assignment: Assignment,
    readonly bureaus: () => readonly string[],
  ) {}

  /** One look an hour, by a bureau that no other is above: the others take over from it. */
  async look(guard: (tx: Transaction) => Promise<void>): Promise<void> {
    const now = (await this.database.now()).getTime();
    if (now - this.#lookedAt < EVERY_MS) return;
    for (const bureau of this.bureaus()) {
      if (this.calendars.parentOf(bureau) !== undefined) continue;
      const { years } = await this.calendars.of(bureau);
      for (const year of missingYears(years, now)) await this.#tell(guard, bureau, year);
    }
    this.#lookedAt = now;
  }

  async #tell(guard: (tx: Transaction) => Promise<void>, bureau: string, year: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      await guard(tx);
      const people = await this.assignment.administrators(tx, bureau);
      const rows = people.map((person): Row => ({
        id: createHash("sha256").update(`${person}/${year}`).digest("hex").slice(0, 40),
        person,
        kind: "calendar-missing",
        title: String(year),
        instance: NO_MATTER,
        at: tx.time,
        is_read: false,
      }));
      const known = await tx.find("wf_notice", { where: { id: { in: rows.map(({ id }) => String(id)) } } });
      const missing = rows.filter(({ id }) => !known.some((row) => row["id"] === id));
      if (missing.length === 0) return;
      await tx.insert("wf_notice", missing);
      const users = missing.map(({ person }) => person);
      tx.event({ bureau, source: "workflow", name: "notices-changed", data: { users } });
    });
  }
}

/** Stands for the matter of a notice that concerns none. */
export const NO_MATTER = "-";

/** Takes the notices back when somebody has told the year's days off. */
export async function yearIsKnown(tx: Transaction, year: number): Promise<void> {
  await tx.remove("wf_notice", { kind: "calendar-missing", title: String(year), instance: NO_MATTER });
}
