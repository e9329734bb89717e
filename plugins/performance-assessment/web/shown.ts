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

/** What the list behind an indicator counts: the unfavourable ones of a rate are a click away from all of it. */
export function measuresOf({ ratio, count }: Indicator): string[] {
  return ratio ? [...ratio] : [count ?? "done"];
}
