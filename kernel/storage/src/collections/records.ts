import {
  type ActorRef,
  type CollectionDefinition,
  type Field,
  JinshuiError,
  type StoredRecord,
} from "@jinshui/contracts";
import type { Reader } from "../database/database.js";
import { isNotUnique } from "../database/errors.js";
import { newId } from "../database/ids.js";
import type { Row } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";
import { type Collection, columnOf, uniqueRule } from "./registry.js";
import { staleVersion } from "./stale-version.js";
import { defaults, isEmpty, stored, valueProblem } from "./values.js";

/** Who writes: `byPlugin` when the owning plugin does so for itself or in a process, which may set fields people can't. */
export interface Writer {
  actor: ActorRef;
  bureau: string;
  byPlugin: boolean;
  trace: string;
}

/** A database row as the API shows it. */
export function toRecord(definition: CollectionDefinition, row: Row, fields?: string[]): StoredRecord {
  const names = fields ?? Object.keys(definition.fields);
  const values = Object.fromEntries(
    names.map((name): [string, unknown] => [name, row[columnOf(name)]]).filter(([, value]) => value !== undefined),
  );
  return {
    id: String(row["id"]),
    version: Number(row["version"]),
    createdAt: String(row["created_at"]),
    createdBy: row["created_by"] as ActorRef,
    updatedAt: String(row["updated_at"]),
    updatedBy: row["updated_by"] as ActorRef,
    values,
  };
}

/** A live record of the bureau, or 404: another bureau's record does not exist for this one. */
export async function requireRow(reader: Reader, collection: Collection, bureau: string, id: string): Promise<Row> {
  return found(await reader.findOne(collection.table.name, { id, bureau, live: true }), collection, id);
}

async function lockedRow(tx: Transaction, collection: Collection, bureau: string, id: string): Promise<Row> {
  return found(await tx.findOneForUpdate(collection.table.name, { id, bureau, live: true }), collection, id);
}

function found(row: Row | undefined, collection: Collection, id: string): Row {
  if (row) return row;
  throw new JinshuiError("not-found", `${collection.id} has no record ${id}`, {
    details: { collection: collection.id, id },
  });
}

/** Makes a record; the id is the kernel's unless the caller gives one. */
export async function insertRecord(
  tx: Transaction,
  collection: Collection,
  writer: Writer,
  values: Record<string, unknown>,
  id = newId(),
): Promise<StoredRecord> {
  const [record] = await insertRecords(tx, collection, writer, [{ id, values }]);
  if (!record) throw new Error("no record was made");
  return record;
}

/** Makes many records at once. */
export async function insertRecords(
  tx: Transaction,
  collection: Collection,
  writer: Writer,
  entries: { id: string; values: Record<string, unknown> }[],
): Promise<StoredRecord[]> {
  const { definition, table } = collection;
  const made = entries.map(({ id, values }) => {
    checkWritable(collection, writer, values);
    const complete = { ...defaults(definition.fields), ...values };
    checkValues(collection, complete, Object.keys(definition.fields));
    const written = storedValues(definition, complete);
    const row: Row = {
      id,
      bureau: writer.bureau,
      version: 1,
      created_at: tx.time,
      created_by: writer.actor,
      updated_at: tx.time,
      updated_by: writer.actor,
      live: true,
      ...columns(written),
    };
    return { row, written };
  });
  const rows = made.map(({ row }) => row);
  await tx.insert(table.name, rows).catch((error: unknown) => uniqueError(error, collection, made[0]?.written ?? {}));
  for (const { row, written } of made) note(tx, collection, writer, "insert", row, undefined, written);
  return rows.map((row) => toRecord(definition, withoutNulls(row)));
}

