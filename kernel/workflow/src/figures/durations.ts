import type { Durations } from "@jinshui/contracts";

/** Average and percentiles (nearest rank) of minutes; nothing of nothing. Sorts the list. */
export function durationsOf(minutes: number[]): Durations | undefined {
  if (minutes.length === 0) return undefined;
  minutes.sort((one, other) => one - other);
  const rank = (share: number): number => minutes[Math.ceil(share * minutes.length) - 1] ?? 0;
  const sum = minutes.reduce((total, each) => total + each, 0);
  return { average: Math.round(sum / minutes.length), median: rank(0.5), p90: rank(0.9) };
}
