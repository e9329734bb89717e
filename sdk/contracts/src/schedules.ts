import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { Cursor, Id, Instant, Limit, LocalText, Name } from "./text.js";

/** Work of a plugin that comes again and again, in each bureau that has it enabled. Either `cron` or `everySeconds`. */
export const Schedule = Type.Object(
  {
    /** Also the name of its handler: `@schedule("<id>")`. */
    id: Name,
    title: LocalText,
    /** Five fields (minute, hour, day, month, weekday), or six with seconds in front, e.g. `0 2 * * 1-5`. */
    cron: Type.Optional(Type.String({ minLength: 9, maxLength: 100 })),
    /** From midnight of 1970 in UTC on, so that all kernels agree when. */
    everySeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 604_800 })),
    /** Of `cron`; `Asia/Shanghai` when absent. */
    timezone: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    /** What becomes of times that passed while no kernel ran: one run for all of them (default), or none. */
    missed: Type.Optional(Type.Enum(["once", "skip"])),
  },
  { additionalProperties: false },
);
export type Schedule = Static<typeof Schedule>;

/** A time at which a schedule was due, and what became of it. */
export const ScheduleRun = Type.Object({
  id: Id,
  schedule: Name,
  dueAt: Instant,
  /** `skipped`: nothing was done, and `reason` says why. */
  state: Type.Enum(["open", "done", "failed", "skipped"]),
  /** How often it was tried. */
  attempt: Type.Integer(),
  startedAt: Type.Optional(Instant),
  finishedAt: Type.Optional(Instant),
  /** Of a skipped one: the run before was still open, no kernel ran in time, or the plugin was switched off. */
  reason: Type.Optional(Type.Enum(["still-running", "missed", "switched-off"])),
  /** Why the last try failed, in English as logged. */
  problem: Type.Optional(Type.String()),
});
export type ScheduleRun = Static<typeof ScheduleRun>;

/** What the handler of a schedule is given. */
export const ScheduledRun = Type.Object({
  /** The same in every try: also the idempotency key of whatever the run does. */
  id: Id,
  bureau: Name,
  schedule: Name,
  /** When it was due, which may be a while ago. */
  dueAt: Instant,
  attempt: Type.Integer(),
});
export type ScheduledRun = Static<typeof ScheduledRun>;

const place = { plugin: Name, bureau: Name };

/** Schedules of plugins, by bureau; permission `site.plugins`. Part of `supervisorApi`. */
export const scheduleOps = {
  /** Schedules of the version that the bureau has; without `dueAt` while the plugin is off there. */
  schedules: op({
    effect: "read",
    http: { method: "GET", path: "/plugins/:plugin/bureaus/:bureau/schedules" },
    actor: "required",
    input: Type.Object(place, { additionalProperties: false }),
    output: Type.Object({
      schedules: Type.Array(
        Type.Object({ ...Schedule.properties, dueAt: Type.Optional(Instant), last: Type.Optional(ScheduleRun) }),
      ),
    }),
  }),
  /** What has become of a schedule's times, the latest first; the last 200 are kept. */
  scheduleRuns: op({
    effect: "read",
    http: { method: "GET", path: "/plugins/:plugin/bureaus/:bureau/schedules/:schedule/runs" },
    actor: "required",
    input: Type.Object(
      { ...place, schedule: Name, limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) },
      { additionalProperties: false },
    ),
    output: Type.Object({ runs: Type.Array(ScheduleRun), nextCursor: Type.Optional(Cursor) }),
  }),
  /** Does it now, beside the times at which it is due; 409 `in-progress` while a run is open. */
  runSchedule: op({
    effect: "write",
    http: { method: "POST", path: "/plugins/:plugin/bureaus/:bureau/schedules/:schedule/runs" },
    actor: "required",
    input: Type.Object({ ...place, schedule: Name }, { additionalProperties: false }),
    output: ScheduleRun,
  }),
};
