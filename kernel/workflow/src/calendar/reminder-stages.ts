import type { DeadlineReminders } from "@jinshui/contracts";
import type { Deadline } from "./deadline.js";
import { closingOf, openingOf, type WorkingCalendar } from "./working-calendar.js";
import { workdayAfter } from "./working-time.js";
import { dayOf, instantAt } from "./zoned-day.js";

/** A moment at which people are told of a deadline: `third`, `before-1`, `overdue`, `after-3`. */
export interface ReminderStage {
  stage: string;
  at: string;
}

/**
 * When people are to be told of a deadline, ascending. What would be told before the beginning is left out; working days
 * before count from the opening, those after from the close.
 */
export function reminderStages(
  calendar: WorkingCalendar,
  start: string,
  { dueAt, warnAt }: Pick<Deadline, "dueAt" | "warnAt">,
  { lastThird, before, after }: DeadlineReminders,
): ReminderStage[] {
  const due = dayOf(Date.parse(dueAt));
  const at = (days: number, minutesOf: typeof openingOf): string => {
    const day = workdayAfter(calendar, due, days);
    return new Date(instantAt(day, minutesOf(calendar, day))).toISOString();
  };
  return [
    ...(lastThird ? [{ stage: "third", at: warnAt }] : []),
    ...before.map((days) => ({ stage: `before-${days}`, at: at(-days, openingOf) })),
    { stage: "overdue", at: dueAt },
    ...after.map((days) => ({ stage: `after-${days}`, at: at(days, closingOf) })),
  ]
    .filter((stage) => stage.at > start && (stage.at < dueAt || !/^(third|before)/.test(stage.stage)))
    .sort((one, other) => (one.at < other.at ? -1 : 1));
}

/**
 * The stage to be told next. Of several that are past only the last is; one told before the deadline moved is told again
 * where its time is still to come.
 */
export function nextStage(
  stages: readonly ReminderStage[],
  told: string | undefined,
  now: string,
): ReminderStage | undefined {
  const last = stages.findIndex(({ stage }) => stage === told);
  const past = stages.findLastIndex(({ at }) => at <= now);
  if (past > last) return stages[past];
  return stages.find(({ at }) => at > now);
}
