import {
  type CollectionDefinition,
  type Context,
  type ActorRef,
  type Handlers,
  type ImportReport,
  JinshuiError,
  type StorageApi,
  type StoredRecord,
} from "@jinshui/contracts";
import { createHash } from "node:crypto";
import type { Access, ResolvedCall } from "../access.js";
import { canonicalJson } from "../audit-hash.js";
import type { Database } from "../database/database.js";
import type { Where } from "../database/table.js";
import { newId } from "../database/ids.js";
import { storedAnswer, type Transaction } from "../database/transaction.js";
import type { FileStore } from "../files/file-store.js";
import { importFile } from "../import/import-file.js";
import { afterCursor, cursorAfter, DEFAULT_LIMIT } from "../page.js";
import { checkFields, orderColumns, toWhere } from "./filter.js";
import { recordHistory } from "./history.js";
import {
  insertRecord,
  insertRecords,
  removeRecord,
  requireRow,
  toRecord,
  updateRecord,
  type Writer,
} from "./records.js";
import { type Collection, CollectionRegistry, collectionsOf, columnOf } from "./registry.js";

/** A caller's standing towards one collection. */
interface Standing {
  collection: Collection;
  call: ResolvedCall;
}

/** The storage API: rights of every call are caller ∩ actor ∩ bureau, checked here and nowhere else. */
export class StorageService {
  readonly collections = new CollectionRegistry();

  constructor(
    readonly database: Database,
    readonly access: Access,
    readonly files: FileStore,
  ) {}

  /** Makes a plugin's collections known and their tables exist. */
  async ensureCollections(plugin: string, definitions: CollectionDefinition[]): Promise<void> {
    const collections = collectionsOf(plugin, definitions);
    this.collections.check(collections);
    await this.database.ensureTables(collections.map(({ table }) => table));
    this.collections.set(plugin, collections);
  }

  readonly handlers: Handlers<StorageApi> = {
    describe: async (input, context) => {
      const call = await this.access.resolve(context);
      const visible = this.collections.of(input.plugin).filter((collection) => this.#allows(call, collection, "read"));
      return {
        collections: visible.map((collection) => ({
          id: collection.id,
          writable: this.#allows(call, collection, "write"),
          definition: collection.definition,
        })),
      };
    },

    get: async ({ collection: id, id: record }, context) => {
      const { collection } = await this.#standing(context, id, "read");
      return toRecord(collection.definition, await requireRow(this.database, collection, context.bureau, record));
    },

    find: async (input, context) => {
      const { collection } = await this.#standing(context, input.collection, "read");
      const { definition, table } = collection;
      const orderBy = orderColumns(definition, input.sort ?? definition.display.sort ?? []);
      const where = this.#where(collection, context.bureau, input);
      checkFields(definition, input.fields ?? []);
      const limit = input.limit ?? DEFAULT_LIMIT;
      const [rows, total] = await Promise.all([
        this.database.find(table.name, {
          where: input.cursor === undefined ? where : { and: [where, afterCursor(input.cursor, orderBy)] },
          orderBy,
          limit: limit + 1,
        }),
        this.database.count(table.name, where),
      ]);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        records: page.map((row) => toRecord(definition, row, input.fields)),
        ...(rows.length > limit && last ? { nextCursor: cursorAfter(last, orderBy) } : {}),
        total,
      };
    },

    count: async (input, context) => {
      const { collection } = await this.#standing(context, input.collection, "read");
      return {
        total: await this.database.count(collection.table.name, this.#where(collection, context.bureau, input)),
      };
    },

    insert: async (input, context) => {
      const standing = await this.#standing(context, input.collection, "write");
      return this.#write(context, standing.call, input, (tx, writer) =>
        insertRecord(tx, standing.collection, writer, input.values, input.id),
      );
    },

    update: async (input, context) => {
      const standing = await this.#standing(context, input.collection, "write");
      return this.#write(context, standing.call, input, (tx, writer) =>
        updateRecord(tx, standing.collection, writer, input.id, input.version, input.values),
      );
    },

