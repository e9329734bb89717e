import type { DeadlineReminders, WorkingHours } from "@jinshui/contracts";
import type { Database, Reader, Row } from "@jinshui/storage";
import { announcedYears } from "./announced-days.js";
import type { DayRule, Span, WorkingCalendar } from "./working-calendar.js";
import { dayNumber } from "./zoned-day.js";

/** The bureau of what comes with the software. */
export const SOFTWARE = "*";

/** Hours of a bureau that nobody has told any. */
const USUAL_HOURS: WorkingHours[] = [
  { from: "08:30", to: "12:00" },
  { from: "14:00", to: "17:30" },
];
const USUAL_REMINDERS: DeadlineReminders = { lastThird: true, before: [1], after: [1, 3, 7] };

/** A bureau's calendar with what it takes over from those above. */
export interface BureauCalendar extends WorkingCalendar {
  /** As people wrote them. */
  writtenHours: readonly { from: string; hours: readonly WorkingHours[] }[];
  reminders: DeadlineReminders;
  ownHours: boolean;
  ownReminders: boolean;
}

/** Reads calendars; each is kept until an entry of it or of one above has another version. */
export class Calendars {
  readonly #kept = new Map<string, { versions: string; calendar: BureauCalendar }>();

  constructor(
    readonly database: Database,
    /** The bureau above. */
    readonly parentOf: (bureau: string) => string | undefined,
  ) {}

  /** Takes over the years that came with the software and are not stored yet; tells whether there were any. */
  async open(): Promise<boolean> {
    const known = new Set(
      (await this.database.find("wf_calendar_year", { where: { bureau: SOFTWARE } })).map(({ year }) => year),
    );
    const missing = [...announcedYears()].filter(([year]) => !known.has(year));
    if (missing.length === 0) return false;
    const days = missing.flatMap(([, list]) =>
      list.map(({ day, kind, name }): Row => ({ bureau: SOFTWARE, day, kind, name, noticed: true })),
    );
    await this.database.transaction(
      async (tx) => {
        const version = await this.lock(tx, SOFTWARE);
        const years = missing.map(([year]): Row => ({ bureau: SOFTWARE, year, notice: "chinese-days" }));
        await tx.insert("wf_calendar_year", years);
        await tx.insert("wf_calendar_day", days);
        await tx.update("wf_calendar", { bureau: SOFTWARE }, { version: version + 1 });
      },
      { essential: true },
    );
    return known.size > 0;
  }

  /** The bureau, those above it, and the software, nearest first. */
  chain(bureau: string): string[] {
    const chain = [bureau];
    for (;;) {
      const parent = this.parentOf(chain.at(-1) ?? "");
      if (parent === undefined || chain.includes(parent)) return [...chain, SOFTWARE];
      chain.push(parent);
    }
  }

  async of(bureau: string, reader: Reader = this.database): Promise<BureauCalendar> {
    const chain = this.chain(bureau);
    const heads = await reader.find("wf_calendar", { where: { bureau: { in: chain } } });
    const versions = chain.map((each) => `${each}:${versionOf(heads, each)}`).join();
    const kept = this.#kept.get(bureau);
    if (kept?.versions === versions) return kept.calendar;
    const calendar = await this.#read(chain, heads, reader);
    this.#kept.set(bureau, { versions, calendar });
    return calendar;
  }

  /** The version of a bureau's own entries, locked to the end of the transaction; they are begun where there are none. */
  async lock(tx: { findOneForUpdate: Reader["findOne"] } & LockingWriter, bureau: string): Promise<number> {
    const row = await tx.findOneForUpdate("wf_calendar", { bureau });
    if (row) return Number(row["version"]);
    await tx.insertUnlessRaced("wf_calendar", { bureau, version: 0 });
    return 0;
  }

  async #read(chain: string[], heads: Row[], reader: Reader): Promise<BureauCalendar> {
    const where = { bureau: { in: chain } };
    const [years, entries, hourRows] = [
      await reader.find("wf_calendar_year", { where }),
      await reader.find("wf_calendar_day", { where }),
      await reader.find("wf_calendar_hours", { where, orderBy: ["from_day"] }),
    ];
    const days = new Map<number, DayRule>();
    for (const bureau of [...chain].reverse())
      for (const row of entries) if (row["bureau"] === bureau) days.set(dayNumber(String(row["day"])), ruleOf(row));
    const withHours = chain.find((bureau) => hourRows.some((row) => row["bureau"] === bureau));
    const written = hourRows
      .filter(({ bureau }) => bureau === withHours)
      .map((row) => ({ from: String(row["from_day"]), hours: row["hours"] as WorkingHours[] }));
    const writtenHours = written.length > 0 ? written : [{ from: "1990-01-01", hours: USUAL_HOURS }];
    const withReminders = chain.find((bureau) => remindersOf(heads, bureau));
    return {
      years: new Set(years.map(({ year }) => Number(year))),
      days,
      hours: writtenHours.map(({ from, hours }) => ({ from: dayNumber(from), spans: hours.map(spanOf) })),
      writtenHours,
      reminders: (withReminders === undefined ? undefined : remindersOf(heads, withReminders)) ?? USUAL_REMINDERS,
      ownHours: withHours === chain[0],
      ownReminders: withReminders === chain[0],
    };
  }
}

interface LockingWriter {
  insertUnlessRaced(table: string, row: Row): Promise<void>;
}

function versionOf(heads: Row[], bureau: string): number {
  return Number(heads.find((row) => row["bureau"] === bureau)?.["version"] ?? 0);
}

function remindersOf(heads: Row[], bureau: string): DeadlineReminders | undefined {
  const reminders = heads.find((row) => row["bureau"] === bureau)?.["reminders"];
  return (reminders ?? undefined) as DeadlineReminders | undefined;
}

function ruleOf(row: Row): DayRule {
  const hours = row["hours"] as WorkingHours[] | null | undefined;
  return { kind: row["kind"] as DayRule["kind"], ...(hours ? { hours: hours.map(spanOf) } : {}) };
}

function spanOf({ from, to }: WorkingHours): Span {
  return { from: minutes(from), to: minutes(to) };
}

function minutes(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}
