import type { Field } from "@jinshui/contracts";
import { isStorable } from "../database/storable.js";

/** Why a value can't be taken; `code` as in an import problem. */
export interface ValueProblem {
  code: "required" | "type" | "option" | "pattern" | "too-long" | "too-small" | "too-large";
  params?: Record<string, string>;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATETIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(?:Z|[+-]\d{2}:\d{2})$/;

/** Checks one value against its field; empty text counts as no value. */
export function valueProblem(field: Field, value: unknown): ValueProblem | undefined {
  if (isEmpty(value)) return field.required ? { code: "required" } : undefined;
  if (!hasType(field, value)) return { code: "type", params: { type: field.type } };
  if (typeof value === "string" && field.type !== "json") return textProblem(field, value);
  if (typeof value === "number") {
    if (field.minimum !== undefined && value < field.minimum)
      return { code: "too-small", params: { limit: String(field.minimum) } };
    if (field.maximum !== undefined && value > field.maximum)
      return { code: "too-large", params: { limit: String(field.maximum) } };
  }
  return undefined;
}

/** The field's value of a new record when none is given. */
export function defaults(fields: Record<string, Field>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, field]) => field.default !== undefined)
      .map(([name, field]) => [name, field.default]),
  );
}

/** Whether a value counts as not given. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function hasType(field: Field, value: unknown): boolean {
  switch (field.type) {
    case "integer":
    case "money":
      return Number.isSafeInteger(value);
    case "boolean":
      return typeof value === "boolean";
    case "date":
      return (
        typeof value === "string" &&
        DATE.test(value) &&
        !Number.isNaN(Date.parse(value)) &&
        new Date(value).toISOString().startsWith(value)
      );
    case "datetime":
      return typeof value === "string" && DATETIME.test(value) && !Number.isNaN(Date.parse(value));
    case "json":
      return true;
    case "reference":
    case "person":
    case "department":
    case "enum":
      return typeof value === "string" && value.length <= 40;
    default:
      return typeof value === "string" && isStorable(value);
  }
}

function textProblem(field: Field, value: string): ValueProblem | undefined {
  if (field.type === "enum")
    return field.options?.some((option) => option.value === value) ? undefined : { code: "option" };
  const limit = field.maxLength ?? (field.type === "text" ? 100_000 : 200);
  if ([...value].length > limit) return { code: "too-long", params: { limit: String(limit) } };
  if (field.pattern && !new RegExp(`^(?:${field.pattern.source})$`, "u").test(value)) {
    return { code: "pattern", params: { message: field.pattern.message["zh-CN"] } };
  }
  return undefined;
}

/** The stored form: instants with milliseconds in UTC, empty as nothing. */
export function stored(field: Field, value: unknown): unknown {
  if (isEmpty(value)) return null;
  return field.type === "datetime" && typeof value === "string" ? new Date(value).toISOString() : value;
}
