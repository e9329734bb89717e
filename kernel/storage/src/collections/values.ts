import type { Field, LocalText } from "@jinshui/contracts";
import { isStorable } from "../database/storable.js";
import type { Format } from "./formats.js";

/** Why a value can't be taken; `code` as in an import problem. */
export interface ValueProblem {
  code: "required" | "type" | "option" | "pattern" | "format" | "too-long" | "too-small" | "too-large";
  params?: Record<string, string>;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** What needs no look at the calendar. */
const PLAIN_DATE = /^[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/;
const PLAIN_INSTANT = /^[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const DATETIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(?:Z|[+-]\d{2}:\d{2})$/;
/** Nine digits before the point and six behind it are still exact as one whole number. */
const DECIMAL = /^-?\d{1,9}(?:\.(\d{1,6}))?$/;
const ID = /^[A-Za-z0-9_-]{1,40}$/;
const MAX_FILES = 20;
/** Choices that a problem names. */
const MAX_CHOICES = 20;
const MAX_TEXT = 100_000;
/** Longest JSON of a `json` field, in characters. */
const MAX_JSON = 200_000;

/** Checks one value against its field; empty text counts as no value. */
export function valueProblem(field: Field, value: unknown, format?: Format): ValueProblem | undefined {
  if (isEmpty(value)) return field.required ? { code: "required" } : undefined;
  if (!hasType(field, value)) return { code: "type", params: { type: field.type } };
  if (field.type === "json" && JSON.stringify(value).length > MAX_JSON)
    return { code: "too-long", params: { limit: String(MAX_JSON) } };
  if (field.type === "decimal") return limitProblem(field, Number(value));
  if (Array.isArray(value) && field.type === "attachments") {
    const limit = field.maxFiles ?? MAX_FILES;
    return value.length > limit ? { code: "too-large", params: { limit: String(limit) } } : undefined;
  }
  if (typeof value === "string" && field.type !== "json") return textProblem(field, value, format);
  if (typeof value === "number" && field.type !== "json") return limitProblem(field, value);
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
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function hasType(field: Field, value: unknown): boolean {
  switch (field.type) {
    case "integer":
    case "money":
      return Number.isSafeInteger(value);
    case "decimal":
      return (
        typeof value === "string" &&
        (DECIMAL.exec(value)?.[1] ?? "").length <= (field.scale ?? 0) &&
        DECIMAL.test(value)
      );
    case "boolean":
      return typeof value === "boolean";
    case "date":
      return (
        typeof value === "string" &&
        (PLAIN_DATE.test(value) ||
          (DATE.test(value) && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString().startsWith(value)))
      );
    case "datetime":
      return typeof value === "string" && DATETIME.test(value) && !Number.isNaN(Date.parse(value));
    case "json":
      return true;
    case "attachments":
      return (
        Array.isArray(value) &&
        value.every((id) => typeof id === "string" && ID.test(id)) &&
        new Set(value).size === value.length
      );
    case "reference":
    case "person":
    case "department":
    case "enum":
      return typeof value === "string" && value.length <= 40 && isStorable(value);
    default:
      return typeof value === "string" && isStorable(value);
  }
}

function limitProblem({ minimum, maximum }: Field, value: number): ValueProblem | undefined {
  if (minimum !== undefined && value < minimum) return { code: "too-small", params: { limit: String(minimum) } };
  if (maximum !== undefined && value > maximum) return { code: "too-large", params: { limit: String(maximum) } };
  return undefined;
}

/** What may be chosen, as people read it; of very many the first. */
function choicesOf({ options = [] }: Field): string {
  const titles = options.slice(0, MAX_CHOICES).map(({ title }) => title["zh-CN"]);
  return titles.join("、") + (options.length > MAX_CHOICES ? "……" : "");
}

function textProblem(field: Field, value: string, format: Format | undefined): ValueProblem | undefined {
  if (field.type === "enum")
    return field.options?.some((option) => option.value === value)
      ? undefined
      : { code: "option", params: { choices: choicesOf(field) } };
  const limit = field.maxLength ?? (field.type === "text" ? MAX_TEXT : 200);
  if (value.length > limit && [...value].length > limit) return { code: "too-long", params: { limit: String(limit) } };
  if (field.pattern && !patternOf(field.pattern.source).test(value)) {
    return { code: "pattern", params: { message: field.pattern.message["zh-CN"] } };
  }
  const message: LocalText | undefined = format?.problem(value);
  return message && { code: "format", params: { message: message["zh-CN"] } };
}

const patterns = new Map<string, RegExp>();

function patternOf(source: string): RegExp {
  let pattern = patterns.get(source);
  if (!pattern) patterns.set(source, (pattern = new RegExp(`^(?:${source})$`, "u")));
  return pattern;
}

/** The stored form: instants with milliseconds in UTC, decimals as whole numbers of their last digit, empty as nothing. */
export function stored(field: Field, value: unknown): unknown {
  if (isEmpty(value)) return null;
  if (field.type === "datetime" && typeof value === "string")
    return PLAIN_INSTANT.test(value) ? value : new Date(value).toISOString();
  if (field.type === "decimal" && typeof value === "string") return unscaled(value, field.scale ?? 0);
  return value;
}

/** A stored value as the API shows it. */
export function shown(field: Field | undefined, value: unknown): unknown {
  return field?.type === "decimal" && typeof value === "number" ? scaled(value, field.scale ?? 0) : value;
}

/** A whole number of last digits from a text such as `-12.5`. */
function unscaled(text: string, scale: number): number {
  const [whole = "0", fraction = ""] = text.split(".");
  const digits = Number(whole.replace("-", "") + fraction.padEnd(scale, "0"));
  return text.startsWith("-") && digits !== 0 ? -digits : digits;
}

/** `1250` with two digits behind the point is `12.50`. */
export function scaled(value: number, scale: number): string {
  const digits = String(Math.abs(value)).padStart(scale + 1, "0");
  return `${value < 0 ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The result of a calculation as a value of its field, numbers rounded half away from zero; nothing when it is none. */
export function rounded(field: Field, value: unknown): unknown {
  if (isEmpty(value)) return undefined;
  if (field.type === "integer" || field.type === "money") {
    const [whole] = atScale(value, 0);
    return whole;
  }
  if (field.type === "decimal") {
    const [whole] = atScale(value, field.scale ?? 0);
    return whole === undefined ? undefined : scaled(whole, field.scale ?? 0);
  }
  return hasType(field, value) ? value : undefined;
}

function atScale(value: unknown, scale: number): [number?] {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(typeof value === "number" ? plainDigits(value) : String(value));
  if (!parts) return [];
  const [, sign = "", whole = "0", fraction = ""] = parts;
  const up = Number(fraction[scale] ?? "0") >= 5 ? 1 : 0;
  const number = Number(whole + fraction.slice(0, scale).padEnd(scale, "0")) + up;
  return Number.isSafeInteger(number) ? [sign === "-" && number !== 0 ? -number : number] : [];
}

/** A number without an exponent. */
function plainDigits(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(20) : text;
}
