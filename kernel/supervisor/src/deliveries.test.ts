import { Postponed, silent } from "@jinshui/bus";
import { startTestBus } from "@jinshui/bus/testing";
import { JinshuiError, type PluginManifest, STREAM } from "@jinshui/contracts";
import { sqliteDatabase } from "@jinshui/storage/testing";
import test from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import { Deliveries } from "./deliveries.js";

const manifest = { contributes: {}, grants: { apis: [], events: { subscribe: ["workflow.ended"] } } };

test("an event that a plugin can't handle is noted with its body after five tries, told of once, and belongs to that plugin's consumer", async (t) => {
  const { bus, connect, stop } = await startTestBus("supervisor");
  const { database, close } = await sqliteDatabase();
  const plugin = await connect("asset");
  const deliveries = new Deliveries("asset", bus, database, silent);
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
  await plugin.respond("jinshui.control.v1.asset.deliver", "asset", (input) => {
    handed.push(input);
    throw new JinshuiError("conflict", "no such device");
  });
  deliveries.start(manifest as unknown as PluginManifest);
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

test("what a process had in hand when it died comes again at once, not when its time is up", async (t) => {
  const { bus, connect, stop } = await startTestBus("supervisor");
  const { database, close } = await sqliteDatabase();
  const plugin = await connect("asset");
  const deliveries = new Deliveries("asset", bus, database, silent);
  t.teardown(async () => {
    await Promise.all([deliveries.stop(), plugin.drain()]);
    await stop();
    await close();
  });
  await bus.ensureStreams();
  await bus.ensureConsumer(STREAM.jobs, "asset", "jinshui.job.*.asset.>");
  await bus.publishStored("jinshui.job.wuhu.asset.issue", { id: "j1" }, { id: "j1" });
  let handed = 0;
  let end: (answer: object) => void = () => undefined;
  const dead = new Promise((resolve) => (end = resolve));
  await plugin.respond("jinshui.control.v1.asset.deliver", "asset", () => {
    handed += 1;
    return handed === 1 ? dead : Promise.resolve({});
  });
  deliveries.start({ contributes: { jobs: ["issue"] }, grants: { apis: [] } } as unknown as PluginManifest);
  for (let tries = 0; handed === 0 && tries < 200; tries += 1) await sleep(20);
  deliveries.died();
  for (let tries = 0; handed < 2 && tries < 200; tries += 1) await sleep(20);
  t.is(handed, 2);
  end({});
});
