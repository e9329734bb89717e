import { type ActorRef, JinshuiError, type StoredRecord } from "@jinshui/contracts";
import { isNotUnique, TryAgain } from "../database/errors.js";
import { newId } from "../database/ids.js";
import type { Row } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";
import { indexRecords, isSearched } from "../search/search-index.js";
import { type Attachments, tieAttachments } from "./attachments.js";
import { TREE_PATH, uniqueRule, uniqueRules } from "./columns.js";
import { toRecord, visible } from "./record-view.js";
import { checkReferences, moveBelow, releaseReferences, type Sibling, type Siblings, treePath } from "./references.js";
import type { Collection } from "./registry.js";
import {
  canonical,
  checkKey,
  checkValues,
  checkWritable,
  columns,
  filled,
  normalized,
  same,
  storedValues,
  valuesOf,
  withoutMasked,
  withRules,
} from "./record-values.js";
import { reaches, type Standing } from "./rights.js";
import type { SerialNumbers } from "./serial-numbers.js";
import { staleVersion } from "./stale-version.js";
import { defaults, isEmpty } from "./values.js";

/** Who writes, and what writing needs besides the collection itself. */
export interface Writer {
  actor: ActorRef;
  trace: string;
  numbers: SerialNumbers;
  sibling: Sibling;
  siblings: Siblings;
  files: Attachments;
}

export interface Entry {
  id?: string | undefined;
  values: Record<string, unknown>;
}

/** Makes a record; the id is the kernel's unless the caller gives one. */
export async function insertRecord(
  tx: Transaction,
  standing: Standing,
  writer: Writer,
  entry: Entry,
): Promise<StoredRecord> {
  const [record] = await insertRecords(tx, standing, writer, [entry]);
  if (!record) throw new Error("no record was made");
  return record;
}

/** Makes many records of one collection with as few statements as can be. */
export async function insertRecords(
  tx: Transaction,
  standing: Standing,
  writer: Writer,
  entries: readonly Entry[],
): Promise<StoredRecord[]> {
  const rows = await insertRows(tx, standing, writer, entries);
  return rows.map((row) => toRecord(standing, filled(row)));
}

/** The same for those who ask for no answer. */
export async function insertRows(
  tx: Transaction,
  standing: Standing,
  writer: Writer,
  entries: readonly Entry[],
): Promise<Row[]> {
  const { collection, bureau, call } = standing;
  const { definition, table } = collection;
  const made: { row: Row; written: Record<string, unknown> }[] = [];
  const complete = entries.map(({ values }) => {
    checkWritable(standing, values);
    return { ...defaults(definition.fields), ...owned(standing), ...normalized(collection, values) };
  });
  await checkReferences(tx, collection, bureau, complete, writer.sibling);
  for (const values of complete) checkValues(collection, values, Object.keys(definition.fields));
  const numbers = await writer.numbers.numbers(tx, collection, bureau, complete);
  for (const [index, values] of complete.entries()) {
    const id = entries[index]?.id ?? newId();
    const whole = withRules(collection, {
      ...canonical(collection, values),
      ...numbers[index],
    });
    const written = storedValues(collection, whole);
    const row: Row = {
      id,
      bureau,
      version: 1,
      created_at: tx.time,
      created_by: writer.actor,
      updated_at: tx.time,
      updated_by: writer.actor,
      made_by: writer.actor.id,
      made_in: call.actor?.department ?? null,
      live: true,
      ...columns(written),
    };
    if (definition.tree !== undefined)
      row[TREE_PATH] = await treePath(tx, collection, bureau, id, values[definition.tree]);
    checkReach(standing, row);
    made.push({ row, written: whole });
  }
  const rows = made.map(({ row }) => row);
  await tx
    .insert(table.name, rows)
    .catch((error: unknown) => uniqueError(error, standing, made.length === 1 ? made[0] : undefined));
  await indexRecords(tx, collection.search, rows);
  for (const { row, written } of made) {
    await tieAttachments(tx, writer.files, standing, { id: String(row["id"]), bureau }, {}, written);
    note(tx, collection, writer, "insert", row, undefined, filled(written));
  }
  return rows;
}

/** Changes the given fields of a record; another version than the given one is 409 `stale-version`. */
export async function updateRecord(
  tx: Transaction,
  standing: Standing,
  writer: Writer,
  input: { id: string; version?: number | undefined; values: Record<string, unknown> },
): Promise<StoredRecord> {
  const { collection } = standing;
  const row = await lockedRow(tx, standing, input.id);
  if (input.version !== undefined && row["version"] !== input.version)
    throw await staleVersion(tx, standing, row, input.version, input.values);
  checkWritable(standing, input.values);
  const values = normalized(collection, withoutMasked(standing, row, input.values));
  return change(tx, standing, writer, row, values, "update");
}

