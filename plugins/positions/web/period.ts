import { dateTime, t } from "@jinshui/web";

/** The day in China. */
export function today(): string {
  return dateTime(new Date().toISOString()).slice(0, 10);
}

/** The day before. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}

export interface Period {
  from?: string | undefined;
  until?: string | undefined;
}

/** A period in words; both days belong to it. */
export function inWords({ from, until }: Period): string {
  if (from === undefined) return until === undefined ? t("positions.always") : t("positions.untilDay", { until });
  return until === undefined ? t("positions.fromDay", { from }) : t("positions.fromTo", { from, until });
}

/** Where a day lies. */
export function phase({ from, until }: Period, day = today()): "past" | "current" | "future" {
  if (until !== undefined && until < day) return "past";
  return from !== undefined && from > day ? "future" : "current";
}
