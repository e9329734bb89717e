import { deadlineOf } from "./deadline.js";
import type { WorkingCalendar } from "./working-calendar.js";

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/;

/**
 * The end of a duration of working time, for timers: of its days as of a time limit in working days, and after that of its hours
 * and minutes as working hours. Years, months, weeks and seconds are no working time.
 */
export function afterWorkingDuration(calendar: WorkingCalendar, from: string, duration: string): string | undefined {
  const parts = DURATION.exec(duration);
  if (!parts || !/\d/.test(duration)) return undefined;
  const [days, hours, minutes] = parts.slice(1).map((part) => Number(part ?? 0)) as [number, number, number];
  const passed =
    days === 0 ? from : (deadlineOf(calendar, from, { amount: days, unit: "working-days" })?.dueAt ?? from);
  const amount = hours + minutes / 60;
  return amount === 0 ? passed : deadlineOf(calendar, passed, { amount, unit: "working-hours" })?.dueAt;
}
