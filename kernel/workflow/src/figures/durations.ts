import type { Durations } from "@jinshui/contracts";

/**
 * Average and percentiles (nearest rank) of minutes, given as how many there are of each; nothing of nothing. Sorts the list.
 */
export function durationsOf(minutes: [minutes: number, count: number][]): Durations | undefined {
  const total = minutes.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return undefined;
  minutes.sort(([one], [other]) => one - other);
  const rank = (share: number): number => {
    let left = Math.ceil(share * total);
    return minutes.find(([, count]) => (left -= count) <= 0)?.[0] ?? 0;
  };
  const sum = minutes.reduce((all, [each, count]) => all + each * count, 0);
  return { average: Math.round(sum / total), median: rank(0.5), p90: rank(0.9) };
}
