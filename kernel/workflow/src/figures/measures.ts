import type { MatterMeasure, StepMeasure } from "@jinshui/contracts";
import type { Where } from "@jinshui/storage";

/** A stretch of time: from its first instant to before its last one. */
export interface Period {
  start: string;
  end: string;
  /** When what is open is looked at: the end, or now where that has not come. */
  at: string;
}

/** Months in China, both of them included. */
export function periodOf(from: string, to: string, now: string): Period {
  const end = startOf(monthAfter(to));
  return { start: startOf(from), end, at: end < now ? end : now };
}

/** Months from one to another; at most `limit` of them, the last ones. */
export function monthsOf(from: string, to: string, limit: number): string[] {
  const months: string[] = [];
  for (let month = from; month <= to && months.length < 10_000; month = monthAfter(month)) months.push(month);
  return months.slice(-limit);
}

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
}

function startOf(month: string): string {
  return new Date(`${month}-01T00:00:00+08:00`).toISOString();
}

/** Which steps a measure counts: one condition for the number and for the list behind it. */
export function stepWhere(measure: StepMeasure, period: Period): Where {
  switch (measure) {
    case "returned":
      return { ...done(period), is_returned: true };
    default:
      return common(measure, period);
  }
}

/** Which matters a measure counts. */
export function matterWhere(measure: MatterMeasure, period: Period): Where {
  switch (measure) {
    case "smooth":
      return { ...done(period), is_smooth: true };
    case "cancelled":
      return { ...done(period), state: "cancelled" };
    default:
      return common(measure, period);
  }
}

type Common = Extract<StepMeasure, MatterMeasure>;

function common(measure: Common, period: Period): Where {
  switch (measure) {
    case "arrived":
      return { arrived_at: { gte: period.start, lt: period.end } };
    case "done":
      return done(period);
    case "due":
      return { ...done(period), is_due: true };
    case "onTime":
      return { ...done(period), is_due: true, is_late: false };
    case "late":
      return { ...done(period), is_late: true };
    case "open":
      return open(period);
    case "overdue":
      return { ...open(period), due_at: { lt: period.at } };
  }
}

function done({ start, end }: Period): Where {
  return { state: "completed", ended_at: { gte: start, lt: end } };
}

function open({ at }: Period): Where {
  return { arrived_at: { lt: at }, or: [{ ended_at: null }, { ended_at: { gte: at } }] };
}
