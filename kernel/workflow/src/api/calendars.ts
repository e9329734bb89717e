import {
  type Calendar,
  CALENDAR_PERMISSION,
  type CalendarDay,
  type CalendarSummary,
  type Context,
  type Handlers,
  JinshuiError,
  type LocalText,
  type WorkflowApi,
} from "@jinshui/contracts";
import { type Actor, cursorAfter, type Database, DEFAULT_LIMIT, type Row, type Transaction } from "@jinshui/storage";
import type { CalendarChange, CalendarEditor } from "../calendar/calendar-editor.js";
import { type Calendars, SOFTWARE } from "../calendar/calendars.js";
import { deadlineOf } from "../calendar/deadline.js";
import type { Recalculations } from "../calendar/recalculations.js";
import { missingYears } from "../calendar/year-watch.js";

type Ops =
  | "calendars"
  | "calendar"
  | "calendarDays"
  | "setCalendarDays"
  | "setCalendarHours"
  | "setCalendarReminders"
  | "importCalendarYear"
  | "computeDeadline";

/** When bureaus work: for all of their people to read, for administrators there and above to change. */
export function calendarHandlers(parts: {
  database: Database;
  calendars: Calendars;
  editor: CalendarEditor;
  recalculations: Recalculations;
  /** The name of a bureau that there is. */
  titleOf: (bureau: string) => LocalText | undefined;
  below: (bureau: string) => readonly string[];
  actorOf: (context: Context) => Promise<Actor>;
  write: <T>(context: Context, who: string, input: unknown, work: (tx: Transaction) => Promise<T>) => Promise<T>;
}): Pick<Handlers<WorkflowApi>, Ops> {
  const { database, calendars, editor, recalculations, titleOf, below, actorOf, write } = parts;

  const mayEdit = (actor: Actor, bureau: string): boolean =>
    actor.permissions.has(CALENDAR_PERMISSION) && (bureau === actor.bureau || below(actor.bureau).includes(bureau));

  /** Everybody reads the calendars that their own one follows. */
  const reader = async (context: Context, bureau: string): Promise<Actor> => {
    const actor = await actorOf(context);
    if (titleOf(bureau) && (calendars.chain(actor.bureau).includes(bureau) || mayEdit(actor, bureau))) return actor;
    throw new JinshuiError("not-found", `There is no calendar of ${bureau} for ${actor.name}`, { details: { bureau } });
  };
  const change = async (
    context: Context,
    { bureau, version }: { bureau: string; version: number },
  ): Promise<CalendarChange> => {
    const actor = await reader(context, bureau);
    if (!mayEdit(actor, bureau))
      throw new JinshuiError("forbidden", `${actor.name} can't change the calendar of ${bureau}`, {
        details: { permissions: [CALENDAR_PERMISSION], bureau },
      });
    return { actor, trace: context.traceId, bureau, version };
  };
  const edit = async (
    context: Context,
    input: { bureau: string; version: number },
    work: (tx: Transaction, change: CalendarChange) => Promise<number>,
  ): Promise<{ version: number }> => {
    const made = await change(context, input);
    return { version: await write(context, made.actor.id, input, (tx) => work(tx, made)) };
  };

  const summary = async (bureau: string): Promise<CalendarSummary> => {
    const { years } = await calendars.of(bureau);
    const head = await database.findOne("wf_calendar", { bureau });
    const parent = calendars.parentOf(bureau);
    return {
      bureau,
      title: titleOf(bureau) ?? { "zh-CN": bureau },
      ...(parent === undefined ? {} : { parent }),
      version: Number(head?.["version"] ?? 0),
      years: [...years].sort((one, other) => one - other),
      missingYears: missingYears(years, Date.now()),
    };
  };

  return {
    async calendars(input, context) {
      const actor = await actorOf(context);
      const all = [actor.bureau, ...(actor.permissions.has(CALENDAR_PERMISSION) ? below(actor.bureau) : [])].sort();
      const { items, nextCursor } = pageOfList(all, (bureau) => bureau, input);
      return {
        calendars: await Promise.all(items.map(summary)),
        ...(nextCursor === undefined ? {} : { nextCursor }),
        total: all.length,
      };
    },

    async calendar({ bureau }, context): Promise<Calendar> {
      const actor = await reader(context, bureau);
      const { writtenHours, reminders, ownHours, ownReminders } = await calendars.of(bureau);
      const recalculation = await recalculations.of(bureau);
      return {
        ...(await summary(bureau)),
        hours: writtenHours.map(({ from, hours }) => ({ from, hours: [...hours] })),
        reminders,
        ownHours,
        ownReminders,
        editable: mayEdit(actor, bureau),
        ...(recalculation ? { recalculation } : {}),
      };
    },

    async calendarDays({ bureau, year, ...page }, context) {
      await reader(context, bureau);
      const chain = calendars.chain(bureau);
      const rows = await database.find("wf_calendar_day", {
        where: { bureau: { in: chain }, day: { startsWith: `${year}-` } },
        orderBy: ["day"],
      });
      const days = mergedDays(rows, chain);
      const { items, nextCursor } = pageOfList(days, ({ day }) => day, page);
      return { days: items, ...(nextCursor === undefined ? {} : { nextCursor }), total: days.length };
    },

    setCalendarDays: (input, context) => edit(context, input, (tx, made) => editor.setDays(tx, made, input.days)),

    setCalendarHours: (input, context) => edit(context, input, (tx, made) => editor.setHours(tx, made, input.hours)),

    setCalendarReminders: (input, context) =>
      edit(context, input, (tx, made) => editor.setReminders(tx, made, input.reminders)),

    async importCalendarYear(input, context) {
      const made = await change(context, input);
      const compare = (tx: Transaction): ReturnType<CalendarEditor["compare"]> =>
        editor.compare(tx, input.bureau, input);
      if (!input.commit) return { version: input.version, changes: await database.transaction(compare) };
      return write(context, made.actor.id, input, async (tx) => {
        const changes = await compare(tx);
        return { version: await editor.importYear(tx, made, input), changes };
      });
    },

    async computeDeadline({ bureau, start, amount, unit }, context) {
      await reader(context, bureau);
      const found = deadlineOf(await calendars.of(bureau), start, { amount, unit });
      if (!found) throw new JinshuiError("internal", "a deadline without pauses came to nothing");
      return { dueAt: found.dueAt, warnAt: found.warnAt, provisionalYears: found.unknownYears };
    },
  };
}

