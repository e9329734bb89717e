import test from "ava";
import data from "chinese-days/dist/chinese-days.json" with { type: "json" };
import { announcedYears } from "./announced-days.js";
import { deadlineOf, type Pause, type TimeLimit } from "./deadline.js";
import type { DayRule, Span, WorkingCalendar } from "./working-calendar.js";
import { dayNumber, dayText } from "./zoned-day.js";

const span = (from: string, to: string): Span => ({ from: minutes(from), to: minutes(to) });
const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const HOURS = [span("08:30", "12:00"), span("14:00", "17:30")];
const SUMMER = [span("08:00", "12:00"), span("15:00", "18:00")];

/** The announced years, with the summer hours of 2024 and a bureau that was closed on some days and a half. */
function calendar(own: Record<string, DayRule> = {}): WorkingCalendar {
  const years = announcedYears();
  const days = new Map<number, DayRule>();
  for (const list of years.values()) for (const { day, kind } of list) days.set(dayNumber(day), { kind });
  for (const [day, rule] of Object.entries(own)) days.set(dayNumber(day), rule);
  const hours = [
    { from: 0, spans: HOURS },
    { from: dayNumber("2024-06-01"), spans: SUMMER },
    { from: dayNumber("2024-10-01"), spans: HOURS },
  ];
  return { years: new Set(years.keys()), days, hours };
}

const at = (text: string): string => new Date(`${text.replace(" ", "T")}:00+08:00`).toISOString();
const local = (instant: string | undefined): string =>
  instant === undefined ? "" : new Date(Date.parse(instant) + 28_800_000).toISOString().slice(0, 16).replace("T", " ");
const due = (start: string, amount: number, unit: TimeLimit["unit"] = "working-days", pauses: Pause[] = []): string =>
  local(deadlineOf(calendar(), at(start), { amount, unit }, pauses)?.dueAt);

test("the day of receipt does not count, and the time ends with the business hours of the last day", (t) => {
  t.is(due("2026-03-02 08:31", 1), "2026-03-03 17:30");
  t.is(due("2026-03-02 23:59", 1), "2026-03-03 17:30", "after hours");
  t.is(due("2026-10-01 10:00", 1), "2026-10-08 17:30", "received on a holiday");
  t.is(due("2024-06-03 10:00", 1), "2024-06-04 18:00", "summer hours");
  t.is(due("2005-09-26 09:00", 5), "2005-10-08 17:30", "a made-up Saturday");
  t.is(due("2005-09-28 09:00", 20), "2005-10-31 17:30");
  t.is(due("2005-04-27 09:00", 5), "2005-05-09 17:30");
  t.is(due("2026-09-25 09:00", 5), "2026-10-09 17:30");
  t.is(due("2026-02-13 09:00", 5), "2026-02-27 17:30");
  t.is(due("2005-12-28 09:00", 3), "2005-12-31 17:30", "the Saturday that the source has wrong");
});

test("natural days end on a working day, hours count from the moment", (t) => {
  t.is(due("2026-03-06 10:00", 1, "natural-days"), "2026-03-09 17:30", "a Saturday becomes Monday");
  t.is(due("2026-09-20 10:00", 15, "natural-days"), "2026-10-08 17:30");
  t.is(due("2026-03-06 16:30", 2, "working-hours"), "2026-03-09 09:30");
  t.is(due("2026-03-06 12:30", 1, "working-hours"), "2026-03-06 15:00", "the lunch break does not count");
  t.is(due("2026-03-06 16:30", 2, "natural-hours"), "2026-03-06 18:30");
  t.is(due("2026-03-06 10:00", 0.5), "2026-03-06 15:30", "half a day is half its hours");
});

test("the clock stands while it is stopped, and what was late before stays late", (t) => {
  const pause = (since: string, until: string): Pause => ({ since: at(since), until: at(until) });
  t.is(due("2005-09-12 09:00", 4, "working-days", [pause("2005-09-14 10:00", "2005-09-16 15:00")]), "2005-09-20 17:30");
  t.is(due("2026-03-02 09:00", 2, "working-days", [pause("2026-03-03 09:00", "2026-03-03 16:00")]), "2026-03-04 17:30");
  t.is(due("2026-03-05 09:00", 1, "working-days", [pause("2026-03-06 10:00", "2026-03-07 10:00")]), "2026-03-09 17:30");
  t.is(due("2026-03-02 09:00", 1, "working-days", [pause("2026-03-05 09:00", "2026-03-10 09:00")]), "2026-03-03 17:30");
  t.is(
    due("2026-03-02 09:00", 2, "working-hours", [pause("2026-03-02 10:00", "2026-03-02 15:00")]),
    "2026-03-02 16:00",
  );
  t.is(
    due("2026-03-02 09:00", 2, "working-days", [
      pause("2026-03-03 09:00", "2026-03-05 09:00"),
      pause("2026-03-04 09:00", "2026-03-06 09:00"),
    ]),
    "2026-03-09 17:30",
    "two at a time count once",
  );
  const open = [{ since: at("2026-03-03 09:00") }];
  t.is(deadlineOf(calendar(), at("2026-03-02 09:00"), { amount: 3, unit: "working-days" }, open), undefined);
});

test("a count that goes into a year nobody has announced says so", (t) => {
  const unknown = (start: string, amount: number): number[] | undefined =>
    deadlineOf(calendar(), at(start), { amount, unit: "working-days" })?.unknownYears;
  t.deepEqual(unknown("2026-12-21 09:00", 5), []);
  t.deepEqual(unknown("2026-12-28 09:00", 3), []);
  t.deepEqual(unknown("2026-12-28 09:00", 4), [2027]);
  t.deepEqual(unknown("2026-12-28 09:00", 300), [2027, 2028]);
  t.is(due("2026-12-28 09:00", 4), "2027-01-01 17:30", "by weekdays, until it is known");
});

