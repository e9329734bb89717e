import type { FeelType } from "./value.js";

const NAMES = new Map<string, FeelType>([
  ["number", "number"],
  ["string", "string"],
  ["boolean", "boolean"],
  ["date", "date"],
  ["time", "time"],
  ["date and time", "date and time"],
  ["dateTime", "date and time"],
  ["days and time duration", "days and time duration"],
  ["dayTimeDuration", "days and time duration"],
  ["years and months duration", "years and months duration"],
  ["yearMonthDuration", "years and months duration"],
  ["list", "list"],
  ["context", "context"],
  ["function", "function"],
  ["range", "range"],
]);

/** The type of a name as FEEL or DMN writes it; `dayTimeDuration` is one of the older names. Nothing for what needs more than a name. */
export function typeNamed(name: string): FeelType | undefined {
  return NAMES.get(name);
}
