import type { FormComponent, FormSchema } from "@jinshui/contracts";
import { t } from "@jinshui/web";
import { labelOf } from "@jinshui/web/form";
import { html, nothing, type TemplateResult } from "lit";

/** Lines of a list on paper. */
const BLANK_ROWS = 4;

/** A form on paper: boxes in their widths, to be filled in by hand. */
export function printSheet(title: string, { components }: FormSchema): TemplateResult {
  return html`<div class="sheet">
    <h2>${title}</h2>
    <div class="cells">${components.map(cell)}</div>
  </div>`;
}

function cell(component: FormComponent): TemplateResult | typeof nothing {
  const { type, text, jinshui } = component;
  if (type === "separator") return nothing;
  if (type === "text") return html`<div>${text}</div>`;
  if (type === "group") return html`<div><strong>${labelOf(component)}</strong></div>`;
  if (type === "dynamiclist") return html`<div>${labelOf(component)}${rows(component)}</div>`;
  const choices = ["select", "radio"].includes(type)
    ? (component.values ?? []).map(({ label }) => `□ ${label}`).join(" ")
    : "";
  const box = type === "checkbox" ? "□ " : "";
  return html`<div class="span-${jinshui?.columns ?? 12} ${type === "textarea" ? "tall" : ""}">
    ${box}${labelOf(component)}：${choices}${jinshui?.type === "money" ? html`<span class="capitals">${t("form-designer.inCapitals")}</span>` : nothing}
  </div>`;
}

function rows({ components = [] }: FormComponent): TemplateResult {
  const hasSum = components.some(({ jinshui }) => jinshui?.subtotal === true);
  return html`<table>
    <tr>
      ${components.map((column) => html`<th scope="col">${labelOf(column)}</th>`)}
    </tr>
    ${Array.from(
      { length: BLANK_ROWS },
      () =>
        html`<tr>
          ${components.map(() => html`<td></td>`)}
        </tr>`,
    )}
    ${
      hasSum
        ? html`<tr>
            ${components.map(({ jinshui }, index) => html`<td>${jinshui?.subtotal === true || index === 0 ? t("form.sum") : ""}</td>`)}
          </tr>`
        : nothing
    }
  </table>`;
}
