import { type Field, JinshuiError } from "@jinshui/contracts";
import type { Row } from "../database/table.js";
import { columnOf } from "./columns.js";
import type { Collection } from "./registry.js";
import { masked, type Standing } from "./rights.js";
import { isEmpty, shown, stored, valueProblem } from "./values.js";

/** Refuses fields that are not there, or that this caller can't change. */
export function checkWritable({ collection, fields }: Standing, values: Record<string, unknown>): void {
  for (const name of Object.keys(values)) {
    const field = fieldOf(collection, name);
    if (!field)
      throw new JinshuiError("invalid-request", `${collection.id} has no field "${name}"`, {
        details: { field: name },
      });
    if (!fields.locked.has(name)) continue;
    throw new JinshuiError("forbidden", `"${name}" of ${collection.id} can't be changed by this caller`, {
      details: { field: name, title: field.title },
    });
  }
}

/**
 * Refuses to find records by fields that this caller does not see in full or can't write: whether one was changed would tell
 * what stands in them.
 */
export function checkKey(standing: Standing, names: readonly string[]): void {
  const { collection, fields } = standing;
  checkWritable(standing, Object.fromEntries(names.map((name) => [name, null])));
  const masked = names.find((name) => fields.masked.has(name));
  if (masked === undefined) return;
  throw new JinshuiError("forbidden", `"${masked}" of ${collection.id} is masked: no record can be written by it`, {
    details: { field: masked, title: collection.definition.fields[masked]?.title },
  });
}

/** A masked value that comes back as it was shown was not changed. */
export function withoutMasked(
  { collection, fields }: Standing,
  row: Row,
  values: Record<string, unknown>,
): Record<string, unknown> {
  if (fields.masked.size === 0) return values;
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => {
      const mask = fields.masked.get(name);
      return !mask || value !== masked(row[columnOf(name)], mask) || !fieldOf(collection, name);
    }),
  );
}

/** What was typed, as its formats keep it. */
export function normalized({ formats }: Collection, values: Record<string, unknown>): Record<string, unknown> {
  if (formats.size === 0) return values;
  return mapped(values, (name, value) => {
    const format = formats.get(name);
    return format && typeof value === "string" ? format.normalized(value) : value;
  });
}

/** The same names with other values; a loop, since every record goes through here several times. */
function mapped(
  values: Record<string, unknown>,
  of: (name: string, value: unknown) => unknown,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(values)) result[name] = of(name, values[name]);
  return result;
}

/** Checks the named fields, all of them before it says what is wrong. */
export function checkValues(collection: Collection, values: Record<string, unknown>, names: string[]): void {
  const problems = names.flatMap((name) => {
    const field = fieldOf(collection, name);
    if (!field || field.computed !== undefined || field.serial) return [];
    const problem = valueProblem(field, values[name], collection.formats.get(name));
    return problem ? [{ field: name, title: field.title, ...problem }] : [];
  });
  if (problems.length > 0) {
    throw new JinshuiError(
      "invalid-request",
      `${collection.id}: ${problems.map(({ field, code }) => `${field} ${code}`).join(", ")}`,
      { details: { fields: problems } },
    );
  }
}

/** Values with those that follow from them. */
export function withRules(
  { id, definition, rules }: Collection,
  values: Record<string, unknown>,
): Record<string, unknown> {
  if (!rules.any) return values;
  const whole = { ...values, ...rules.computed(values) };
  const broken = rules.broken(whole);
  if (broken.length === 0) return whole;
  const fields = broken.flatMap(({ message, fields: at }) =>
    (at.length > 0 ? at : [""]).map((field) => ({
      field,
      title: definition.fields[field]?.title,
      code: "check",
      params: { message: message["zh-CN"] },
    })),
  );
  throw new JinshuiError("invalid-request", `${id}: ${broken.map(({ message }) => message["zh-CN"]).join("; ")}`, {
    details: { fields },
  });
}

/** Not every name that an object answers to is a field: `constructor` is none. */
function fieldOf({ definition }: Collection, name: string): Field | undefined {
  return Object.hasOwn(definition.fields, name) ? definition.fields[name] : undefined;
}

/** All values of a row, as the API writes them; what is empty is left out. */
export function valuesOf({ definition }: Collection, row: Row): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(definition.fields)) {
    const value = shown(field, row[columnOf(name)]);
    if (value !== undefined && value !== null) values[name] = value;
  }
  return values;
}

/** Values that were checked, in the one form in which they are kept and shown. */
export function canonical(collection: Collection, values: Record<string, unknown>): Record<string, unknown> {
  return mapped(values, (name, value) => {
    const field = fieldOf(collection, name);
    return field ? shown(field, stored(field, value)) : null;
  });
}

/** Values in the form in which they are stored. */
export function storedValues(collection: Collection, values: Record<string, unknown>): Record<string, unknown> {
  return mapped(values, (name, value) => {
    const field = fieldOf(collection, name);
    return field ? stored(field, value) : null;
  });
}

/** A row of the given fields. */
export function columns(values: Record<string, unknown>): Row {
  const row: Row = {};
  for (const name of Object.keys(values)) row[columnOf(name)] = values[name];
  return row;
}

/** Whether two values are the same for a reader. */
export const same = (left: unknown, right: unknown): boolean =>
  JSON.stringify(left ?? null) === JSON.stringify(right ?? null);

/** Without what is empty. */
export function filled(values: Record<string, unknown>): Record<string, unknown> {
  const rest: Record<string, unknown> = {};
  for (const name of Object.keys(values)) if (!isEmpty(values[name])) rest[name] = values[name];
  return rest;
}
