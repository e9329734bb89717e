import type { Handlers, StorageApi } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import type { Where } from "../database/table.js";
import { DEFAULT_LIMIT } from "../page.js";
import { rankedCursor, rankedPage, sortedPage } from "../search/ranked.js";
import { checkFits } from "./answer-size.js";
import { aggregate } from "./aggregate.js";
import { noteCompared, noteDisclosed, type Storage, standingOf, towards } from "./caller.js";
import { recordChanges } from "./changes.js";
import { conditions, searchConditions } from "./conditions.js";
import { checkFields, orderColumns } from "./filter.js";
import { recordHistory, rowAsOf } from "./history.js";
import { toRecord } from "./record-view.js";
import { found } from "./records.js";
import { relate } from "./relations.js";
import { fieldRights, rowScope } from "./rights.js";

/** How far a list is counted when nobody asks for more. */
const COUNTED = 10_000;

const SOME_FIELDS = "ask for some of its `fields`";

type Reads = "describe" | "get" | "find" | "count" | "aggregate" | "history" | "changes";

function counter(database: Database, table: string, where: Where, total: string | undefined): () => Promise<number> {
  return () => (total === "exact" ? database.count(table, where) : database.countTo(COUNTED + 1, table, where));
}

/** The operations that change nothing. */
export function readOperations(storage: Storage): Pick<Handlers<StorageApi>, Reads> {
  const { database, collections } = storage;
  return {
    describe: async (input, context) => {
      const call = await storage.access.resolve(context);
      const visible = collections
        .of(input.plugin, context.bureau)
        .filter((collection) => rowScope(call, collection, "read"));
      return {
        collections: visible.map((collection) => {
          const { hidden, masked, locked } = fieldRights(collection, call);
          return {
            id: collection.id,
            writable: rowScope(call, collection, "write") !== undefined,
            exportable: rowScope(call, collection, "export") !== undefined,
            rows: rowScope(call, collection, "read") ?? "own",
            definition: collection.definition,
            fields: { hidden: [...hidden], masked: [...masked.keys()], locked: [...locked] },
            examples: Object.fromEntries(
              [...collection.formats].map(([name, format]) => [name, format.definition.example]),
            ),
          };
        }),
      };
    },

    get: async ({ collection: id, id: record, at, fields, relations }, context) => {
      const standing = await standingOf(storage, context, id, "read", "all");
      checkFields(standing, fields ?? []);
      if (at !== undefined) {
        const then = toRecord(standing, await rowAsOf(database, standing, record, at), fields);
        checkFits(then, id, SOME_FIELDS);
        await noteDisclosed(storage, context, standing);
        return then;
      }
      const where = { and: [standing.reach, { id: record, live: true }] };
      const row = found(await database.findOne(standing.collection.table.name, where), standing.collection, record);
      const answer = toRecord(standing, row, fields);
      await relate(database, standing, [answer], relations ?? [], towards(storage, standing));
      checkFits(answer, id, SOME_FIELDS);
      await noteDisclosed(storage, context, standing);
      return answer;
    },

    find: async (input, context) => {
      const right = input.removed ? "write" : "read";
      const standing = await standingOf(storage, context, input.collection, right, input.rows);
      const { definition, table } = standing.collection;
      const orderBy = orderColumns(standing, input.sort ?? definition.display.sort ?? []);
      const ranked = (input.search ?? "").trim() !== "" && input.sort === undefined;
      const cursor = ranked && input.cursor !== undefined ? rankedCursor(input.cursor) : undefined;
      const { base, plan } = await searchConditions(database, standing, input, cursor?.way);
      await noteCompared(storage, context, standing, input.filter);
      const where = plan ? { and: [base, plan.where] } : base;
      checkFields(standing, input.fields ?? []);
      const limit = input.limit ?? DEFAULT_LIMIT;
      const { rows, nextCursor } = await (ranked && plan
        ? rankedPage(database, table.name, base, plan, { orderBy, limit, cursor })
        : sortedPage(database, table, where, { orderBy, limit, cursor: input.cursor }));
      // what fits a page is counted already
      const isWhole = nextCursor === undefined && input.cursor === undefined;
      const count = isWhole ? () => rows.length : counter(database, table.name, where, input.total);
      const total = input.total === "none" ? undefined : await count();
      const records = rows.map((row) => toRecord(standing, row, input.fields));
      await relate(database, standing, records, input.relations ?? [], towards(storage, standing));
      await noteDisclosed(storage, context, standing);
      const more = input.total !== "exact" && total !== undefined && total > COUNTED;
      return {
        records,
        ...(nextCursor === undefined ? {} : { nextCursor }),
        ...(total === undefined ? {} : { total: more ? COUNTED : total }),
        ...(more ? { totalIsMore: true } : {}),
      };
    },

    count: async (input, context) => {
      const standing = await standingOf(storage, context, input.collection, "read", input.rows);
      const where = await conditions(database, standing, input);
      await noteCompared(storage, context, standing, input.filter);
      return { total: await database.count(standing.collection.table.name, where) };
    },

    aggregate: async (input, context) => {
      const standing = await standingOf(storage, context, input.collection, "read", input.rows);
      const where = await conditions(database, standing, input);
      await noteCompared(storage, context, standing, input.filter);
      return aggregate(database, standing, where, input);
    },

    history: async (input, context) => {
      const standing = await standingOf(storage, context, input.collection, "read", "all");
      const answer = await recordHistory(database, standing, input);
      await noteDisclosed(storage, context, standing);
      return answer;
    },

    changes: async (input, context) => {
      const standing = await standingOf(storage, context, input.collection, "read");
      const answer = await recordChanges(database, standing, input);
      await noteDisclosed(storage, context, standing);
      return answer;
    },
  };
}
