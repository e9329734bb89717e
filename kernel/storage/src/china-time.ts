/** How far China's clocks are ahead of UTC, all the year. */
export const CHINA_MS = 8 * 3_600_000;

/** The day in China of an ISO instant, e.g. `2026-11-27`. */
export function dayInChina(instant: string): string {
  return new Date(Date.parse(instant) + CHINA_MS).toISOString().slice(0, 10);
}
