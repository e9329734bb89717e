import { type ActorRef, type CollectionDefinition, JinshuiError, type StoredRecord } from "@jinshui/contracts";
import type { Reader } from "../database/database.js";
import { newId } from "../database/ids.js";
import type { Row } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";
import { type Collection, columnOf } from "./registry.js";
import { staleVersion } from "./stale-version.js";
import { isEmpty, stored, valueProblem } from "./values.js";

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
  const row = await reader.findOne(collection.table.name, { id, bureau, live: true });
  if (!row)
    throw new JinshuiError("not-found", `${collection.id} has no record ${id}`, {
      details: { collection: collection.id, id },
    });
  return row;
}

export async function insertRecord(
  tx: Transaction,
  collection: Collection,
  writer: Writer,
  values: Record<string, unknown>,
  id = newId(),
): Promise<StoredRecord> {
  const defaults = Object.fromEntries(
    Object.entries(collection.definition.fields)
      .filter(([, field]) => field.default !== undefined)
      .map(([name, field]) => [name, field.default]),
  );
  checkWritable(collection, writer, values);
  const complete = { ...defaults, ...values };
  checkValues(collection, complete, Object.keys(collection.definition.fields));
  const row: Row = {
    id,
    bureau: writer.bureau,
    version: 1,
    created_at: tx.time,
    created_by: writer.actor,
    updated_at: tx.time,
    updated_by: writer.actor,
    live: true,
    ...columns(collection, complete),
  };
  await tx.insert(collection.table.name, row).catch((error: unknown) => uniqueError(error, collection, complete));
  note(tx, collection, writer, "insert", row, undefined, complete);
  return toRecord(collection.definition, withoutNulls(row));
}

export async function updateRecord(
  tx: Transaction,
  collection: Collection,
  writer: Writer,
  id: string,
  version: number | undefined,
  values: Record<string, unknown>,
): Promise<StoredRecord> {
  checkWritable(collection, writer, values);
  checkValues(collection, values, Object.keys(values));
  await requireRow(tx, collection, writer.bureau, id);
  const row = await tx.findOneForUpdate(collection.table.name, { id, bureau: writer.bureau, live: true });
  if (!row) throw new JinshuiError("not-found", `${collection.id} has no record ${id}`);
  if (version !== undefined && row["version"] !== version)
    throw await staleVersion(tx, collection, row, version, values);
  const changes: Row = {
    version: Number(row["version"]) + 1,
    updated_at: tx.time,
    updated_by: writer.actor,
    ...columns(collection, values),
  };
  await tx
    .update(collection.table.name, { id, version: Number(row["version"]) }, changes)
    .catch((error: unknown) => uniqueError(error, collection, values));
  const before = toRecord(collection.definition, row, Object.keys(values)).values;
  note(tx, collection, writer, "update", { ...row, ...changes }, before, values);
  return toRecord(collection.definition, withoutNulls({ ...row, ...changes }));
}

export async function removeRecord(
  tx: Transaction,
  collection: Collection,
  writer: Writer,
  id: string,
  version: number | undefined,
): Promise<{ id: string; version: number }> {
  const row = await tx.findOneForUpdate(collection.table.name, { id, bureau: writer.bureau, live: true });
  if (!row)
    throw new JinshuiError("not-found", `${collection.id} has no record ${id}`, {
      details: { collection: collection.id, id },
    });
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
    const field = collection.definition.fields[name];
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

function columns(collection: Collection, values: Record<string, unknown>): Row {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const field = collection.definition.fields[name];
      return [columnOf(name), field ? stored(field, value) : null];
    }),
  );
}

function withoutNulls(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => !isEmpty(value)));
}

/** Names the fields of a broken unique rule by what people see. */
function uniqueError(error: unknown, collection: Collection, values: Record<string, unknown>): never {
  if ((error as Error).name !== "SequelizeUniqueConstraintError") throw error;
  const text =
    JSON.stringify(error, ["fields", "parent", "message", "sqlMessage"]) +
    String((error as Error & { parent?: Error }).parent?.message);
  const rule = (collection.definition.unique ?? []).find((names) =>
    names.every((name) => text.includes(columnOf(name)) || text.includes(`u_${names.join("_").toLowerCase()}`)),
  );
  const fields = (rule ?? []).map((name) => ({
    field: name,
    title: collection.definition.fields[name]?.title,
    value: values[name],
  }));
  throw new JinshuiError("not-unique", `${collection.id} has a record with the same ${rule?.join(", ") ?? "key"}`, {
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
