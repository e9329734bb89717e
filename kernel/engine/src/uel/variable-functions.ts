import { toText } from "./coerce.js";
import { equals, isEmpty, ordered, sameContent } from "./compare.js";
import type { Budget } from "./limits.js";
import type { UelScope } from "./scope.js";

type VariableFunction = (value: unknown, args: unknown[], budget: Budget) => unknown;

const FUNCTIONS: Record<string, VariableFunction> = {
  get: (value) => value,
  getOrDefault: (value, [other]) => value ?? other ?? null,
  exists: (value) => value !== null,
  isEmpty: (value) => isEmpty(value),
  isNotEmpty: (value) => !isEmpty(value),
  equals: (value, [other], budget) => equals(value, other ?? null, budget),
  notEquals: (value, [other], budget) => !equals(value, other ?? null, budget),
  lowerThan: (value, [other], budget) => ordered("<", value, other, budget),
  lowerThanOrEquals: (value, [other], budget) => present(value, other) && ordered("<=", value, other, budget),
  greaterThan: (value, [other], budget) => ordered(">", value, other, budget),
  greaterThanOrEquals: (value, [other], budget) => present(value, other) && ordered(">=", value, other, budget),
  contains: (value, wanted, budget) => wanted.every((entry) => holds(value, entry, budget)),
  containsAny: (value, wanted, budget) => wanted.some((entry) => holds(value, entry, budget)),
};
const ALIASES: Record<string, string> = {
  empty: "isEmpty",
  notEmpty: "isNotEmpty",
  eq: "equals",
  ne: "notEquals",
  lt: "lowerThan",
  lessThan: "lowerThan",
  lte: "lowerThanOrEquals",
  lessThanOrEquals: "lowerThanOrEquals",
  lowerThanOrEqual: "lowerThanOrEquals",
  lessThanOrEqual: "lowerThanOrEquals",
  gt: "greaterThan",
  gte: "greaterThanOrEquals",
  greaterThanOrEqual: "greaterThanOrEquals",
};

/**
 * A function of Flowable's `variables:` space (also `vars:` and `var:`), which asks for a variable by its name and takes a
 * missing one as nothing; `undefined` when the name is none of them.
 */
export function variableFunction(
  name: string,
): ((scope: UelScope, variable: string, args: unknown[], budget: Budget) => unknown) | undefined {
  const local = /^(?:variables|vars|var):(.*)$/.exec(name)?.[1];
  if (local === undefined) return undefined;
  const full = Object.hasOwn(ALIASES, local) ? (ALIASES[local] ?? local) : local;
  const run = Object.hasOwn(FUNCTIONS, full) ? FUNCTIONS[full] : undefined;
  return run && ((scope, variable, args, budget) => run(scope.get(variable) ?? null, args, budget));
}

function present(...values: unknown[]): boolean {
  return values.every((value) => value !== null && value !== undefined);
}

function holds(value: unknown, wanted: unknown, budget: Budget): boolean {
  if (typeof value === "string") return value.includes(toText(wanted, budget));
  if (Array.isArray(value)) return value.some((entry) => sameContent(entry, wanted, budget));
  return typeof value === "object" && value !== null && Object.hasOwn(value, toText(wanted, budget));
}
