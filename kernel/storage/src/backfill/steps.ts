import { isJinshuiError } from "@jinshui/contracts";
import { createHash } from "node:crypto";
import { columnOf, MAX_TREE_DEPTH, TREE_PATH } from "../collections/columns.js";
import { columns, same, storedValues, valuesOf } from "../collections/record-values.js";
import { note } from "../collections/records.js";
import type { Collection } from "../collections/registry.js";
import type { Row } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";
import { indexRecords, isSearched } from "../search/search-index.js";
import type { BackfillStep } from "./step.js";

/** Whose a record is, for those made before that was written down; the department of that time is not known any more. */
const makers: BackfillStep = {
  name: "made-by",
  version: () => "1",
  where: { made_by: null },
  run: async (tx, { table }, rows) => {
    for (const row of rows) {
      const { id } = row["created_by"] as { id: string };
      await tx.update(table.name, { id: String(row["id"]) }, { made_by: id });
    }
  },
};

/** Places in the tree, for records that are older than the collection's being one. */
const paths: BackfillStep = {
  name: "tree-path",
  version: ({ definition }) => definition.tree,
  where: {},
  run: async (tx, collection, rows) => {
    for (const row of rows) {
      const path = await pathOf(tx, collection, row);
      if (path !== row[TREE_PATH])
        await tx.update(collection.table.name, { id: String(row["id"]) }, { [TREE_PATH]: path });
    }
  },
};

async function pathOf(tx: Transaction, { definition, table }: Collection, row: Row): Promise<string> {
  const parent = columnOf(definition.tree ?? "");
  const ids = [String(row["id"])];
  let above = row[parent];
  while (typeof above === "string" && ids.length < MAX_TREE_DEPTH && !ids.includes(above)) {
    ids.unshift(above);
    above = (await tx.findOne(table.name, { id: above, bureau: String(row["bureau"]) }))?.[parent];
  }
  return `/${ids.join("/")}/`;
}

/** Values that follow from others by an expression that was changed. */
const computed: BackfillStep = {
  name: "computed",
  version: ({ definition: { fields } }) => {
    const rules = Object.entries(fields).filter(([, field]) => field.computed !== undefined);
    const text = JSON.stringify(rules.map(([name, { computed: rule, type, scale }]) => [name, rule, type, scale]));
    return rules.length === 0 ? undefined : createHash("sha256").update(text).digest("hex");
  },
  where: { live: true },
  run: async (tx, collection, rows) => {
    for (const row of rows) {
      // a record that its own rules can't calculate keeps what it has until somebody corrects it
      await compute(tx, collection, row).catch((error: unknown) => {
        if (!isJinshuiError(error) || error.status >= 500) throw error;
      });
    }
  },
};

async function compute(tx: Transaction, collection: Collection, row: Row): Promise<void> {
  const current = valuesOf(collection, row);
  const now = collection.rules.computed(current);
  const names = Object.keys(now).filter((name) => !same(now[name], current[name]));
  if (names.length === 0) return;
  const written = Object.fromEntries(names.map((name) => [name, now[name] ?? null]));
  const before = Object.fromEntries(names.map((name) => [name, current[name] ?? null]));
  const actor = { id: `plugin:${collection.plugin}`, name: collection.plugin };
  const changes: Row = {
    version: Number(row["version"]) + 1,
    updated_at: tx.time,
    updated_by: actor,
    ...columns(storedValues(collection, written)),
  };
  await tx.update(collection.table.name, { id: String(row["id"]) }, changes);
  const changed = { ...row, ...changes };
  if (collection.search && isSearched(collection.search, names))
    await indexRecords(tx, collection.search, [changed], true);
  note(tx, collection, { actor, trace: "backfill" }, "update", changed, before, written);
}

/** What search finds, for records that are older than its present definition. */
const search: BackfillStep = {
  name: "search",
  version: (collection) => collection.search?.version,
  where: {},
  run: (tx, collection, rows) => indexRecords(tx, collection.search, rows, true),
  done: (collection) => {
    if (collection.search) collection.search.ready = true;
  },
};

/** All steps, in the order in which they are done. */
export const STEPS: readonly BackfillStep[] = [makers, paths, computed, search];
