import type { Handlers, ImportReport, StorageApi } from "@jinshui/contracts";
import { storedAnswer } from "../database/once.js";
import { importFile } from "../import/import-file.js";
import { idempotency, type Storage, standingOf, write } from "./caller.js";
import { insertRecords } from "./records.js";

/** The operations that move records in and out of files. */
export function transferOperations(storage: Storage): Pick<Handlers<StorageApi>, "importFile"> {
  const { database, files } = storage;
  return {
    importFile: async (input, context) => {
      const standing = await standingOf(storage, context, input.collection, "write");
      const content = await files.contentFor(standing.call, input.file, context.bureau);
      const { key, hash } = idempotency(context, standing.call, input);
      // a repeated import finds its own rows in the register; it is asked for the answer, not for a new look
      const stored = await storedAnswer<ImportReport>(database, key, hash);
      if (stored) return stored.response;
      const { report, accepted } = await importFile(database, standing, content);
      if (!input.commit || accepted.length === 0) return report;
      const entries = accepted.map((values) => ({ values }));
      await storage.numbers.reserve(standing.collection, context.bureau, entries);
      return write(storage, context, standing.call, input, async (tx, writer) => {
        await insertRecords(tx, standing, writer, entries);
        return { ...report, inserted: accepted.length };
      });
    },
  };
}
