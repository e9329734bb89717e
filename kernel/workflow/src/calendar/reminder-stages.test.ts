import test from "ava";
import { announcedYears } from "./announced-days.js";
import { nextStage, reminderStages } from "./reminder-stages.js";
import type { WorkingCalendar } from "./working-calendar.js";
import { dayNumber } from "./zoned-day.js";

const years = announcedYears();
const calendar: WorkingCalendar = {
  years: new Set(years.keys()),
  days: new Map([...years.values()].flat().map(({ day, kind }) => [dayNumber(day), { kind }])),
  hours: [
    {
      from: 0,
      spans: [
        { from: 510, to: 720 },
        { from: 840, to: 1_050 },
      ],
    },
  ],
};
const at = (text: string): string => new Date(`${text.replace(" ", "T")}:00+08:00`).toISOString();
const local = (instant: string): string =>
  new Date(Date.parse(instant) + 28_800_000).toISOString().slice(0, 16).replace("T", " ");
const ALL = { lastThird: true, before: [1], after: [1, 3, 7] };
const stages = reminderStages(
  calendar,
  at("2026-09-21 09:00"),
  { dueAt: at("2026-09-30 17:30"), warnAt: at("2026-09-29 16:00") },
  ALL,
);

test("people are told in the last third, a working day before, at the end, and so many working days after", (t) => {
  t.deepEqual(
    stages.map(({ stage, at: when }) => [stage, local(when)]),
    [
      ["before-1", "2026-09-29 08:30"],
      ["third", "2026-09-29 16:00"],
      ["overdue", "2026-09-30 17:30"],
      ["after-1", "2026-10-08 17:30"],
      ["after-3", "2026-10-10 17:30"],
      ["after-7", "2026-10-15 17:30"],
    ],
  );
});

test("what would be told before the time begins is not", (t) => {
  const short = reminderStages(
    calendar,
    at("2026-09-29 10:00"),
    { dueAt: at("2026-09-29 12:00"), warnAt: at("2026-09-29 11:20") },
    ALL,
  );
  t.deepEqual(
    short.map(({ stage }) => stage),
    ["third", "overdue", "after-1", "after-3", "after-7"],
  );
});

test("the next stage is the last that was missed, else the next to come, and none is told twice", (t) => {
  const next = (told: string | undefined, now: string): string | undefined => nextStage(stages, told, at(now))?.stage;
  t.is(next(undefined, "2026-09-22 09:00"), "before-1");
  t.is(next(undefined, "2026-09-29 16:00"), "third", "both missed: the later one");
  t.is(next("before-1", "2026-09-29 09:00"), "third");
  t.is(next("third", "2026-09-30 18:00"), "overdue");
  t.is(next("overdue", "2026-09-30 18:00"), "after-1");
  t.is(next("after-7", "2026-12-01 18:00"), undefined);
  t.is(next("overdue", "2026-09-22 09:00"), "before-1", "the deadline has moved away since");
});
