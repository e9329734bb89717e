import type { Budget } from "./limits.js";
import { UelEvaluationError } from "./uel-error.js";

/** A value as a number, by the coercions of EL: nothing and the empty text are 0. */
export function toNumber(value: unknown): number {
  if (value === null || value === undefined || value === "") return 0;
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return value.getTime();
  if (typeof value === "string" && /^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(value.trim())) return Number(value);
  throw new UelEvaluationError(`${describe(value)} is no number`);
}

/** A value as a truth value: nothing and the empty text are false. */
export function toBoolean(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "string") return value.toLowerCase() === "true";
  throw new UelEvaluationError(`${describe(value)} is neither true nor false`);
}

/** A value as text, as Java writes it: `[a, b]` and `{k=v}`. */
export function toText(value: unknown, budget: Budget): string {
  budget.spend();
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object") return String(value);
  return nested(value, budget, 0);
}

function nested(value: unknown, budget: Budget, depth: number): string {
  if (depth > 50) throw new UelEvaluationError("A value is nested too deep to be written");
  if (value === null || typeof value !== "object" || value instanceof Date)
    return value === null || value === undefined ? "null" : toText(value, budget);
  const parts = Array.isArray(value)
    ? value.map((entry) => nested(entry, budget, depth + 1))
    : Object.entries(value).map(([key, entry]) => `${key}=${nested(entry, budget, depth + 1)}`);
  budget.text(parts.reduce((length, part) => length + part.length + 2, 2));
  return Array.isArray(value) ? `[${parts.join(", ")}]` : `{${parts.join(", ")}}`;
}

/** A value for a message, cut short. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && !(value instanceof Date)) return "an object";
  return JSON.stringify(String(value).slice(0, 40));
}
