import type { Database } from "../database/database.js";
import { FileStore, type FileStoreOptions } from "../files/file-store.js";

const nothing = (): void => undefined;

/** A file store that says nothing, with the usual limits unless others are given. */
export function testFiles(database: Database, folder: string, options: Partial<FileStoreOptions> = {}): FileStore {
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  return new FileStore(database, folder, { origin: () => "http://127.0.0.1:1", log, ...options });
}
