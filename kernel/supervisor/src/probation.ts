import type { Figures } from "./plugin-runner.js";

/** So many failures at least, or nothing is said by them. */
const LEAST_FAILURES = 5;
/** Part of the calls that may fail. */
const TOLERATED = 0.05;
/** How many times as often as in the version before. */
const WORSE = 3;

/** Whether a version fails so much more often than the one before it that going back is better. */
export function isWorse(now: Figures, before: Figures | undefined): boolean {
  if (now.failures < LEAST_FAILURES) return false;
  return rate(now) > Math.max(TOLERATED, WORSE * (before ? rate(before) : 0));
}

function rate({ calls, failures }: Figures): number {
  return calls === 0 ? 0 : failures / calls;
}