/** The one way a record that is there gets other values. */
async function change(
  tx: Transaction,
  standing: Standing,
  writer: Writer,
  row: Row,
  values: Record<string, unknown>,
  action: "update" | "restore",
): Promise<StoredRecord> {
  const { collection } = standing;
  const { definition, table } = collection;
  tx.notBefore(String(row["updated_at"]));
  const bureau = String(row["bureau"]);
  const id = String(row["id"]);
  await checkReferences(tx, collection, bureau, [values], writer.sibling);
  const current = valuesOf(collection, row);
  checkValues(collection, values, Object.keys(values));
  const whole = withRules(collection, { ...current, ...canonical(collection, values) });
  const computed = Object.keys(definition.fields).filter(
    (name) => definition.fields[name]?.computed !== undefined && !same(whole[name], current[name]),
  );
  const names = [...Object.keys(values), ...computed];
  const written = Object.fromEntries(names.map((name) => [name, whole[name] ?? null]));
  const changes: Row = {
    version: Number(row["version"]) + 1,
    updated_at: tx.time,
    updated_by: writer.actor,
    ...(action === "restore" ? { live: true } : {}),
    ...columns(storedValues(collection, written)),
  };
  if (definition.tree !== undefined && (names.includes(definition.tree) || action === "restore")) {
    const path = await treePath(tx, collection, bureau, id, whole[definition.tree]);
    const before = String(row[TREE_PATH] ?? `/${id}/`);
    if (before !== path) await moveBelow(tx, collection, bureau, before, path);
    changes[TREE_PATH] = path;
  }
  checkReach(standing, { ...row, ...changes });
  await tx
    .update(table.name, { id, version: Number(row["version"]) }, changes)
    .catch((error: unknown) => uniqueError(error, standing, { row, written: whole }));
  if (collection.search && isSearched(collection.search, names))
    await indexRecords(tx, collection.search, [{ ...row, ...changes }], true);
  const before = Object.fromEntries(names.map((name) => [name, current[name] ?? null]));
  await tieAttachments(tx, writer.files, standing, { id, bureau }, current, written);
  note(tx, collection, writer, action, { ...row, ...changes }, filled(before), written);
  return toRecord(standing, filled({ ...row, ...changes }));
}

/** Takes a record out of sight; its row and history stay. */
export async function removeRecord(
  tx: Transaction,
  standing: Standing,
  writer: Writer,
  input: { id: string; version?: number | undefined },
): Promise<{ id: string; version: number }> {
  const { collection } = standing;
  const { id, version } = input;
  const row = await lockedRow(tx, standing, id);
  if (version !== undefined && row["version"] !== version) throw await staleVersion(tx, standing, row, version, {});
  await releaseReferences(tx, collection, String(row["bureau"]), id, writer.siblings, async (other, record, field) => {
    const target = await tx.findOneForUpdate(other.table.name, { id: record });
    if (target) await change(tx, unlimited(standing, other), writer, target, { [field]: null }, "update");
  });
  tx.notBefore(String(row["updated_at"]));
  const next = Number(row["version"]) + 1;
  await tx.update(
    collection.table.name,
    { id },
    { version: next, live: null, updated_at: tx.time, updated_by: writer.actor },
  );
  note(tx, collection, writer, "remove", { ...row, version: next }, filled(valuesOf(collection, row)), undefined);
  return { id, version: next };
}

/** Brings a removed record back, if what it refers to is still there and its unique values are still free. */
export async function restoreRecord(
  tx: Transaction,
  standing: Standing,
  writer: Writer,
  { id, version }: { id: string; version?: number | undefined },
): Promise<StoredRecord> {
  const { collection } = standing;
  const row = found(
    await tx.findOneForUpdate(collection.table.name, { and: [standing.reach, { id, live: null }] }),
    collection,
    id,
  );
  if (version !== undefined && row["version"] !== version) throw await staleVersion(tx, standing, row, version, {});
  return change(tx, standing, writer, row, filled(valuesOf(collection, row)), "restore");
}