test("the last third begins after two thirds of the working time", (t) => {
  const deadline = deadlineOf(calendar(), at("2026-03-02 17:30"), { amount: 3, unit: "working-days" });
  t.is(local(deadline?.dueAt), "2026-03-05 17:30");
  t.is(local(deadline?.warnAt), "2026-03-05 08:30");
});

/** Every working minute of 2020 to 2027, marked one by one: what the deadlines are counted with here is not what is tested. */
class Timeline {
  static readonly BEGIN = Date.UTC(2020, 0, 1) - 28_800_000;
  readonly minutes = new Uint8Array(8 * 366 * 1_440);
  readonly working: boolean[] = [];
  readonly closing: number[] = [];

  constructor(closures: Record<string, DayRule>) {
    const [off, on] = [data.holidays as Record<string, string>, data.workdays as Record<string, string>];
    for (let day = 0; day < 8 * 366; day += 1) {
      const date = new Date(Date.UTC(2020, 0, 1 + day));
      const name = date.toISOString().slice(0, 10);
      const closure = closures[name];
      const works = closure
        ? closure.kind === "work"
        : off[name]
          ? false
          : on[name]
            ? true
            : date.getUTCDay() % 6 !== 0;
      this.working.push(works);
      const summer = name >= "2024-06-01" && name < "2024-10-01";
      const hours = closure?.hours ?? (summer ? SUMMER : HOURS);
      this.closing.push(hours.at(-1)?.to ?? 0);
      if (works) for (const { from, to } of hours) this.minutes.fill(1, day * 1_440 + from, day * 1_440 + to);
    }
  }

  due(start: number, { amount, unit }: TimeLimit, pause?: [number, number]): number {
    const paused = (minute: number): boolean => pause !== undefined && minute >= pause[0] && minute < pause[1];
    if (unit === "working-hours" || unit === "natural-hours") {
      let left = amount * 60;
      let minute = start;
      for (; left > 0; minute += 1)
        if (!paused(minute) && (unit === "natural-hours" || this.minutes[minute])) left -= 1;
      return minute;
    }
    const dayOfMinute = (minute: number): number => Math.floor(minute / 1_440);
    // a pause that begins when the time is over is none
    const [from, to] = pause ? pause.map(dayOfMinute) : [Infinity, Infinity];
    const last = (skips: boolean): number => {
      let day = dayOfMinute(start);
      const skipped = (): boolean => skips && from !== undefined && to !== undefined && day > from && day <= to;
      for (let left = amount; left > 0;) {
        day += 1;
        if (!skipped() && (unit === "natural-days" || this.working[day])) left -= 1;
      }
      while (!this.working[day] || (skips && from !== undefined && to !== undefined && day >= from && day < to))
        day += 1;
      return day * 1_440 + (this.closing[day] ?? 0);
    };
    const without = last(false);
    return pause && pause[0] < without ? last(true) : without;
  }
}

/** Numbers that look random and are the same each time (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test("6,000 deadlines from 2020 to 2027 are those that counting minute by minute gives", (t) => {
  const closures: Record<string, DayRule> = {
    "2022-07-14": { kind: "rest" },
    "2023-11-09": { kind: "work", hours: [span("08:30", "12:00")] },
    "2025-08-23": { kind: "work", hours: [span("09:00", "11:00"), span("13:00", "15:00")] },
    "2026-03-04": { kind: "rest" },
    "2026-03-05": { kind: "rest" },
  };
  const timeline = new Timeline(closures);
  const mine = calendar(closures);
  const next = numbers(20_051_127);
  const whole = (below: number): number => Math.floor(next() * below);
  const units = ["working-days", "natural-days", "working-hours", "natural-hours"] as const;
  const instant = (minute: number): string => new Date(Timeline.BEGIN + minute * 60_000).toISOString();
  let shifted = 0;
  for (let count = 0; count < 6_000; count += 1) {
    // half of them begin where it is difficult: around holidays and the turn of the year
    const day =
      count % 2 === 0 ? whole(7 * 365 + 200) : whole(7) * 365 + [0, 20, 95, 118, 270, 360][whole(6)]! + whole(9);
    const start = day * 1_440 + whole(1_440);
    const unit = units[whole(4)] ?? "working-days";
    const limit: TimeLimit = { amount: 1 + whole(unit.endsWith("days") ? 45 : 60), unit };
    const pause: [number, number] | undefined = whole(3) === 0 ? [start + whole(20_000), 0] : undefined;
    if (pause) pause[1] = pause[0] + 1 + whole(20_000);
    const expected = instant(timeline.due(start, limit, pause));
    const pauses = pause ? [{ since: instant(pause[0]), until: instant(pause[1]) }] : [];
    const actual = deadlineOf(mine, instant(start), limit, pauses);
    if (pause && expected !== instant(timeline.due(start, limit))) shifted += 1;
    t.is(actual?.dueAt, expected, `${local(instant(start))} + ${limit.amount} ${unit} ${JSON.stringify(pauses)}`);
    const years = [...new Set([instant(start), expected].map((text) => Number(local(text).slice(0, 4))))];
    t.deepEqual(
      actual?.unknownYears,
      years.filter((year) => year > 2026),
      dayText(Math.floor(start / 1_440)),
    );
  }
  t.true(shifted > 1_000, "pauses that matter were among them");
});
