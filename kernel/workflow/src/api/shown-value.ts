import type { FormComponent } from "@jinshui/contracts";
import { isFile } from "../archiving/archive-content.js";

/** A form's value in Chinese words, for documents. */
export function shownValue(component: FormComponent | undefined, value: unknown): string {
  if (value === undefined || value === null || value === "") return "";
  if (typeof value === "boolean") return value ? "是" : "否";
  if (component?.jinshui?.type === "money") return `${(Number(value) / 100).toFixed(2)} 元`;
  if (isFile(value)) return value.name;
  if (isRecordRef(value)) return value.title;
  if (Array.isArray(value)) return value.map((each) => shownValue(component, each)).join("、");
  if (typeof value === "object") return JSON.stringify(value);
  const text = String(value);
  if (component?.type === "datetime") return timeInChina(text);
  return component?.values?.find((option) => option.value === text)?.label ?? text;
}

/** An instant as clocks in China show it, `2026-11-23 15:04:05`. */
export function timeInChina(instant: string): string {
  return new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Asia/Shanghai",
    dateStyle: "short",
    timeStyle: "medium",
  }).format(new Date(instant));
}

function isRecordRef(value: unknown): value is { title: string } {
  return typeof value === "object" && value !== null && typeof (value as { title?: unknown }).title === "string";
}
