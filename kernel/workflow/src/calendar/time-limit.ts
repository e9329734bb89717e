import { MAX_LIMIT_DAYS, type TimeLimit } from "./deadline.js";

/**
 * The time limit that a model gives: a user task by `dueDays`, `dueHours` and `dueUnit`, a process by `limitDays`,
 * `limitHours` and `limitUnit`. Days are working days where no unit says `natural`.
 */
export function timeLimitOf(extensions: Record<string, string>, prefix: "due" | "limit"): TimeLimit | undefined {
  const kind = extensions[`${prefix}Unit`] === "natural" ? "natural" : "working";
  const days = Number(extensions[`${prefix}Days`]);
  if (days > 0 && days <= MAX_LIMIT_DAYS) return { amount: days, unit: `${kind}-days` };
  const hours = Number(extensions[`${prefix}Hours`]);
  if (hours > 0 && hours <= MAX_LIMIT_DAYS * 24) return { amount: hours, unit: `${kind}-hours` };
  return undefined;
}
