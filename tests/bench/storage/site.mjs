import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectBus } from "@jinshui/bus";
import { startTestServer } from "@jinshui/bus/testing";
import { storageApi } from "@jinshui/contracts";
import { openDatabase } from "@jinshui/storage";
import { tableOf } from "../../../kernel/storage/dist/collections/columns.js";
// not by the index: that belongs to ava
import { startMariaDb } from "../../../kernel/storage/dist/testing/maria-db.js";
import { invoice } from "./collection.mjs";

/** As configs/deploy sets it, so that no acknowledged commit is lost: the peer writes to the same server. */
export const DURABLE = [
  "--innodb-flush-log-at-trx-commit=1",
  "--log-bin=binlog",
  "--binlog-format=ROW",
  "--binlog-row-image=MINIMAL",
  "--sync-binlog=1",
  "--innodb-buffer-pool-size=1G",
  "--innodb-log-file-size=512M",
  "--max-connections=100",
];

/**
 * A bus, a database of each kind that is installed, and a kernel's storage on it in a process of its own.
 * @param {(site: Site) => Promise<void>} work
 *
 * @typedef {object} Site
 * @property {"sqlite" | "mariadb"} kind
 * @property {string} url Of the database.
 * @property {import("@jinshui/storage").Database} database The same database, opened here too.
 * @property {import("@jinshui/bus").Bus} bus As plugin `bench`.
 * @property {import("@jinshui/contracts").Client<import("@jinshui/contracts").StorageApi>} storage
 */
export async function onEachDatabase(kinds, work) {
  for (const kind of kinds) {
    const folder = await mkdtemp(join(tmpdir(), "jinshui-bench-"));
    const maria = kind === "mariadb" ? await startMariaDb(DURABLE) : undefined;
    if (kind === "mariadb" && !maria) {
      console.log("mariadb-server is not installed: left out");
      continue;
    }
    const url = maria ? await maria.url() : `sqlite:${join(folder, "site.sqlite")}`;
    const nats = await startTestServer();
    const server = spawn(
      process.execPath,
      [fileURLToPath(new URL("server.mjs", import.meta.url)), url, nats.url, folder],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    await once(server.stdout, "data");
    const bus = await connectBus({ servers: nats.url, caller: "bench" });
    const database = await openDatabase(url);
    await database.ensureTables([tableOf("bench", invoice)]);
    try {
      await work({ kind, url, database, bus, storage: bus.client(storageApi, "wuhu") });
    } finally {
      await bus.drain();
      server.stdin.end();
      await once(server, "exit");
      await database.close();
      await nats.stop();
      await maria?.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }
}
