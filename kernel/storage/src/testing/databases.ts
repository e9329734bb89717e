import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "../database/database.js";

export interface TestDatabase {
  url: string;
  database: Database;
  close(): Promise<void>;
}

/** A fresh SQLite file. */
export async function sqliteDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-db-"));
  const url = `sqlite:${join(folder, "site.sqlite")}`;
  const database = await openDatabase(url);
  return {
    url,
    database,
    async close() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
