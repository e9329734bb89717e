import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { ActorRef, Cursor, Day, Id, Instant, Limit, LocalText, Name } from "./text.js";

const closed = { additionalProperties: false };
/** Who may say when a bureau works. */
export const CALENDAR_PERMISSION = "site.calendar";
/** Who may stop the clock of a matter. */
export const CLOCK_PERMISSION = "site.clock";
/** Days that one request may set. */
export const MAX_CALENDAR_DAYS = 200;

const Minutes = Type.String({ pattern: "^(?:[01]\\d|2[0-3]):[0-5]\\d$" });

/** A time of a day in which people work: `08:30` to `12:00`. */
export const WorkingHours = Type.Object({ from: Minutes, to: Minutes }, closed);
export type WorkingHours = Static<typeof WorkingHours>;

const Spans = Type.Array(WorkingHours, { minItems: 1, maxItems: 4 });
const Year = Type.Integer({ minimum: 1990, maximum: 2100 });
const DayKind = Type.Enum(["work", "rest"]);

/** A day that is not what its weekday says, or that somebody has set. */
export const CalendarDay = Type.Object({
  day: Day,
  kind: DayKind,
  /** Of the holiday, or why: 国庆节. */
  name: Type.Optional(Type.String()),
  hours: Type.Optional(Spans),
  /** The bureau whose entry it is; absent for one that comes with the software. */
  source: Type.Optional(Name),
  /** What the day would be without the bureau's own entry. */
  inherited: Type.Optional(DayKind),
});
export type CalendarDay = Static<typeof CalendarDay>;

/** When people are reminded of what is due. */
export const DeadlineReminders = Type.Object(
  {
    /** Whether they are when the last third of the time begins. */
    lastThird: Type.Boolean(),
    /** So many working days before. */
    before: Type.Array(Type.Integer({ minimum: 1, maximum: 60 }), { maxItems: 5, uniqueItems: true }),
    /** So many working days after; besides when the time is over. */
    after: Type.Array(Type.Integer({ minimum: 1, maximum: 365 }), { maxItems: 10, uniqueItems: true }),
  },
  closed,
);
export type DeadlineReminders = Static<typeof DeadlineReminders>;

/** How far the open deadlines of a bureau have been brought in step with its calendar. */
export const Recalculation = Type.Object({
  requestedAt: Instant,
  by: Type.Optional(ActorRef),
  /** Matters looked at, and how many there were at the beginning. */
  done: Type.Integer(),
  total: Type.Integer(),
  /** Deadlines that became others. */
  changed: Type.Integer(),
  finishedAt: Type.Optional(Instant),
});
export type Recalculation = Static<typeof Recalculation>;

const HoursFrom = Type.Object({ from: Day, hours: Spans }, closed);

/** When a bureau works, without its days. */
export const CalendarSummary = Type.Object({
  bureau: Name,
  title: LocalText,
  /** The bureau it takes over from. */
  parent: Type.Optional(Name),
  version: Type.Integer(),
  /** Years whose days off are known, ascending. */
  years: Type.Array(Type.Integer()),
  /** This year or the next, where nobody has told its days off. */
  missingYears: Type.Array(Type.Integer()),
});
export type CalendarSummary = Static<typeof CalendarSummary>;

export const Calendar = Type.Object({
  ...CalendarSummary.properties,
  /** Working hours from a day on, ascending. */
  hours: Type.Array(HoursFrom),
  reminders: DeadlineReminders,
  /** Whether hours and reminders are the bureau's own; else those it takes over. */
  ownHours: Type.Boolean(),
  ownReminders: Type.Boolean(),
  /** Whether the actor may change it. */
  editable: Type.Boolean(),
  recalculation: Type.Optional(Recalculation),
});
export type Calendar = Static<typeof Calendar>;

/** Days from one to another that a notice of the State Council makes days off or working days. */
export const HolidayRange = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 40 }), from: Day, to: Day, kind: DayKind },
  closed,
);
export type HolidayRange = Static<typeof HolidayRange>;

/** How long something may take. */
export const TimeLimitUnit = Type.Enum(["working-days", "working-hours", "natural-days", "natural-hours"]);
export type TimeLimitUnit = Static<typeof TimeLimitUnit>;

/** How much of the time is left: more than a third, less, none; `stopped` while the clock stands. */
export const Timeliness = Type.Object({
  state: Type.Enum(["green", "yellow", "red", "stopped"]),
  /** When green becomes yellow. */
  warnAt: Type.Optional(Instant),
  /** Years on the way whose days off nobody has told: the deadline is counted by weekdays for now. */
  provisionalYears: Type.Optional(Type.Array(Type.Integer())),
});
export type Timeliness = Static<typeof Timeliness>;

const page = { limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) };
const paged = { nextCursor: Type.Optional(Cursor), total: Type.Integer() };
const own = { bureau: Name, version: Type.Integer() };
const Changed = Type.Object({ version: Type.Integer() });
const Reason = Type.String({ minLength: 2, maxLength: 500 });

