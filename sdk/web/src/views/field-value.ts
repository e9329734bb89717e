import type { Field } from "@jinshui/contracts";
import { html, type TemplateResult } from "lit";
import { dateTime, money } from "../texts/format.js";
import { local, t } from "../texts/text.js";

/** Names that values of person and department fields stand for. */
export interface Names {
  people: Map<string, string>;
  departments: Map<string, string>;
}

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
    case "json":
      return JSON.stringify(value);
    default:
      return String(value);
  }
}

/** The same with its badge where the field has tones. */
export function fieldCell(field: Field | undefined, value: unknown, names: Names): TemplateResult {
  const text = fieldText(field, value, names);
  const tone = field?.type === "enum" ? field.options?.find((option) => option.value === value)?.tone : undefined;
  return tone === undefined ? html`${text}` : html`<span class="badge ${tone}">${text}</span>`;
}
