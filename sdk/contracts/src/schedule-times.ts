import { Cron } from "croner";
import type { Schedule } from "./schedules.js";

export const DEFAULT_TIMEZONE = "Asia/Shanghai";

type Timing = Pick<Schedule, "cron" | "everySeconds" | "timezone">;

/** Why no times can be told from a schedule; nothing for one that is well. */
export function timingFault(timing: Timing): string | undefined {
  const { cron, everySeconds, timezone } = timing;
  if ((cron === undefined) === (everySeconds === undefined)) return 'needs either "cron" or "everySeconds"';
  if (cron === undefined) return timezone === undefined ? undefined : 'has a "timezone", which is for "cron" only';
  try {
    return dueAfter(timing, new Date()) ? undefined : `"${cron}" is never due`;
  } catch (error) {
    return `"${cron}": ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * The first time after `time` at which a schedule is due; nothing when there is none.
 * @throws Error for a cron expression or a time zone that is none.
 */
export function dueAfter(
  { cron, everySeconds = 0, timezone = DEFAULT_TIMEZONE }: Timing,
  time: Date,
): Date | undefined {
  if (cron !== undefined) return new Cron(cron, { timezone, paused: true }).nextRun(time) ?? undefined;
  const everyMs = everySeconds * 1_000;
  return new Date((Math.floor(time.getTime() / everyMs) + 1) * everyMs);
}
