import { type CollectionDefinition, type Filter, JinshuiError } from "@jinshui/contracts";
import type { Where } from "../database/table.js";
import { columnOf } from "./registry.js";

const SYSTEM: Record<string, string> = {
  id: "id",
  createdAt: "created_at",
  updatedAt: "updated_at",
  version: "version",
};
const OPERATORS = new Set(["eq", "ne", "lt", "lte", "gt", "gte", "in", "contains", "startsWith", "empty"]);
const MAX_DEPTH = 5;

/** Column behind a field name of the API. */
export function column(definition: CollectionDefinition, field: string): string {
  if (Object.hasOwn(SYSTEM, field)) return SYSTEM[field] ?? field;
  if (!Object.hasOwn(definition.fields, field)) {
    throw new JinshuiError("invalid-request", `${definition.name} has no field "${field}"`, { details: { field } });
  }
  return columnOf(field);
}

/** Compiles a filter of the API; an unknown field or operator is named. */
export function toWhere(definition: CollectionDefinition, filter: Filter, depth = 1): Where {
  if (depth > MAX_DEPTH) throw new JinshuiError("invalid-request", `A filter may be ${MAX_DEPTH} deep at most`);
  const parts = Object.entries(filter).map(([name, value]): Where => {
    if (name === "and" || name === "or")
      return { [name]: listOf(value, name).map((part) => toWhere(definition, part, depth + 1)) };
    if (name === "not") return { not: toWhere(definition, objectOf(value, name), depth + 1) };
    return fieldCondition(column(definition, name), name, value);
  });
  return { and: parts };
}

function fieldCondition(target: string, field: string, value: unknown): Where {
  if (typeof value !== "object" || value === null) return { [target]: scalar(value, field) };
  const parts = Object.entries(objectOf(value, field)).map(([operator, operand]): Where => {
    if (!OPERATORS.has(operator))
      throw new JinshuiError("invalid-request", `"${operator}" is no operator (of field "${field}")`, {
        details: { field, operator },
      });
    switch (operator) {
      case "eq":
        return { [target]: scalar(operand, field) };
      case "empty":
        return { [target]: operand === false ? { ne: null } : null };
      case "in":
        return { [target]: { in: listOf(operand, field, false) as unknown as string[] } };
      case "contains":
      case "startsWith":
        if (typeof operand !== "string")
          throw new JinshuiError("invalid-request", `"${operator}" of "${field}" wants a text`, { details: { field } });
        return { [target]: { [operator]: operand } };
      default: {
        const plain = scalar(operand, field);
        if (plain === null && operator !== "ne")
          throw new JinshuiError("invalid-request", `"${operator}" of "${field}" wants a value`, {
            details: { field },
          });
        return { [target]: { [operator]: plain } };
      }
    }
  });
  return { and: parts };
}

function scalar(value: unknown, field: string): string | number | boolean | null {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  throw new JinshuiError("invalid-request", `The condition on "${field}" is no plain value`, { details: { field } });
}

function listOf(value: unknown, name: string, objects = true): Filter[] {
  if (!Array.isArray(value) || value.length > 200)
    throw new JinshuiError("invalid-request", `"${name}" wants a list of at most 200`, { details: { field: name } });
  return objects
    ? value.map((part) => objectOf(part, name))
    : (value.map((part) => scalar(part, name)) as unknown as Filter[]);
}

function objectOf(value: unknown, name: string): Filter {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new JinshuiError("invalid-request", `"${name}" wants an object`, { details: { field: name } });
  }
  return value as Filter;
}
