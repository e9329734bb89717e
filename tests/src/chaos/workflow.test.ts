import { startMariaDb } from "@jinshui/storage/testing";
import test, { type ExecutionContext } from "ava";
import { rm } from "node:fs/promises";
import { faultsOf } from "./checker.js";
import { drill, type DrillOptions } from "./drill.js";

/** `JINSHUI_CHAOS_SECONDS` goes on for longer, `JINSHUI_CHAOS_SEED` has a run again: `npm run chaos:workflow`. By default each fault comes once. */
const SECONDS = Number(process.env["JINSHUI_CHAOS_SECONDS"] ?? 0);
const SEED = Number(process.env["JINSHUI_CHAOS_SEED"] ?? Date.now() % 1_000_000);

async function run(t: ExecutionContext, options: Pick<DrillOptions, "maria">): Promise<void> {
  t.timeout(SECONDS * 2_000 + 600_000);
  const drilled = await drill({ ...options, seed: SEED, ms: SECONDS * 1_000, log: (line) => t.log(line) });
  const faults = faultsOf(drilled);
  t.deepEqual(
    faults.slice(0, 20).map((fault) => fault.slice(0, 400)),
    [],
    `${faults.length} faults; JINSHUI_CHAOS_SEED=${SEED}; ${drilled.path}`,
  );
  // that clients were there and jobs were done: an idle run would have no faults either
  const { operations, snapshot } = drilled;
  t.true(operations.filter(({ outcome }) => outcome === "ok").length > 100, `${operations.length} operations`);
  t.true(snapshot.effects.length > 5 && snapshot.instances.length > 10, "matters were begun, and jobs done");
  await rm(drilled.path, { force: true });
}

test.serial(
  "kernel, plugin and bus killed, commands again: no matter is lost, halved, doubled or stuck [sqlite]",
  (t) => run(t, {}),
);

test.serial(
  "kernel, plugin, bus and database killed, a kernel paused beside another, commands again: no matter is lost, halved, doubled or stuck [mariadb]",
  async (t) => {
    const maria = await startMariaDb();
    if (!maria) {
      t.log("skipped: mariadb-server is not installed");
      t.pass();
      return;
    }
    t.teardown(() => maria.stop());
    await run(t, { maria });
  },
);
