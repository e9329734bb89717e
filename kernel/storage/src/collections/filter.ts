import { type Field, type Filter, JinshuiError } from "@jinshui/contracts";
import type { Condition, Where } from "../database/table.js";
import type { Reader } from "../database/database.js";
import { columnOf, TREE_PATH } from "./columns.js";
import { below } from "./references.js";
import type { Standing } from "./rights.js";
import { stored, valueProblem } from "./values.js";

type Scalar = string | number | boolean;

/** What a condition may look at: a field of the collection or what every record has. */
interface Target {
  field: string;
  column: string;
  type: Field["type"];
  definition?: Field;
  /** Only whether it is exactly this value can be asked, one value at a time: anything more would tell what is masked. */
  masked?: boolean;
}

const SYSTEM: Record<string, Omit<Target, "field" | "definition">> = {
  id: { column: "id", type: "string" },
  createdAt: { column: "created_at", type: "datetime" },
  updatedAt: { column: "updated_at", type: "datetime" },
  version: { column: "version", type: "integer" },
};
const MAX_DEPTH = 5;
const MAX_LIST = 200;

/** The order of a list, as columns with `-` in front for descending. The id comes last, so that no two rows are equal. */
export function orderColumns(standing: Standing, sort: string[]): string[] {
  const columns = sort.map((name) => {
    const { field, column, type, masked } = target(standing, name.replace(/^-/, ""));
    if (type === "text" || type === "json" || type === "attachments" || masked)
      fail(`Nothing can be sorted by "${field}"`, { field });
    return name.startsWith("-") ? `-${column}` : column;
  });
  return [...columns, "id"];
}

/** Names the first of the fields that the collection does not have. */
export function checkFields(standing: Standing, fields: string[]): void {
  for (const field of fields) target(standing, field);
}

/** Paths of the records that a filter names with `under`, by id; a record that is not there has nothing below it. */
export type Paths = ReadonlyMap<string, string>;

/** Looks up what {@link toWhere} needs to know of a tree. */
export async function pathsIn(reader: Reader, { collection, reach }: Standing, filter: Filter): Promise<Paths> {
  if (collection.definition.tree === undefined) return new Map();
  const ids = new Set<string>();
  const walk = (value: unknown, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > 2 * MAX_DEPTH + 2) return;
    for (const [key, part] of Object.entries(value))
      if (key === "under" && typeof part === "string" && ids.size < MAX_LIST) ids.add(part);
      else walk(part, depth + 1);
  };
  walk(filter, 0);
  if (ids.size === 0) return new Map();
  const rows = await reader.find(collection.table.name, {
    where: { and: [reach, { id: { in: [...ids] } }] },
    columns: ["id", TREE_PATH],
  });
  return new Map(rows.map((row) => [String(row["id"]), String(row[TREE_PATH] ?? `/${String(row["id"])}/`)]));
}

/** The masked fields that a filter compares with a value, each as often as it does. */
export function comparedMasked({ fields: { masked } }: Standing, filter: Filter): string[] {
  const found: string[] = [];
  const walk = (value: unknown, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > 2 * MAX_DEPTH + 2) return;
    for (const [key, part] of Object.entries(value))
      if (!masked.has(key)) walk(part, depth + 1);
      else if (typeof part !== "object") found.push(key);
      else if (typeof (part as { eq?: unknown } | null)?.eq === "string") found.push(key);
  };
  if (masked.size > 0) walk(filter, 0);
  return found;
}

/** Compiles a filter of the API; an unknown field or operator, or a value that is none of the field's, is named. */
export function toWhere(standing: Standing, filter: Filter, paths: Paths = new Map(), depth = 1): Where {
  if (depth > MAX_DEPTH) fail(`A filter may be ${MAX_DEPTH} deep at most`, {});
  if (depth === 1 && comparedMasked(standing, filter).length > 1)
    fail("A question may compare one masked field with one value", { fields: comparedMasked(standing, filter) });
  const parts = Object.entries(filter).map(([name, value]): Where => {
    if (name === "and" || name === "or") {
      return { [name]: listOf(value, name).map((part) => toWhere(standing, objectOf(part, name), paths, depth + 1)) };
    }
    if (name === "not") return { not: toWhere(standing, objectOf(value, name), paths, depth + 1) };
    return fieldCondition(standing, target(standing, name), value, paths);
  });
  return { and: parts };
}

/** @throws JinshuiError `invalid-request` for a field that is not there, `forbidden` for one the caller may not see. */
export function target({ collection, fields }: Standing, field: string): Target {
  const { definition } = collection;
  const system = Object.hasOwn(SYSTEM, field) ? SYSTEM[field] : undefined;
  if (system) return { field, ...system };
  const own = Object.hasOwn(definition.fields, field) ? definition.fields[field] : undefined;
  if (!own) return fail(`${definition.name} has no field "${field}"`, { field });
  if (fields.hidden.has(field))
    throw new JinshuiError("forbidden", `"${field}" of ${collection.id} can't be seen by this caller`, {
      details: { field, title: own.title },
    });
  const base = { field, column: columnOf(field), type: own.type, definition: own };
  return fields.masked.has(field) ? { ...base, masked: true } : base;
}

function fieldCondition({ collection }: Standing, on: Target, value: unknown, paths: Paths): Where {
  if (typeof value !== "object" || value === null) return operation(on, "eq", value);
  return {
    and: Object.entries(objectOf(value, on.field)).map(([operator, operand]) =>
      operator === "under" ? under(collection.definition.tree, on, operand, paths) : operation(on, operator, operand),
    ),
  };
}

function under(tree: string | undefined, { field }: Target, operand: unknown, paths: Paths): Where {
  if (tree === undefined || (field !== tree && field !== "id"))
    fail(`"under" is for the parent field and the id of a tree, not for "${field}"`, { field, operator: "under" });
  if (typeof operand !== "string") fail(`"under" of "${field}" wants an id`, { field });
  const path = paths.get(String(operand));
  if (path === undefined) return { id: { in: [] } };
  return { [TREE_PATH]: below(path), ...(field === tree ? { id: { ne: String(operand) } } : {}) };
}

function operation(on: Target, operator: string, operand: unknown): Where {
  const condition = (value: Condition): Where => ({ [on.column]: value });
  if (on.masked && !["eq", "empty"].includes(operator))
    fail(`"${on.field}" is masked: it can only be compared with one whole value`, { field: on.field, operator });
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
function scalar({ field, type, definition }: Target, value: unknown): Scalar {
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
    case "decimal":
      if (
        definition &&
        valueProblem({ type, title: definition.title, scale: definition.scale ?? 0 }, value) === undefined
      )
        return stored(definition, value) as number;
      break;
    case "json":
    case "attachments":
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