/** The record with these values of a unique rule is changed, or made. */
export async function upsertRecord(
  tx: Transaction,
  standing: Standing,
  writer: Writer,
  input: { key: Record<string, unknown>; values: Record<string, unknown> },
): Promise<{ record: StoredRecord; created: boolean }> {
  const { collection } = standing;
  const { definition, table } = collection;
  const names = Object.keys(input.key).sort();
  const rule = uniqueRules(definition).find((fields) => [...fields].sort().join() === names.join());
  if (!rule)
    throw new JinshuiError(
      "invalid-request",
      `${collection.id} has no unique rule of ${names.join(", ") || "no field"}`,
      {
        details: { fields: names.map((field) => ({ field })), unique: uniqueRules(definition) },
      },
    );
  checkKey(standing, names);
  const key = normalized(collection, input.key);
  checkValues(collection, key, names);
  const empty = names.filter((name) => isEmpty(key[name]));
  if (empty.length > 0)
    throw new JinshuiError("invalid-request", `The key of an upsert needs values for ${empty.join(", ")}`, {
      details: { fields: empty.map((field) => ({ field, code: "required" })) },
    });
  const where = { bureau: standing.bureau, live: true, ...columns(storedValues(collection, key)) };
  const row = await tx.findOneForUpdate(table.name, where);
  if (!row) {
    const values = { ...input.values, ...key };
    const record = await insertRecord(tx, standing, writer, { values }).catch((error: unknown) => {
      // another has inserted the same key first: start over and find its row
      if (isNotUnique(error) && sameFields(error, names))
        throw new TryAgain(`raced for ${names.join()} of ${collection.id}`);
      throw error;
    });
    return { record, created: true };
  }
  const record = await updateRecord(tx, standing, writer, { id: String(row["id"]), values: input.values });
  return { record, created: false };
}

async function lockedRow(tx: Transaction, { collection, reach }: Standing, id: string): Promise<Row> {
  return found(await tx.findOneForUpdate(collection.table.name, { and: [reach, { id, live: true }] }), collection, id);
}

/** A row, or 404: what lies outside of one's reach does not exist for this caller. */
export function found(row: Row | undefined, { id: collection }: Collection, id: string): Row {
  if (row) return row;
  throw new JinshuiError("not-found", `${collection} has no record ${id}`, { details: { collection, id } });
}

/** For what follows from a write elsewhere: it is no question of the caller's rights any more. */
function unlimited(standing: Standing, collection: Collection): Standing {
  return {
    ...standing,
    collection,
    rows: "bureau",
    fields: { hidden: new Set(), masked: new Map(), clear: new Set(), locked: new Set() },
  };
}

/** New records belong to who makes them, where a field says whose they are and nothing else was given. */
function owned({ collection, call }: Standing): Record<string, unknown> {
  const { person, department } = collection.definition.owner ?? {};
  if (!call.actor) return {};
  return {
    ...(person === undefined ? {} : { [person]: call.actor.id }),
    ...(department === undefined ? {} : { [department]: call.actor.department }),
  };
}

function checkReach(standing: Standing, row: Row): void {
  if (reaches(standing, row)) return;
  const { collection, rows, call } = standing;
  throw new JinshuiError(
    "forbidden",
    `${call.actor?.name ?? ""} may write ${collection.id} only in the reach "${rows}", and this record would lie outside`,
    { details: { collection: collection.id, title: collection.definition.title, rows } },
  );
}

/** Names the fields of a broken unique rule by what people see. */
function uniqueError(
  error: unknown,
  standing: Standing,
  record?: { row: Row; written: Record<string, unknown> },
): never {
  if (!isNotUnique(error)) throw error;
  const { id, definition } = standing.collection;
  const names = uniqueRules(definition).find((rule) => uniqueRule(rule) === error.details?.["rule"]) ?? [];
  const told = Object.fromEntries(names.map((name) => [name, record?.written[name]]));
  const values = visible(standing, String(record?.row["id"]), told);
  const fields = names.map((field) => ({ field, title: definition.fields[field]?.title, value: values[field] }));
  throw new JinshuiError("not-unique", `${id} has a record with the same ${names.join(", ") || "id"}`, {
    details: { fields },
    cause: error,
  });
}

function sameFields(error: JinshuiError, names: readonly string[]): boolean {
  const fields = error.details?.["fields"] as { field: string }[] | undefined;
  return (
    fields
      ?.map(({ field }) => field)
      .sort()
      .join() === names.join()
  );
}

/** The write's audit entry and event. */
export function note(
  tx: Transaction,
  collection: Collection,
  writer: Pick<Writer, "actor" | "trace">,
  action: string,
  row: Row,
  before: unknown,
  after: unknown,
): void {
  const id = String(row["id"]);
  const bureau = String(row["bureau"]);
  tx.audit({
    bureau,
    actor: writer.actor,
    action,
    resource: `${collection.id}/${id}`,
    before,
    after,
    trace: writer.trace,
  });
  tx.event({
    bureau,
    source: collection.plugin,
    name: `${collection.definition.name}-changed`,
    subject: id,
    // each version of a record is one event
    sequence: Number(row["version"]),
    data: { collection: collection.id, id, version: row["version"], action },
  });
}
