import { toBoolean, toNumber, toText } from "./coerce.js";
import type { Budget } from "./limits.js";
import { UelEvaluationError } from "./uel-error.js";

/** `==`: a number on either side makes the other a number, then truth values, then texts; lists and maps by content. */
export function equals(left: unknown, right: unknown, budget: Budget): boolean {
  if (left === right) return true;
  if (left === null || left === undefined || right === null || right === undefined)
    return (left ?? null) === (right ?? null);
  if (isNumber(left) || isNumber(right)) return toNumber(left) === toNumber(right);
  if (typeof left === "boolean" || typeof right === "boolean") return toBoolean(left) === toBoolean(right);
  if (typeof left === "string" || typeof right === "string") return toText(left, budget) === toText(right, budget);
  return sameContent(left, right, budget);
}

/** Java's `equals`: no coercion. */
export function sameContent(left: unknown, right: unknown, budget: Budget, depth = 0): boolean {
  budget.spend();
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null || depth > 50)
    return false;
  if (left instanceof Date || right instanceof Date)
    return left instanceof Date && right instanceof Date && left.getTime() === right.getTime();
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const entries = Object.entries(left);
  const other = new Map(Object.entries(right));
  return (
    entries.length === other.size &&
    entries.every(([key, value]) => other.has(key) && sameContent(value, other.get(key), budget, depth + 1))
  );
}

/** `<`, `>`, `<=`, `>=`; nothing is neither less nor greater than anything. */
export function ordered(operator: "<" | ">" | "<=" | ">=", left: unknown, right: unknown, budget: Budget): boolean {
  if (left === right) return operator === "<=" || operator === ">=";
  if (left === null || left === undefined || right === null || right === undefined) return false;
  const order = compare(left, right, budget);
  if (operator === "<") return order < 0;
  if (operator === ">") return order > 0;
  return operator === "<=" ? order <= 0 : order >= 0;
}

/** Less than, equal to or greater than 0, as the left is to the right. */
export function compare(left: unknown, right: unknown, budget: Budget): number {
  if (isNumber(left) || isNumber(right) || (left instanceof Date && right instanceof Date))
    return toNumber(left) - toNumber(right);
  if (typeof left === "string" || typeof right === "string") {
    const [a, b] = [toText(left, budget), toText(right, budget)];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  throw new UelEvaluationError("Only numbers, dates and texts have an order");
}

/** `empty`: nothing, the empty text, an empty list or map. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && !(value instanceof Date) && Object.keys(value).length === 0;
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" || typeof value === "bigint";
}
