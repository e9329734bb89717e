import { type CollectionDefinition, type Field, type Filter, JinshuiError } from "@jinshui/contracts";
import type { Condition, Where } from "../database/table.js";
import { columnOf } from "./registry.js";

type Scalar = string | number | boolean;

/** What a condition may look at: a field of the collection or what every record has. */
interface Target {
  field: string;
  column: string;
  type: Field["type"];
}

const SYSTEM: Record<string, Omit<Target, "field">> = {
  id: { column: "id", type: "string" },
  createdAt: { column: "created_at", type: "datetime" },
  updatedAt: { column: "updated_at", type: "datetime" },
  version: { column: "version", type: "integer" },
};
const MAX_DEPTH = 5;
const MAX_LIST = 200;

/** The order of a list, as columns with `-` in front for descending. The id comes last, so that no two rows are equal. */
export function orderColumns(definition: CollectionDefinition, sort: string[]): string[] {
  const columns = sort.map((name) => {
    const { field, column, type } = target(definition, name.replace(/^-/, ""));
    if (type === "text" || type === "json") fail(`Nothing can be sorted by "${field}"`, { field });
    return name.startsWith("-") ? `-${column}` : column;
  });
  return [...columns, "id"];
}

/** Names the first of the fields that the collection does not have. */
export function checkFields(definition: CollectionDefinition, fields: string[]): void {
  for (const field of fields) target(definition, field);
}

/** Compiles a filter of the API; an unknown field or operator, or a value that is none of the field's, is named. */
export function toWhere(definition: CollectionDefinition, filter: Filter, depth = 1): Where {
  if (depth > MAX_DEPTH) fail(`A filter may be ${MAX_DEPTH} deep at most`, {});
  const parts = Object.entries(filter).map(([name, value]): Where => {
    if (name === "and" || name === "or") {
      return { [name]: listOf(value, name).map((part) => toWhere(definition, objectOf(part, name), depth + 1)) };
    }
    if (name === "not") return { not: toWhere(definition, objectOf(value, name), depth + 1) };
    return fieldCondition(target(definition, name), value);
  });
  return { and: parts };
}

function target(definition: CollectionDefinition, field: string): Target {
  const system = Object.hasOwn(SYSTEM, field) ? SYSTEM[field] : undefined;
  if (system) return { field, ...system };
  const own = Object.hasOwn(definition.fields, field) ? definition.fields[field] : undefined;
  if (!own) return fail(`${definition.name} has no field "${field}"`, { field });
  return { field, column: columnOf(field), type: own.type };
}

function fieldCondition(on: Target, value: unknown): Where {
  if (typeof value !== "object" || value === null) return operation(on, "eq", value);
  return {
    and: Object.entries(objectOf(value, on.field)).map(([operator, operand]) => operation(on, operator, operand)),
  };
}

function operation(on: Target, operator: string, operand: unknown): Where {
  const condition = (value: Condition): Where => ({ [on.column]: value });
  switch (operator) {
    case "empty":
      if (typeof operand !== "boolean") fail(`"empty" of "${on.field}" wants true or false`, { field: on.field });
      return condition(operand ? null : { ne: null });
    case "eq":
      return condition(operand === null ? null : scalar(on, operand));
    case "ne":
      return condition({ ne: operand === null ? null : scalar(on, operand) });
    case "lt":
    case "lte":
    case "gt":
    case "gte":
      return condition({ [operator]: scalar(on, operand) });
    case "in": {
      const list = listOf(operand, on.field);
      const present = condition({ in: list.filter((value) => value !== null).map((value) => scalar(on, value)) });
      return list.includes(null) ? { or: [present, condition(null)] } : present;
    }
    case "contains":
    case "startsWith":
      if (typeof operand !== "string") fail(`"${operator}" of "${on.field}" wants a text`, { field: on.field });
      return condition({ [operator]: operand });
    default:
      return fail(`"${operator}" is no operator (of field "${on.field}")`, { field: on.field, operator });
  }
}

/** A value of the field's type, in the form in which it is stored: databases compare a number with a text each in its own way. */
function scalar({ field, type }: Target, value: unknown): Scalar {
  switch (type) {
    case "integer":
    case "money":
      if (typeof value === "number" && Number.isFinite(value)) return value;
      break;
    case "boolean":
      if (typeof value === "boolean") return value;
      break;
    case "datetime":
      if (typeof value === "string" && !Number.isNaN(Date.parse(value))) return new Date(value).toISOString();
      break;
    case "json":
      break;
    default:
      if (typeof value === "string") return value;
  }
  return fail(`The condition on "${field}" is no value of type ${type}`, { field, type });
}

function listOf(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value) || value.length > MAX_LIST) {
    return fail(`"${name}" wants a list of at most ${MAX_LIST}`, { field: name });
  }
  return value;
}

function objectOf(value: unknown, name: string): Filter {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fail(`"${name}" wants an object`, { field: name });
  }
  return value as Filter;
}

function fail(message: string, details: Record<string, unknown>): never {
  throw new JinshuiError("invalid-request", message, { details });
}
