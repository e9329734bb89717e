import { type Bus, Postponed, silent } from "@jinshui/bus";
import { startTestBus } from "@jinshui/bus/testing";
import { JinshuiError, type PluginManifest, STREAM } from "@jinshui/contracts";
import { sqliteDatabase } from "@jinshui/storage/testing";
import test from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import { Deliveries, type Receiver } from "./deliveries.js";

const manifest = { contributes: {}, grants: { apis: [], events: { subscribe: ["workflow.ended"] } } };

const receiver = (bus: Bus): Receiver => ({
  deliver: async (delivery) => {
    await bus.request("jinshui.control.v1.asset.deliver.r1", delivery, { timeoutMs: 32_000 });
  },
});

test("an event that a plugin can't handle is noted with its body after five tries, told of once, and belongs to that plugin's consumer", async (t) => {
  const { bus, connect, stop } = await startTestBus("supervisor");
  const { database, close } = await sqliteDatabase();
  const plugin = await connect("asset");
  const deliveries = new Deliveries("asset", bus, database, silent, () => receiver(bus));
  t.teardown(async () => {
    await Promise.all([deliveries.stop(), plugin.drain()]);
    await stop();
    await close();
  });
  await bus.ensureStreams();
  await bus.ensureConsumer(STREAM.events, "asset_workflow_ended", "jinshui.event.*.workflow.ended");
  const event = await database.transaction((tx) =>
    Promise.resolve(tx.event({ bureau: "wuhu", source: "workflow", name: "ended", subject: "i1", data: { a: 1 } })),
  );
  await bus.publishStored("jinshui.event.wuhu.workflow.ended", event, { id: event.id });
  const attempts: number[] = [];
  const before = await bus.consume(STREAM.events, "asset_workflow_ended", (_body, { attempt }) => {
    attempts.push(attempt);
    throw new Postponed(attempt < 4 ? 10 : 500);
  });
  for (let tries = 0; attempts.length < 4 && tries < 100; tries += 1) await sleep(20);
  await before.drain();

  const handed: unknown[] = [];
  await plugin.respond("jinshui.control.v1.asset.deliver.r1", "asset", (input) => {
    handed.push(input);
    throw new JinshuiError("conflict", "no such device");
  });
  deliveries.start([manifest as unknown as PluginManifest]);
  for (let tries = 0; (await database.count("dead_letter")) === 0 && tries < 200; tries += 1) await sleep(50);
  t.like(await database.findOne("dead_letter", { event_id: event.id }), {
    consumer: "asset_workflow_ended",
    dead: true,
    error: "no such device",
    body: { data: { a: 1 }, sequence: 1 },
  });
  t.is(await database.count("outbox", { subject: "jinshui.event.wuhu.storage.message-dead" }), 1);
  await sleep(1_500);
  t.is(handed.length, 1, "it does not come again");
  t.like(handed[0], { kind: "event", name: "workflow.ended", subject: "jinshui.event.wuhu.workflow.ended" });
});

test("what comes while no process is there waits for one; where the plugin is off it is nobody's", async (t) => {
  const { bus, stop } = await startTestBus("supervisor");
  const { database, close } = await sqliteDatabase();
  const handed: string[] = [];
  const there: Receiver = {
    deliver: ({ subject }) => {
      handed.push(subject);
      return Promise.resolve();
    },
  };
  let receivers: Record<string, Receiver | "nobody" | undefined> = { wuhu: undefined, fanchang: "nobody" };
  const deliveries = new Deliveries("asset", bus, database, silent, (bureau) => receivers[bureau]);
  t.teardown(async () => {
    await deliveries.stop();
    await stop();
    await close();
  });
  await bus.ensureStreams();
  await bus.ensureConsumer(STREAM.jobs, "asset", "jinshui.job.*.asset.>");
  await bus.publishStored("jinshui.job.fanchang.asset.issue", { id: "j0" }, { id: "j0" });
  await bus.publishStored("jinshui.job.wuhu.asset.issue", { id: "j1" }, { id: "j1" });
  deliveries.start([{ contributes: { jobs: ["issue"] }, grants: { apis: [] } } as unknown as PluginManifest]);
  await sleep(800);
  t.deepEqual(handed, []);
  receivers = { wuhu: there, fanchang: there };
  for (let tries = 0; handed.length === 0 && tries < 200; tries += 1) await sleep(20);
  await sleep(700);
  t.deepEqual(handed, ["jinshui.job.wuhu.asset.issue"]);
});