    remove: async (input, context) => {
      const standing = await this.#standing(context, input.collection, "write");
      return this.#write(context, standing.call, input, (tx, writer) =>
        removeRecord(tx, standing.collection, writer, input.id, input.version),
      );
    },

    transact: async (input, context) => {
      const call = await this.access.resolve(context);
      for (const operation of input.operations)
        this.#require(call, this.collections.get(operation.collection), "write");
      return this.#write(context, call, input, async (tx, writer) => {
        const results: (StoredRecord | { id: string; version: number })[] = [];
        for (const operation of input.operations) {
          const collection = this.collections.get(operation.collection);
          if (operation.op === "insert")
            results.push(await insertRecord(tx, collection, writer, operation.values, operation.id));
          else if (operation.op === "update")
            results.push(await updateRecord(tx, collection, writer, operation.id, operation.version, operation.values));
          else results.push(await removeRecord(tx, collection, writer, operation.id, operation.version));
        }
        return { results };
      });
    },

    history: async (input, context) => {
      const { collection } = await this.#standing(context, input.collection, "read");
      return recordHistory(this.database, collection, context.bureau, input);
    },

    importFile: async (input, context) => {
      const { collection, call } = await this.#standing(context, input.collection, "write");
      const content = await this.files.read(input.file, context.bureau);
      const { key, hash } = this.#idempotency(context, call, input);
      // a repeated import finds its own rows in the register; it is asked for the answer, not for a new look
      const stored = await storedAnswer<ImportReport>(this.database, key, hash);
      if (stored) return stored.response;
      const { report, accepted } = await importFile(this.database, collection, context.bureau, content);
      if (!input.commit || accepted.length === 0) return report;
      const entries = accepted.map((values) => ({ id: newId(), values }));
      return this.#write(context, call, input, async (tx, writer) => {
        await insertRecords(tx, collection, writer, entries);
        return { ...report, inserted: accepted.length };
      });
    },

    claimFile: async ({ file }, context) => {
      await this.access.resolve(context);
      return this.files.claim(file, context.bureau);
    },
  };

  #where(collection: Collection, bureau: string, input: { filter?: Record<string, unknown>; search?: string }): Where {
    const { definition } = collection;
    const parts: Where[] = [{ bureau, live: true }];
    if (input.filter) parts.push(toWhere(definition, input.filter));
    if (input.search !== undefined && input.search.trim() !== "") {
      const fields = definition.display.search ?? [definition.display.title];
      for (const word of input.search.trim().split(/\s+/))
        parts.push({ or: fields.map((field) => ({ [columnOf(field)]: { contains: word } })) });
    }
    return { and: parts };
  }

  async #standing(context: Context, id: string, right: "read" | "write"): Promise<Standing> {
    const call = await this.access.resolve(context);
    const collection = this.collections.get(id);
    this.#require(call, collection, right);
    return { collection, call };
  }

  #require(call: ResolvedCall, collection: Collection, right: "read" | "write"): void {
    if (!this.#allows(call, collection, right)) {
      const who = call.actor?.name ?? call.plugin ?? "nobody";
      throw new JinshuiError(
        "forbidden",
        `${who} may not ${right} ${collection.id}; it takes one of ${collection.definition.permissions[right].join(", ")}`,
        {
          details: {
            collection: collection.id,
            title: collection.definition.title,
            permissions: collection.definition.permissions[right],
          },
        },
      );
    }
  }

  /** A plugin reaches only its own collections; a person needs one of the collection's permissions; a plugin alone acts for itself. */
  #allows(call: ResolvedCall, collection: Collection, right: "read" | "write"): boolean {
    if (call.plugin !== undefined && call.plugin !== collection.plugin) return false;
    if (!call.actor) return call.plugin === collection.plugin;
    return collection.definition.permissions[right].some((permission) => call.actor?.permissions.has(permission));
  }

  async #write<T>(
    context: Context,
    call: ResolvedCall,
    input: unknown,
    work: (tx: Transaction, writer: Writer) => Promise<T>,
  ): Promise<T> {
    const { key, hash } = this.#idempotency(context, call, input);
    const writer = {
      actor: actorOf(context, call),
      bureau: context.bureau,
      byPlugin: call.plugin !== undefined,
      trace: context.traceId,
    };
    return this.database.transaction((tx) => tx.once(key, hash, () => work(tx, writer)));
  }

  /** Keys are a caller's own: another person, plugin or bureau may use the same one. */
  #idempotency(
    context: Context,
    call: ResolvedCall,
    input: unknown,
  ): { key: { caller: string; key: string | undefined }; hash: string } {
    return {
      key: { caller: `${context.bureau}/${context.caller}/${actorOf(context, call).id}`, key: context.idempotencyKey },
      hash: createHash("sha256")
        .update(canonicalJson({ op: context.op, input }))
        .digest("hex"),
    };
  }
}

function actorOf(context: Context, { actor, plugin = context.caller }: ResolvedCall): ActorRef {
  return actor ? { id: actor.id, name: actor.name } : { id: `plugin:${plugin}`, name: plugin };
}
