import { Cron } from "croner";
import { addDuration, isDuration, toInstant } from "../feel/iso-time.js";
import type { TimerDefinition } from "../model/model.js";

/** When a timer fires next; `repeat` times again after that, -1 for ever. */
export interface Due {
  at: string;
  repeat?: number;
  cycle?: string;
}

/** The instant that lies a duration after another. */
type AddDuration = (from: string, duration: string) => string | undefined;

/**
 * When a timer of this text is due.
 *
 * @param add how durations are counted; natural time where nothing says otherwise.
 * @param text ISO 8601 instant, duration or repeating interval, or cron (five to seven fields).
 */
export function dueOf(
  now: string,
  kind: TimerDefinition["kind"],
  text: string,
  add: AddDuration = addDuration,
): Due | undefined {
  if (kind === "cycle") return cycleOf(now, text, add);
  if (isDuration(text)) {
    const at = add(now, text);
    return at === undefined ? undefined : { at };
  }
  const at = toInstant(text);
  return at === undefined ? undefined : { at };
}

/** When a cycle that has just fired fires again. */
export function nextOf(fired: string, cycle: string, repeat: number, add: AddDuration = addDuration): Due | undefined {
  if (repeat === 0) return undefined;
  const parts = repeating(cycle);
  if (!parts) {
    const at = cron(fired, cycle);
    return at === undefined ? undefined : { at, repeat, cycle };
  }
  const at = add(fired, parts.duration);
  if (at === undefined || (parts.end !== undefined && at > parts.end)) return undefined;
  return { at, repeat: repeat < 0 ? repeat : repeat - 1, cycle };
}

function cycleOf(now: string, text: string, add: AddDuration): Due | undefined {
  const parts = repeating(text);
  if (parts) {
    if (parts.times === 0) return undefined;
    const at = parts.start !== undefined && parts.start > now ? parts.start : add(now, parts.duration);
    return at === undefined ? undefined : { at, repeat: parts.times < 0 ? -1 : parts.times - 1, cycle: text };
  }
  if (isDuration(text)) {
    const at = add(now, text);
    return at === undefined ? undefined : { at, repeat: 0 };
  }
  const at = cron(now, text);
  return at === undefined ? undefined : { at, repeat: -1, cycle: text };
}

/** Whether a text says when something comes again: a repeating interval, a duration or cron, also one that is over by now. */
export function isCycle(text: string): boolean {
  return repeating(text) !== undefined || isDuration(text) || pattern(text) !== undefined;
}

/** The parts of `R[n]/[start/]duration[/end]`. */
function repeating(text: string): { times: number; start?: string; duration: string; end?: string } | undefined {
  const [head, ...rest] = text.split("/");
  const times = /^R(\d*)$/.exec(head ?? "");
  const at = rest.findIndex(isDuration);
  const duration = rest[at];
  if (!times || duration === undefined) return undefined;
  const start = at > 0 ? toInstant(rest[0] ?? "") : undefined;
  const end = rest[at + 1] === undefined ? undefined : toInstant(rest[at + 1] ?? "");
  return {
    times: times[1] === "" ? -1 : Number(times[1]),
    duration,
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
  };
}

/** Quartz starts steps at a number, which croner wants as a range. */
function quartz(text: string): string {
  const fields = text.split(/\s+/);
  const last = fields.length === 5 ? [59, 23, 31, 12, 7] : [59, 59, 23, 31, 12, 7, 2099];
  return fields.map((field, index) => field.replace(/^(\d+)\//, `$1-${last[index]}/`)).join(" ");
}

function cron(now: string, text: string): string | undefined {
  return pattern(text)?.nextRun(new Date(now))?.toISOString();
}

function pattern(text: string): Cron | undefined {
  if (!/^(\S+\s+){4,6}\S+$/.test(text)) return undefined;
  try {
    return new Cron(quartz(text), { timezone: "UTC" });
  } catch {
    return undefined;
  }
}