/**
 * When bureaus work, and the clocks of matters. A bureau's calendar is the one of the bureau above with its own entries over
 * it; changing it takes `site.calendar` in that bureau or one above. Part of `workflowApi`.
 */
export const calendarOps = {
  /** The bureau's own calendar and, with `site.calendar`, those below. */
  calendars: op({
    effect: "read",
    actor: "required",
    http: { method: "GET", path: "/calendars" },
    input: Type.Object({ ...page }, closed),
    output: Type.Object({ calendars: Type.Array(CalendarSummary), ...paged }),
  }),
  calendar: op({
    effect: "read",
    actor: "required",
    http: { method: "GET", path: "/calendars/:bureau" },
    input: Type.Object({ bureau: Name }, closed),
    output: Calendar,
  }),
  /** Days of a year that are not what their weekday says, or that somebody has set; ascending. */
  calendarDays: op({
    effect: "read",
    actor: "required",
    http: { method: "GET", path: "/calendars/:bureau/days" },
    input: Type.Object({ bureau: Name, year: Year, ...page }, closed),
    output: Type.Object({ days: Type.Array(CalendarDay), ...paged }),
  }),
  /** Sets days, or gives up the bureau's own entry (`inherit`). 409 `stale-version` when somebody was faster. */
  setCalendarDays: op({
    effect: "write",
    actor: "required",
    callers: "kernel",
    http: { method: "POST", path: "/calendars/:bureau/days" },
    input: Type.Object(
      {
        ...own,
        days: Type.Array(
          Type.Object(
            {
              day: Day,
              kind: Type.Enum(["work", "rest", "inherit"]),
              name: Type.Optional(Type.String({ maxLength: 40 })),
              hours: Type.Optional(Spans),
            },
            closed,
          ),
          { minItems: 1, maxItems: MAX_CALENDAR_DAYS },
        ),
      },
      closed,
    ),
    output: Changed,
  }),
  /** Working hours from days on; none: those of the bureau above. */
  setCalendarHours: op({
    effect: "write",
    actor: "required",
    callers: "kernel",
    http: { method: "POST", path: "/calendars/:bureau/hours" },
    input: Type.Object({ ...own, hours: Type.Array(HoursFrom, { maxItems: 20 }) }, closed),
    output: Changed,
  }),
  /** When people are reminded; absent: as in the bureau above. */
  setCalendarReminders: op({
    effect: "write",
    actor: "required",
    callers: "kernel",
    http: { method: "POST", path: "/calendars/:bureau/reminders" },
    input: Type.Object({ ...own, reminders: Type.Optional(DeadlineReminders) }, closed),
    output: Changed,
  }),
  /**
   * Takes over what the State Council announced for a year; it replaces what an earlier notice said, not days set one by one.
   * `commit: false` only tells what would change.
   */
  importCalendarYear: op({
    effect: "write",
    actor: "required",
    callers: "kernel",
    http: { method: "POST", path: "/calendars/:bureau/years" },
    input: Type.Object(
      {
        ...own,
        year: Year,
        /** Where it is written: 国办发明电〔2025〕7号. */
        notice: Type.String({ minLength: 2, maxLength: 200 }),
        ranges: Type.Array(HolidayRange, { minItems: 1, maxItems: 60 }),
        commit: Type.Boolean(),
      },
      closed,
    ),
    output: Type.Object({
      version: Type.Integer(),
      changes: Type.Array(Type.Object({ day: Day, before: DayKind, after: DayKind, name: Type.String() })),
    }),
  }),
  /** When a time limit that begins at `start` ends, by a bureau's calendar. */
  computeDeadline: op({
    effect: "read",
    actor: "required",
    http: { method: "GET", path: "/calendars/:bureau/deadline" },
    input: Type.Object(
      {
        bureau: Name,
        start: Instant,
        amount: Type.Number({ exclusiveMinimum: 0, maximum: 87_600 }),
        unit: TimeLimitUnit,
      },
      closed,
    ),
    output: Type.Object({
      dueAt: Instant,
      warnAt: Instant,
      /** Years on the way whose days off nobody has told: provisional by weekdays. */
      provisionalYears: Type.Array(Type.Integer()),
    }),
  }),
  /** Stops the clock of a matter for a reason that the law knows (permission `site.clock`): its deadlines wait. */
  stopClock: op({
    effect: "write",
    actor: "required",
    http: { method: "POST", path: "/instances/:id/clock/stop" },
    input: Type.Object(
      {
        id: Id,
        /** What the law calls it: 公告、鉴定、听证 … */
        reason: Reason,
        /** The provision it follows from. */
        basis: Reason,
      },
      closed,
    ),
    output: Type.Object({ stopped: Type.Boolean() }),
  }),
  /** Lets it go on; the deadlines are later by the time that it stood. */
  resumeClock: op({
    effect: "write",
    actor: "required",
    http: { method: "POST", path: "/instances/:id/clock/resume" },
    input: Type.Object({ id: Id, reason: Reason }, closed),
    output: Type.Object({ stopped: Type.Boolean() }),
  }),
};
