import type { Field } from "@jinshui/contracts";
import { html, nothing, type TemplateResult } from "lit";
import "../elements/attachment-list.js";
import { dateTime, money } from "../texts/format.js";
import { local, t } from "../texts/text.js";
import type { Names } from "./names.js";

/** A field's value in words. */
export function fieldText(field: Field | undefined, value: unknown, names: Names): string {
  if (value === undefined || value === null || value === "") return "";
  switch (field?.type) {
    case "enum":
      return local(field.options?.find((option) => option.value === value)?.title) || String(value);
    case "money":
      return money(Number(value));
    case "boolean":
      return t(value === true ? "value.yes" : "value.no");
    case "datetime":
      return dateTime(String(value));
    case "person":
      return names.people.get(String(value)) ?? String(value);
    case "department":
      return names.departments.get(String(value)) ?? String(value);
    case "reference":
      return names.records.get(String(value)) ?? String(value);
    case "attachments":
      return Array.isArray(value) && value.length > 0 ? t("files.count", { n: value.length }) : "";
    case "json":
      return JSON.stringify(value);
    default:
      return String(value);
  }
}

/** The same with its badge where the field has tones: a cell of a list. */
export function fieldCell(field: Field | undefined, value: unknown, names: Names): TemplateResult {
  const text = fieldText(field, value, names);
  const tone = field?.type === "enum" ? field.options?.find((option) => option.value === value)?.tone : undefined;
  return tone === undefined ? html`${text}` : html`<span class="badge ${tone}">${text}</span>`;
}

/** All there is of a value: files to be fetched, data to be unfolded, and whether a part is kept back. */
export function fieldFact(field: Field | undefined, value: unknown, names: Names, isMasked: boolean): TemplateResult {
  if (field?.type === "attachments")
    return html`<ji-attachments
      .label=${local(field.title)}
      .files=${Array.isArray(value) ? value : []}
    ></ji-attachments>`;
  if (field?.type === "json" && value !== undefined && value !== null)
    return html`<details>
      <summary>${t("value.unfold")}</summary>
      <pre tabindex="0">${JSON.stringify(value, undefined, 2)}</pre>
    </details>`;
  return html`${fieldCell(field, value, names)}${isMasked ? html` <span class="badge" title=${t("value.maskedHint")}>${t("value.masked")}</span>` : nothing}`;
}

/** Numbers stand at the right, digit under digit. */
export function isNumber(field: Field | undefined): boolean {
  return field?.type === "money" || field?.type === "integer" || field?.type === "decimal";
}
