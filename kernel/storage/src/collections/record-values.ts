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
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const format = formats.get(name);
      return [name, format && typeof value === "string" ? format.normalized(value) : value];
    }),
  );
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
  const entries = Object.entries(definition.fields).map(([name, field]) => [name, shown(field, row[columnOf(name)])]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null)) as Record<
    string,
    unknown
  >;
}

/** Values that were checked, in the one form in which they are kept and shown. */
export function canonical(collection: Collection, values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const field = fieldOf(collection, name);
      return [name, field ? shown(field, stored(field, value)) : null];
    }),
  );
}

/** Values in the form in which they are stored. */
export function storedValues(collection: Collection, values: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(values).map(([name, value]): [string, unknown] => {
    const field = fieldOf(collection, name);
    return [name, field ? stored(field, value) : null];
  });
  return Object.fromEntries(entries);
}

/** A row of the given fields. */
export function columns(values: Record<string, unknown>): Row {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [columnOf(name), value]));
}

/** Whether two values are the same for a reader. */
export const same = (left: unknown, right: unknown): boolean =>
  JSON.stringify(left ?? null) === JSON.stringify(right ?? null);

/** Without what is empty. */
export function filled(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)));
}