/** Each day once, by the nearest bureau that says something about it. */
function mergedDays(rows: readonly Row[], [own, ...above]: readonly string[]): CalendarDay[] {
  const byDay = new Map<string, Row[]>();
  for (const row of rows) byDay.set(String(row["day"]), [...(byDay.get(String(row["day"])) ?? []), row]);
  const nearest = (list: readonly Row[], chain: readonly string[]): Row | undefined =>
    chain.flatMap((bureau) => list.filter((row) => row["bureau"] === bureau))[0];
  return [...byDay].flatMap(([day, list]): CalendarDay[] => {
    const mine = list.find((row) => row["bureau"] === own);
    const inherited = nearest(list, above);
    const row = mine ?? inherited;
    if (!row) return [];
    const { kind, name, hours, bureau } = row as unknown as CalendarDay & { bureau: string };
    return [
      {
        day,
        kind,
        ...(name ? { name } : {}),
        ...(hours ? { hours } : {}),
        ...(bureau === SOFTWARE ? {} : { source: bureau }),
        ...(mine ? { inherited: (inherited?.["kind"] as CalendarDay["kind"] | undefined) ?? usual(day) } : {}),
      },
    ];
  });
}

function usual(day: string): CalendarDay["kind"] {
  return new Date(`${day}T00:00:00Z`).getUTCDay() % 6 === 0 ? "rest" : "work";
}

/** A page of what is in memory and in order. */
function pageOfList<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  { limit = DEFAULT_LIMIT, cursor }: { limit?: number; cursor?: string },
): { items: T[]; nextCursor?: string } {
  const begin = cursor === undefined ? 0 : all.findIndex((item) => cursorOf(keyOf(item)) === cursor) + 1;
  if (cursor !== undefined && begin === 0)
    throw new JinshuiError("invalid-request", "The cursor does not belong to this list; start from the first page");
  const items = all.slice(begin, begin + limit);
  const last = items.at(-1);
  return { items, ...(begin + limit < all.length && last !== undefined ? { nextCursor: cursorOf(keyOf(last)) } : {}) };
}

function cursorOf(key: string): string {
  return cursorAfter({ key }, ["key"]);
}
