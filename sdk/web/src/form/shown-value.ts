import { chineseAmount, type FormComponent, type FormFile, type FormOpinion } from "@jinshui/contracts";
import { dateTime, money } from "../texts/format.js";
import { language, t } from "../texts/text.js";

/** Files that a field holds. */
export function filesOf(value: unknown): FormFile[] {
  return Array.isArray(value) ? (value as FormFile[]) : [];
}

/** Rows that a field `dynamiclist` holds. */
export function rowsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}

/** Opinions that a field holds; what is being entered is a text and none yet. */
export function opinionsOf(value: unknown): FormOpinion[] {
  return Array.isArray(value) ? (value as FormOpinion[]) : [];
}

/** Label of a form's component in the page's language. */
export function labelOf(component: FormComponent): string {
  return (language() === "en" ? component.jinshui?.en : undefined) ?? component.label ?? component.key ?? "";
}

/** `大写：…` of an amount, where there is one. */
export function amountNote(component: FormComponent, value: unknown): string | undefined {
  const text = component.jinshui?.type === "money" && typeof value === "number" ? chineseAmount(value) : "";
  return text === "" ? undefined : t("form.amount", { text });
}

/** A form's value in words. */
export function shownValue(component: FormComponent | undefined, value: unknown): string {
  if (value === undefined || value === null || value === "") return t("value.none");
  if (component?.type === "filepicker")
    return filesOf(value)
      .map(({ name }) => name)
      .join("、");
  if (component?.type === "dynamiclist")
    return rowsOf(value)
      .map((row) => shownRow(component, row))
      .join("；");
  if (component?.jinshui?.type === "opinion" && Array.isArray(value))
    return opinionsOf(value)
      .map(({ text, by, at }) => `${text}（${by} ${dateTime(at)}）`)
      .join("；");
  if (component?.jinshui?.type === "record") return (value as { title?: string }).title ?? "";
  if (component?.jinshui?.type === "money") return money(Number(value));
  if (typeof value === "boolean") return t(value ? "value.yes" : "value.no");
  if (component?.type === "datetime") return dateTime(String(value));
  const option = component?.values?.find((candidate) => candidate.value === value);
  if (option) return language() === "en" ? (option.en ?? option.label) : option.label;
  return typeof value === "object" ? ((value as { title?: string }).title ?? JSON.stringify(value)) : String(value);
}

function shownRow({ components = [] }: FormComponent, row: Record<string, unknown>): string {
  return components
    .filter(({ key = "" }) => (row[key] ?? "") !== "")
    .map((column) => `${labelOf(column)} ${shownValue(column, row[column.key ?? ""])}`)
    .join("，");
}
