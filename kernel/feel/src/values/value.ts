import type { FeelDate } from "../temporal/date.js";
import type { FeelDateTime } from "../temporal/date-time.js";
import type { FeelDaysDuration, FeelMonthsDuration } from "../temporal/duration.js";
import type { FeelTime } from "../temporal/time.js";
import type { FeelContext } from "./context.js";
import type { FeelFunction } from "./function.js";
import { isDecimal, type FeelNumber } from "./number.js";
import type { FeelRange } from "./range.js";

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

/** Whether a value is a number of FEEL. */
export const isNumber = (value: unknown): value is FeelNumber => typeof value === "number" || isDecimal(value);

/** Whether a value is a list of FEEL. */
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
