import type {
  CollectionDefinition,
  Context,
  Field,
  Handlers,
  StorageApi,
  StoredRecord,
  WriteOperation,
} from "@jinshui/contracts";
import type { TransactionOptions } from "../database/database.js";
import type { Transaction } from "../database/transaction.js";
import { checkFits, fits } from "./answer-size.js";
import { type Storage, standingOf, write } from "./caller.js";
import {
  insertRecord,
  insertRecords,
  removeRecord,
  restoreRecord,
  updateRecord,
  upsertRecord,
  type Writer,
} from "./records.js";
import { type Disclosed, type Standing, standing } from "./rights.js";

const SHORTEN = "shorten its texts or put them into a file";

type Writes = "insert" | "update" | "upsert" | "remove" | "restore" | "transact";

/** The operations that change records, each in one transaction. */
export function writeOperations(storage: Storage): Pick<Handlers<StorageApi>, Writes> {
  const { numbers } = storage;

  /** A write of one record; an answer that would be too large to be told is refused before anything is committed. */
  const one = <T>(
    context: Context,
    { collection, call, disclosed }: Standing,
    input: unknown,
    work: (tx: Transaction, writer: Writer) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> => {
    const answered = async (tx: Transaction, writer: Writer): Promise<T> => {
      const answer = await work(tx, writer);
      checkFits(answer, collection.id, SHORTEN);
      return answer;
    };
    return write(storage, context, call, input, answered, { ...options, disclosed });
  };

  return {
    insert: async (input, context) => {
      const at = await standingOf(storage, context, input.collection, "write");
      await numbers.reserve(at.collection, context.bureau, [input]);
      const grouped = onlyAdds(at.collection.definition);
      return one(context, at, input, (tx, writer) => insertRecord(tx, at, writer, input), { grouped });
    },

    update: async (input, context) => {
      const at = await standingOf(storage, context, input.collection, "write");
      return one(context, at, input, (tx, writer) => updateRecord(tx, at, writer, input));
    },

    upsert: async (input, context) => {
      const at = await standingOf(storage, context, input.collection, "write");
      return one(context, at, input, (tx, writer) => upsertRecord(tx, at, writer, input));
    },

    remove: async (input, context) => {
      const at = await standingOf(storage, context, input.collection, "write");
      return one(context, at, input, (tx, writer) => removeRecord(tx, at, writer, input));
    },

    restore: async (input, context) => {
      const at = await standingOf(storage, context, input.collection, "write");
      return one(context, at, input, (tx, writer) => restoreRecord(tx, at, writer, input));
    },

    transact: async (input, context) => {
      const call = await storage.access.resolve(context);
      const ids = new Set(input.operations.map(({ collection }) => collection));
      const disclosed: Disclosed = new Map();
      const standings = new Map(
        [...ids].map((id) => [
          id,
          standing(
            storage.access,
            storage.collections.get(id, context.bureau),
            call,
            context,
            "write",
            undefined,
            disclosed,
          ),
        ]),
      );
      return write(
        storage,
        context,
        call,
        input,
        async (tx, writer) => {
          await lockChanged(tx, input.operations, standings);
          const results: (StoredRecord | { id: string; version: number })[] = [];
          for (const [first, ...others] of together(input.operations, standings)) {
            const at = first && standings.get(first.collection);
            if (!at) continue;
            if (others.length > 0)
              results.push(...(await insertRecords(tx, at, writer, [first, ...others] as Insert[])));
            else results.push(await carryOut(tx, at, writer, first));
          }
          return { results: fits({ results }) ? results : results.map((result) => brief(result)) };
        },
        { disclosed },
      );
    },
  };
}

/** What a transaction says of a record when all of them are too much for one answer. */
function brief(result: StoredRecord | { id: string; version: number }): { id: string; version: number } {
  checkFits(result, "a transaction", SHORTEN);
  return { id: result.id, version: result.version };
}

/** Whether a new record needs no other row changed: no number counted, no file tied, no branch moved. */
function onlyAdds({ fields, tree }: CollectionDefinition): boolean {
  const needsMore = ({ type, serial }: Field): boolean =>
    type === "attachments" || (serial !== undefined && serial.gaps !== "allowed");
  return tree === undefined && !Object.values(fields).some(needsMore);
}

/**
 * Locks what will be changed before anything else: a row that was first only referred to could not be changed while another
 * transaction refers to it too, and rows locked in one order never wait for each other in a circle.
 */
async function lockChanged(
  tx: Transaction,
  operations: readonly WriteOperation[],
  standings: ReadonlyMap<string, Standing>,
): Promise<void> {
  if (operations.length === 1) return;
  for (const [name, { collection, reach }] of [...standings].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const ids = operations.flatMap((operation) =>
      operation.collection === name && operation.op !== "insert" && "id" in operation ? [operation.id] : [],
    );
    if (ids.length > 0)
      await tx.findForUpdate(collection.table.name, {
        where: { and: [reach, { id: { in: ids } }] },
        columns: ["id"],
        orderBy: ["id"],
      });
  }
}

type Insert = WriteOperation & { op: "insert" };

/** Inserts into one collection that follow each other are one statement, unless its records may refer to each other. */
function together(operations: readonly WriteOperation[], standings: ReadonlyMap<string, Standing>): WriteOperation[][] {
  const groups: WriteOperation[][] = [];
  for (const operation of operations) {
    const last = groups.at(-1)?.[0];
    const definition = standings.get(operation.collection)?.collection.definition;
    const joins = operation.op === "insert" && last?.op === "insert" && last.collection === operation.collection;
    const alone = Object.values(definition?.fields ?? {}).some(({ collection }) => collection === definition?.name);
    if (joins && !alone) groups.at(-1)?.push(operation);
    else groups.push([operation]);
  }
  return groups;
}

async function carryOut(
  tx: Transaction,
  at: Standing,
  writer: Writer,
  operation: WriteOperation,
): Promise<StoredRecord | { id: string; version: number }> {
  switch (operation.op) {
    case "insert":
      return insertRecord(tx, at, writer, operation);
    case "update":
      return updateRecord(tx, at, writer, operation);
    case "upsert":
      return (await upsertRecord(tx, at, writer, operation)).record;
    case "remove":
      return removeRecord(tx, at, writer, operation);
    case "restore":
      return restoreRecord(tx, at, writer, operation);
  }
}
