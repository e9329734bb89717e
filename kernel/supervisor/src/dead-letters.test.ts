import { startTestBus } from "@jinshui/bus/testing";
import { sqliteDatabase } from "@jinshui/storage/testing";
import test from "ava";
import { takeDeadLetters } from "./dead-letters.js";

test("an event that a plugin can't handle is noted with its body, told of once, and belongs to that plugin's consumer", async (t) => {
  const { bus, connect, stop } = await startTestBus("supervisor");
  const { database, close } = await sqliteDatabase();
  const plugin = await connect("asset");
  t.teardown(async () => {
    await plugin.drain();
    await stop();
    await close();
  });
  await takeDeadLetters(bus, database);
  const event = await database.transaction((tx) =>
    Promise.resolve(tx.event({ bureau: "wuhu", source: "workflow", name: "ended", subject: "i1", data: { a: 1 } })),
  );
  const report = { id: event.id, subject: "jinshui.event.wuhu.workflow.ended", error: "no such device" };
  for (let times = 0; times < 2; times += 1) await plugin.request("jinshui.control.v1.asset.dead", report);
  t.like(await database.findOne("dead_letter", { event_id: event.id }), {
    consumer: "asset_workflow_ended",
    dead: true,
    error: "no such device",
    body: { data: { a: 1 }, sequence: 1 },
  });
  t.is(await database.count("outbox", { subject: "jinshui.event.wuhu.storage.message-dead" }), 1);
});
