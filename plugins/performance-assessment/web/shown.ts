import { t } from "@jinshui/web";
import { html, type TemplateResult } from "lit";
import type { Indicator, Measured } from "./answers.js";

/** Hundredths as a decimal with two digits. */
export function decimal(hundredths: number): string {
  const amount = Math.abs(hundredths);
  return `${hundredths < 0 ? "-" : ""}${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, "0")}`;
}

/** A value with its unit; that there is none where nothing was due. */
export function valueText(indicator: Indicator | undefined, measured: Measured | undefined): string {
  if (!indicator || measured?.hundredths === undefined) return t("performance-assessment.none");
  if (indicator.unit === "count") return String(measured.numerator);
  return t(`performance-assessment.unit.${indicator.unit}`, { n: decimal(measured.hundredths) });
}

/** The same with the counts it follows from. */
export function valueOf(indicator: Indicator, measured: Measured | undefined): TemplateResult {
  const counts = indicator.ratio && measured ? ` ${measured.numerator}/${measured.denominator ?? 0}` : "";
  return html`${valueText(indicator, measured)}<span class="quiet small counts">${counts}</span>`;
}

/** The month in China, and that many before it. */
export function thisMonth(): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date()).slice(0, 7);
}

/** The month before one. */
export function monthBefore(month: string): string {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, "0")}`;
}

/** Months to choose from, the latest first: three years, and the one that is shown. */
export function monthsWith(shown: string): string[] {
  const months = [thisMonth()];
  while (months.length < 36) months.push(monthBefore(months.at(-1) ?? ""));
  return months.includes(shown) ? months : [...months, shown];
}

/** A month such as `2026-11`, as people write it. */
export function monthTitle(month: string): string {
  const [year = "", number = ""] = month.split("-");
  return t("performance-assessment.monthTitle", { year, number: String(Number(number)) });
}

/** What the list behind an indicator counts: the unfavourable ones of a rate are a click away from all of it. */
export function measuresOf({ ratio, count }: Indicator): string[] {
  return ratio ? [...ratio] : [count ?? "done"];
}
