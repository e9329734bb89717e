import { openDatabase } from "@jinshui/storage";
import { startMariaDb } from "@jinshui/storage/testing";
import test, { type ExecutionContext } from "ava";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { checkStorage, settled } from "./storage-checks.js";
import { openService } from "./storage-fixture.js";
import { StorageSite } from "./storage-site.js";

/** `JINSHUI_CHAOS_ROUNDS` repeats everything with other moments: `npm run chaos:storage`. The default form has no rounds. */
const ROUNDS = Number(process.env["JINSHUI_CHAOS_ROUNDS"] ?? 0);
const CLIENTS = 6;

/** Places in the way of a write, and how often at most each is passed before the process dies there. */
const WRITE_POINTS = [
  "received",
  "idem-inserted",
  "state-read",
  "state-written",
  "outbox-written",
  "audit-written",
  "before-commit",
  "after-commit",
  "replied",
];
const DELIVERY_POINTS = [
  "relay-read",
  "published",
  "pub-acked",
  "fsynced",
  "marked",
  "inbox-inserted",
  "effect-done",
  "consumer-committed",
  "acked",
];

/** Where the database dies while a transaction is open, is being committed or has just been. */
const DATABASE_POINTS = [
  "state-read",
  "state-written",
  "outbox-written",
  "audit-written",
  "before-commit",
  "after-commit",
];

interface Attack {
  site: StorageSite;
  seed: () => number;
}

/** A generator of its own, so that a run can be had again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The service dies once at each place, at a moment that the seed decides. */
async function killAtEachPoint(t: ExecutionContext, { site, seed }: Attack): Promise<void> {
  for (const point of [...WRITE_POINTS, ...DELIVERY_POINTS]) {
    const nth = 1 + Math.floor(seed() * (WRITE_POINTS.includes(point) ? 25 : 6));
    await site.startWorker(`${point}:kill:${nth}`);
    const end = await site.died(ROUNDS > 0 ? 60_000 : 15_000);
    t.is(end, "SIGKILL", `it dies at ${point}:${nth}; ${end === "exit" ? site.output : ""}`);
    if (end === "SIGKILL") site.fired.push(point);
    await site.killWorker();
  }
}

async function run(t: ExecutionContext, url: string, others: (attack: Attack) => Promise<void>): Promise<void> {
  const seedNumber = Number(process.env["JINSHUI_CHAOS_SEED"] ?? Date.now() % 1_000_000);
  const attack = { site: await StorageSite.start(url), seed: seeded(seedNumber) };
  const { site } = attack;
  t.teardown(() => site.stop());
  const began = performance.now();
  await site.startWorker();
  await site.startClients(CLIENTS);
  await site.killWorker();
  for (let round = 0; round < Math.max(1, ROUNDS); round += 1) {
    await killAtEachPoint(t, attack);
    await site.startWorker();
    await others(attack);
    if (round + 1 < ROUNDS) await site.killWorker();
  }
  await site.stopClients();
  const database = await openDatabase(url);
  t.teardown(() => database.close());
  await openService(database);
  await settled(database);
  await sleep(300); // for doubles to show
  const { records, events } = await checkStorage(t, database, site.acknowledged);
  t.log(
    `seed ${seedNumber}: ${site.acknowledged.length} writes acknowledged, ${site.unknown} attempts without answer, ${records} records, ${events} events, ${site.fired.length} deaths of the service, ${((performance.now() - began) / 1_000).toFixed(1)} s`,
  );
}

async function killNats({ site, seed }: Attack): Promise<void> {
  for (let times = 0; times < 3; times += 1) {
    await sleep(300 + seed() * 400);
    await site.nats.kill();
    // the second time it has also lost everything it kept
    if (times === 1) await site.nats.wipe();
    await site.nats.restart();
  }
  await sleep(500);
}

test("the service killed at each place, the bus killed and wiped: nothing is lost, halved or doubled [sqlite]", async (t) => {
  t.timeout(240_000 * Math.max(1, ROUNDS));
  const folder = await mkdtemp(join(tmpdir(), "jinshui-chaos-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await run(t, `sqlite:${join(folder, "site.sqlite")}`, killNats);
});

test("the service killed at each place, database and bus killed: nothing is lost, halved or doubled [mariadb]", async (t) => {
  t.timeout(240_000 * Math.max(1, ROUNDS));
  const maria = await startMariaDb();
  if (!maria) {
    t.log("skipped: mariadb-server is not installed");
    t.pass();
    return;
  }
  t.teardown(() => maria.stop());
  await run(t, await maria.url(), async (attack) => {
    // the service stands still at a place in the way of a write, and the database dies under it
    for (const point of DATABASE_POINTS) {
      await attack.site.killWorker();
      await attack.site.startWorker(`${point}:pause:1500`);
      await sleep(300 + attack.seed() * 600);
      await maria.kill();
      await maria.restart();
    }
    await attack.site.killWorker();
    await attack.site.startWorker();
    for (let times = 0; times < 3; times += 1) {
      await sleep(300 + attack.seed() * 400);
      await maria.kill();
      await maria.restart();
    }
    await killNats(attack);
  });
});