/** Changes the given fields of a record; another version than the given one is 409 `stale-version`. */
export async function updateRecord(
  tx: Transaction,
  collection: Collection,
  writer: Writer,
  id: string,
  version: number | undefined,
  values: Record<string, unknown>,
): Promise<StoredRecord> {
  const { definition, table } = collection;
  checkWritable(collection, writer, values);
  checkValues(collection, values, Object.keys(values));
  const row = await lockedRow(tx, collection, writer.bureau, id);
  if (version !== undefined && row["version"] !== version) {
    throw await staleVersion(tx, collection, row, version, values);
  }
  const written = storedValues(definition, values);
  const changes: Row = {
    version: Number(row["version"]) + 1,
    updated_at: tx.time,
    updated_by: writer.actor,
    ...columns(written),
  };
  const current = toRecord(definition, row).values;
  await tx
    .update(table.name, { id, version: Number(row["version"]) }, changes)
    .catch((error: unknown) => uniqueError(error, collection, { ...current, ...written }));
  const before = toRecord(definition, row, Object.keys(values)).values;
  note(tx, collection, writer, "update", { ...row, ...changes }, before, written);
  return toRecord(definition, withoutNulls({ ...row, ...changes }));
}

/** Takes a record out of sight; its row and history stay. */
export async function removeRecord(
  tx: Transaction,
  collection: Collection,
  writer: Writer,
  id: string,
  version: number | undefined,
): Promise<{ id: string; version: number }> {
  const row = await lockedRow(tx, collection, writer.bureau, id);
  if (version !== undefined && row["version"] !== version) throw await staleVersion(tx, collection, row, version, {});
  const next = Number(row["version"]) + 1;
  await tx.update(
    collection.table.name,
    { id },
    { version: next, live: null, updated_at: tx.time, updated_by: writer.actor },
  );
  note(
    tx,
    collection,
    writer,
    "remove",
    { ...row, version: next },
    toRecord(collection.definition, row).values,
    undefined,
  );
  return { id, version: next };
}

function checkWritable(collection: Collection, writer: Writer, values: Record<string, unknown>): void {
  for (const name of Object.keys(values)) {
    const field = fieldOf(collection.definition, name);
    if (!field)
      throw new JinshuiError("invalid-request", `${collection.id} has no field "${name}"`, {
        details: { field: name },
      });
    if (field.writableBy === "plugin" && !writer.byPlugin) {
      throw new JinshuiError("forbidden", `"${name}" of ${collection.id} is changed by its processes only`, {
        details: { field: name, title: field.title },
      });
    }
  }
}

function checkValues(collection: Collection, values: Record<string, unknown>, names: string[]): void {
  const problems = names.flatMap((name) => {
    const field = collection.definition.fields[name];
    const problem = field && valueProblem(field, values[name]);
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

/** Not every name that an object answers to is a field: `constructor` is none. */
function fieldOf(definition: CollectionDefinition, name: string): Field | undefined {
  return Object.hasOwn(definition.fields, name) ? definition.fields[name] : undefined;
}

function storedValues(definition: CollectionDefinition, values: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(values).map(([name, value]): [string, unknown] => {
    const field = fieldOf(definition, name);
    return [name, field ? stored(field, value) : null];
  });
  return Object.fromEntries(entries);
}

function columns(values: Record<string, unknown>): Row {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [columnOf(name), value]));
}

function withoutNulls(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => !isEmpty(value)));
}

/** Names the fields of a broken unique rule by what people see. */
function uniqueError(error: unknown, { id, definition }: Collection, values: Record<string, unknown>): never {
  if (!isNotUnique(error)) throw error;
  const names = definition.unique?.find((rule) => uniqueRule(rule) === error.details?.["rule"]) ?? [];
  const fields = names.map((field) => ({ field, title: definition.fields[field]?.title, value: values[field] }));
  throw new JinshuiError("not-unique", `${id} has a record with the same ${names.join(", ") || "id"}`, {
    details: { fields },
    cause: error,
  });
}

/** The write's audit entry and event. */
function note(
  tx: Transaction,
  collection: Collection,
  writer: Writer,
  action: string,
  row: Row,
  before: unknown,
  after: unknown,
): void {
  const id = String(row["id"]);
  tx.audit({
    bureau: writer.bureau,
    actor: writer.actor,
    action,
    resource: `${collection.id}/${id}`,
    before,
    after,
    trace: writer.trace,
  });
  tx.event({
    bureau: writer.bureau,
    source: collection.plugin,
    name: `${collection.definition.name}-changed`,
    subject: id,
    data: { collection: collection.id, id, version: row["version"], action },
  });
}
