import { addDuration, isDuration, toInstant } from "../feel/iso-time.js";
import { EngineError } from "../machine/engine-error.js";

/** The instant at which a clock is to stand; now, when none is given. @throws EngineError `bad-time` */
export function clockTime(text = new Date().toISOString()): string {
  return toInstant(text) ?? refused(text, "an ISO 8601 instant: 2026-03-01T09:00:00+08:00");
}

/** The instant a duration after another, or the instant itself. @throws EngineError `bad-time` */
export function laterTime(now: string, text: string): string {
  const time = isDuration(text) ? addDuration(now, text) : toInstant(text);
  return time ?? refused(text, "an ISO 8601 duration or instant: P3D, PT2H30M, 2026-03-01T09:00:00+08:00");
}

function refused(text: string, wanted: string): never {
  throw new EngineError("bad-time", `"${text}" is not ${wanted}`);
}
