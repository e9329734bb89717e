import type { Handlers, StorageApi, StoredRecord, WriteOperation } from "@jinshui/contracts";
import type { Transaction } from "../database/transaction.js";
import { type Storage, standingOf, write } from "./caller.js";
import { insertRecord, removeRecord, restoreRecord, updateRecord, upsertRecord, type Writer } from "./records.js";
import { type Standing, standing } from "./rights.js";

type Writes = "insert" | "update" | "upsert" | "remove" | "restore" | "transact";

/** The operations that change records, each in one transaction. */
export function writeOperations(storage: Storage): Pick<Handlers<StorageApi>, Writes> {
  const { numbers } = storage;
  return {
    insert: async (input, context) => {
      const at = await standingOf(storage, context, input.collection, "write");
      await numbers.reserve(at.collection, context.bureau, [input]);
      return write(storage, context, at.call, input, (tx, writer) => insertRecord(tx, at, writer, input));
    },

    update: async (input, context) => {
      const at = await standingOf(storage, context, input.collection, "write");
      return write(storage, context, at.call, input, (tx, writer) => updateRecord(tx, at, writer, input));
    },

    upsert: async (input, context) => {
      const at = await standingOf(storage, context, input.collection, "write");
      return write(storage, context, at.call, input, (tx, writer) => upsertRecord(tx, at, writer, input));
    },

    remove: async (input, context) => {
      const at = await standingOf(storage, context, input.collection, "write");
      return write(storage, context, at.call, input, (tx, writer) => removeRecord(tx, at, writer, input));
    },

    restore: async (input, context) => {
      const at = await standingOf(storage, context, input.collection, "write");
      return write(storage, context, at.call, input, (tx, writer) => restoreRecord(tx, at, writer, input));
    },

    transact: async (input, context) => {
      const call = await storage.access.resolve(context);
      const ids = new Set(input.operations.map(({ collection }) => collection));
      const standings = new Map(
        [...ids].map((id) => [id, standing(storage.access, storage.collections.get(id), call, context, "write")]),
      );
      return write(storage, context, call, input, async (tx, writer) => {
        const results: (StoredRecord | { id: string; version: number })[] = [];
        for (const operation of input.operations) {
          const at = standings.get(operation.collection);
          if (at) results.push(await carryOut(tx, at, writer, operation));
        }
        return { results };
      });
    },
  };
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
