import { describe } from "./coerce.js";
import { beanProperty, readOwn, type UelMethod } from "./bean.js";
import type { Budget } from "./limits.js";
import { listMethods, mapMethods } from "./collection-methods.js";
import { anyMethods, booleanMethods, dateMethods, numberMethods, textMethods } from "./value-methods.js";
import { UelEvaluationError } from "./uel-error.js";

const CHANGING = new Set([
  "add",
  "addAll",
  "put",
  "putAll",
  "putIfAbsent",
  "remove",
  "removeAll",
  "clear",
  "set",
  "sort",
]);

/** Calls a method that the value's Java class would have; nothing of JavaScript is reachable. */
export function callMethod(value: unknown, name: string, args: unknown[], budget: Budget): unknown {
  const own = methodsOf(value);
  if (Object.hasOwn(own, name)) return own[name]?.(value as never, args, budget);
  if (typeof value === "object" && value !== null && args.length === 0) {
    const property = beanProperty(name);
    if (property !== undefined && Object.hasOwn(value, property)) return readOwn(value, property);
  }
  if (Object.hasOwn(anyMethods, name)) return anyMethods[name]?.(value as never, args, budget);
  if (typeof value === "object" && CHANGING.has(name))
    throw new UelEvaluationError(`${name}() would change a value; set a variable instead`);
  throw new UelEvaluationError(`${describe(value)} has no method ${name}()`);
}

function methodsOf(value: unknown): Record<string, UelMethod> {
  if (typeof value === "string") return textMethods;
  if (typeof value === "number" || typeof value === "bigint") return numberMethods;
  if (typeof value === "boolean") return booleanMethods;
  if (value instanceof Date) return dateMethods;
  if (Array.isArray(value)) return listMethods;
  return mapMethods;
}
