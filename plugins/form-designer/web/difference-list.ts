import { t } from "@jinshui/web";
import { html, type TemplateResult } from "lit";
import type { Difference } from "./model/difference.js";

/** What differs between two versions, in sentences; what may touch matters that run is marked. */
export function differenceList(differences: readonly Difference[]): TemplateResult {
  if (differences.length === 0) return html`<p class="quiet">${t("form-designer.noDifference")}</p>`;
  return html`<ul class="differences">
    ${differences.map(
      (difference) =>
        html`<li>
          ${sentence(difference)}${difference.breaking ? html` <span class="badge warn">${t("form-designer.breaking")}</span>` : ""}
        </li>`,
    )}
  </ul>`;
}

function sentence({ kind, label, part = "", before, after }: Difference): string {
  if (kind !== "changed") return t(`form-designer.difference.${kind}`, { label });
  const [head = "", step] = part.split(".");
  const name =
    head === "steps" ? t("form-designer.difference.step", { step: step ?? "" }) : t(`form-designer.part.${head}`);
  return t("form-designer.difference.changed", { label, part: name, before: shown(before), after: shown(after) });
}

function shown(value: unknown): string {
  if (value === undefined) return t("form-designer.nothing");
  if (typeof value === "boolean") return t(value ? "value.yes" : "value.no");
  if (Array.isArray(value)) return value.map((each: { label?: string }) => each.label ?? "").join("、");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
