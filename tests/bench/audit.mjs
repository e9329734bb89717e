import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, startAuditLinker } from "@jinshui/storage";

/**
 * `node tests/bench/audit.mjs [mysql://…]`: transactions per second of 16 writers in one bureau, each with a row and an event:
 * without an audit entry, with one chained under the head's lock in the same transaction, and with one that the linker
 * chains afterwards. Takes turns, since the machine is seldom alone. SQLite when no database is named.
 */
const WRITERS = 16;
const TRANSACTIONS = 2_000;
const ROUNDS = 3;

const ITEM = {
  name: "bench_item",
  primaryKey: ["id"],
  columns: { id: { type: "id" }, name: { type: "string" } },
};
// the design that was replaced: one row per bureau, locked from here to the commit
const HEAD = {
  name: "bench_head",
  primaryKey: ["bureau"],
  columns: { bureau: { type: "id" }, seq: { type: "integer" }, hash: { type: "string", length: 64 } },
};

let made = 0;

function entry(id) {
  const after = { name: "台式机", code: id, price: 499_900, state: "idle", keeper: { id: "u1", name: "陈晓" } };
  const actor = { id: "u1", name: "陈晓" };
  return { bureau: "wuhu", actor, action: "insert", resource: `asset.device/${id}`, after, trace: "a".repeat(32) };
}

const WAYS = {
  none: () => Promise.resolve(),
  "head row": async (tx, id) => {
    const head = await tx.findOneForUpdate("bench_head", { bureau: "wuhu" });
    tx.audit({ ...entry(id), bureau: "bench" });
    await tx.update("bench_head", { bureau: "wuhu" }, { seq: Number(head.seq) + 1, hash: "0".repeat(64) });
  },
  linked: (tx, id) => Promise.resolve(tx.audit(entry(id))),
};

async function rate(database, way) {
  let left = TRANSACTIONS;
  const started = performance.now();
  const writer = async () => {
    while (left-- > 0) {
      const id = `b${Date.now()}-${made++}`;
      await database.transaction(async (tx) => {
        await tx.insert("bench_item", { id, name: "台式机" });
        tx.event({ bureau: "wuhu", source: "bench", name: "made", subject: id, data: { id, version: 1 } });
        await way(tx, id);
      });
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return Math.round((TRANSACTIONS * 1_000) / (performance.now() - started));
}

async function main([url]) {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-bench-"));
  const database = await openDatabase(url ?? `sqlite:${join(folder, "site.sqlite")}`);
  const linker = startAuditLinker({ database, log: console });
  try {
    await database.ensureTables([ITEM, HEAD]);
    await database.transaction((tx) => tx.insert("bench_head", { bureau: "wuhu", seq: 0, hash: "" }));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, way] of Object.entries(WAYS))
        console.log(`${name.padEnd(10)} ${await rate(database, way)} tx/s (load ${loadavg()[0].toFixed(1)})`);
    }
  } finally {
    await linker.stop();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
