import { JinshuiError } from "@jinshui/contracts";
import type { Transaction } from "../database/transaction.js";
import { columnOf, TREE_PATH, MAX_TREE_DEPTH } from "./columns.js";
import type { Collection } from "./registry.js";
import { isEmpty } from "./values.js";

/** How references find other collections of a plugin. */
export type Sibling = (collection: Collection, name: string) => Collection;
/** All collections of a plugin. */
export type Siblings = (collection: Collection) => Collection[];

/** Records that one statement gives another place in their tree. */
const MOVED_AT_ONCE = 1_000;

interface Problem {
  field: string;
  title: unknown;
  code: "reference";
}

/** Checks that what the given fields of records refer to is there, in the same bureau and not removed. */
export async function checkReferences(
  tx: Transaction,
  collection: Collection,
  bureau: string,
  entries: readonly Record<string, unknown>[],
  sibling: Sibling,
): Promise<void> {
  const problems: Problem[] = [];
  for (const [field, { type, title, collection: target = "" }] of Object.entries(collection.definition.fields)) {
    if (type !== "reference" && type !== "attachments") continue;
    const given = entries.flatMap((values) => values[field]).filter((value) => !isEmpty(value)) as string[];
    const ids = [...new Set(given)];
    for (let start = 0; start < ids.length; start += 500) {
      const some = ids.slice(start, start + 500);
      // those inserted in the same transaction are seen too; a target that was there stays until this has its reference
      const there =
        type === "attachments"
          ? await tx.count("file", { id: { in: some }, bureau })
          : (
              await tx.findForShare(sibling(collection, target).table.name, {
                where: { id: { in: some }, bureau, live: true },
                columns: ["id"],
                orderBy: ["id"],
              })
            ).length;
      if (there < some.length) problems.push({ field, title, code: "reference" });
    }
  }
  if (problems.length === 0) return;
  throw new JinshuiError(
    "invalid-request",
    `${collection.id}: ${problems.map(({ field }) => field).join(", ")} refer to what is not there`,
    { details: { fields: problems } },
  );
}

/**
 * Before a record is removed: refuses it while others need it, and clears references that may be cleared.
 * @throws JinshuiError `still-used` naming the first collection that refers to it.
 */
export async function releaseReferences(
  tx: Transaction,
  collection: Collection,
  bureau: string,
  id: string,
  siblings: Siblings,
  clear: (collection: Collection, id: string, field: string) => Promise<void>,
): Promise<void> {
  for (const other of siblings(collection)) {
    for (const [field, definition] of Object.entries(other.definition.fields)) {
      if (definition.type !== "reference" || definition.collection !== collection.definition.name) continue;
      const where = { bureau, live: true, [columnOf(field)]: id };
      if (definition.onRemove === "clear") {
        const rows = await tx.find(other.table.name, { where, columns: ["id"], limit: 1_001 });
        if (rows.length > 1_000) throw stillUsed(collection, other, id, rows.length, true);
        for (const row of rows) await clear(other, String(row["id"]), field);
      } else {
        const count = await tx.count(other.table.name, where);
        if (count > 0) throw stillUsed(collection, other, id, count, false);
      }
    }
  }
}

function stillUsed(
  collection: Collection,
  other: Collection,
  id: string,
  count: number,
  tooMany: boolean,
): JinshuiError {
  return new JinshuiError(
    "still-used",
    `${collection.id}/${id} can't be removed: ${count} records of ${other.id} refer to it${tooMany ? ", too many to change at once" : ""}`,
    { details: { collection: collection.id, id, by: other.id, title: other.definition.title, count } },
  );
}

/** The path of a record in its tree; refuses circles, a parent that isn't there, and trees that grow too deep. */
export async function treePath(
  tx: Transaction,
  { id: collection, definition, table }: Collection,
  bureau: string,
  id: string,
  parent: unknown,
): Promise<string> {
  if (isEmpty(parent)) return `/${id}/`;
  const [row] = await tx.findForShare(table.name, { where: { id: String(parent), bureau, live: true } });
  const path = row === undefined ? undefined : String(row[TREE_PATH] ?? `/${String(parent)}/`);
  const field = definition.tree ?? "";
  const fail = (message: string): JinshuiError =>
    new JinshuiError("invalid-request", `${collection}: ${message}`, {
      details: { fields: [{ field, title: definition.fields[field]?.title, code: "reference" }] },
    });
  if (path === undefined) throw fail(`the parent ${String(parent)} is not there`);
  if (path.includes(`/${id}/`)) throw fail(`${id} can't be below itself`);
  if (path.split("/").length - 1 > MAX_TREE_DEPTH) throw fail(`a tree may be ${MAX_TREE_DEPTH} deep`);
  return `${path}${id}/`;
}

/** Paths that begin with this one, itself included: ids have no character before "/", "0" is the one behind it. */
export function below(path: string): { gte: string; lt: string } {
  return { gte: path, lt: `${path.slice(0, -1)}0` };
}

/**
 * Moves what is below a record along with it, part by part until nothing is left there. The locks are what it rests on: who
 * adds a record holds its parent, so it is waited for and found, or comes later and reads the new path.
 */
export async function moveBelow(
  tx: Transaction,
  { table }: Collection,
  bureau: string,
  from: string,
  to: string,
): Promise<void> {
  for (;;) {
    const rows = await tx.findForUpdate(table.name, {
      where: { bureau, [TREE_PATH]: { gt: from, lt: below(from).lt } },
      columns: ["id", TREE_PATH],
      orderBy: [TREE_PATH],
      limit: MOVED_AT_ONCE,
    });
    if (rows.length === 0) return;
    const moved = rows.map((row) => ({ id: row["id"], [TREE_PATH]: to + String(row[TREE_PATH]).slice(from.length) }));
    if (moved.some((row) => String(row[TREE_PATH]).split("/").length - 2 > MAX_TREE_DEPTH))
      throw new JinshuiError("invalid-request", `A tree may be ${MAX_TREE_DEPTH} deep`, {
        details: { limit: MAX_TREE_DEPTH },
      });
    await tx.updateEach(table.name, moved);
  }
}
