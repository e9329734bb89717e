import { FeelDate } from "../temporal/date.js";
import { FeelDateTime } from "../temporal/date-time.js";
import { FeelDaysDuration, FeelMonthsDuration } from "../temporal/duration.js";
import { FeelTime } from "../temporal/time.js";
import { FeelContext } from "./context.js";
import { FeelFunction } from "./function.js";
import { fromNumber, isDecimal, type FeelNumber } from "./number.js";
import { FeelRange } from "./range.js";

/** Either kind of duration. */
export type FeelDuration = FeelDaysDuration | FeelMonthsDuration;

/** Any value of FEEL. */
export type FeelValue =
  | null
  | boolean
  | string
  | FeelNumber
  | FeelDate
  | FeelTime
  | FeelDateTime
  | FeelDuration
  | FeelRange
  | FeelFunction
  | FeelContext
  | readonly FeelValue[];

/** Names of FEEL's types. */
export type FeelType =
  | "null"
  | "boolean"
  | "string"
  | "number"
  | "date"
  | "time"
  | "date and time"
  | "days and time duration"
  | "years and months duration"
  | "range"
  | "function"
  | "context"
  | "list";

export const isNumber = (value: unknown): value is FeelNumber => typeof value === "number" || isDecimal(value);

export const isList = (value: unknown): value is readonly FeelValue[] => Array.isArray(value);

/** The type of a value, by its name in FEEL. */
export function typeOf(value: FeelValue): FeelType {
  switch (typeof value) {
    case "number":
    case "string":
    case "boolean":
      return typeof value as FeelType;
    default:
      if (value === null) return "null";
      if (isDecimal(value)) return "number";
      if (isList(value)) return "list";
      return (value as { readonly type: FeelType }).type;
  }
}

const isFeelObject = (value: object): boolean =>
  isDecimal(value) ||
  value instanceof FeelContext ||
  value instanceof FeelDate ||
  value instanceof FeelDateTime ||
  value instanceof FeelTime ||
  value instanceof FeelDaysDuration ||
  value instanceof FeelMonthsDuration ||
  value instanceof FeelRange ||
  value instanceof FeelFunction;

/** A FEEL value from a FEEL value or plain JSON; objects convert their members when these are asked for. */
export function convert(value: unknown): FeelValue {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return fromNumber(value);
    case "bigint":
      return fromNumber(Number(value));
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) return convertList(value);
      return isFeelObject(value) ? (value as FeelValue) : FeelContext.of(value as Record<string, unknown>);
    default:
      return null;
  }
}

function convertList(list: readonly unknown[]): readonly FeelValue[] {
  for (let i = 0; i < list.length; i += 1) {
    const item = convert(list[i]);
    if (item === list[i]) continue;
    return [...(list.slice(0, i) as FeelValue[]), item, ...list.slice(i + 1).map(convert)];
  }
  return list as readonly FeelValue[];
}
