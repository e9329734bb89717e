import { silent } from "@jinshui/bus";
import { startTestBus } from "@jinshui/bus/testing";
import { STREAM } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import { sqliteDatabase } from "../testing/databases.js";
import { startRelay } from "./relay.js";

async function site(t: ExecutionContext): Promise<{
  bus: Awaited<ReturnType<typeof startTestBus>>["bus"];
  server: Awaited<ReturnType<typeof startTestBus>>["server"];
  db: Awaited<ReturnType<typeof sqliteDatabase>>;
  made(count: number): Promise<void>;
  unpublished(): Promise<number>;
}> {
  const { bus, server, stop } = await startTestBus("storage");
  const db = await sqliteDatabase();
  await bus.ensureStreams();
  const relay = startRelay({ database: db.database, bus, log: silent, bureaus: ["wuhu"] });
  t.teardown(async () => {
    await relay.stop();
    await stop();
    await db.close();
  });
  return {
    bus,
    server,
    db,
    made: async (count) => {
      for (let index = 0; index < count; index += 1) {
        await db.database.transaction((tx) =>
          Promise.resolve(tx.event({ bureau: "wuhu", source: "test", name: "made", data: { index } })),
        );
      }
    },
    unpublished: () => db.database.count("outbox", { published_at: null }),
  };
}

async function until(condition: () => Promise<boolean>, limitMs = 15_000): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(50))
    if (await condition().catch(() => false)) return;
  throw new Error("did not come about in time");
}

test("what is committed reaches JetStream at once, and once", async (t) => {
  const { bus, made, unpublished } = await site(t);
  await made(30);
  await until(async () => (await unpublished()) === 0);
  t.is((await bus.inspectStream(STREAM.events))?.lastSequence, 30);
});

test("events committed while the server is down arrive when it is back; a wiped server is filled again and the inbox drops doubles", async (t) => {
  const { bus, server, db, made, unpublished } = await site(t);
  await made(10);
  await until(async () => (await unpublished()) === 0);
  await server.kill();
  await made(10);
  await server.wipe();
  await server.restart();
  await until(async () => (await bus.inspectStream(STREAM.events))?.lastSequence === 20);
  t.is(await unpublished(), 0);
  await bus.ensureConsumer(STREAM.events, "reader", "jinshui.event.>");
  const effects: unknown[] = [];
  let deliveries = 0;
  await bus.consume(STREAM.events, "reader", async (body) => {
    const event = body as { id: string };
    const first = await db.database.transaction((tx) => tx.firstTime("reader", event.id));
    deliveries += 1;
    if (first) effects.push(event.id);
    const again = await db.database.transaction((tx) => tx.firstTime("reader", event.id));
    t.false(again);
  });
  await until(() => Promise.resolve(deliveries >= 20));
  t.is(new Set(effects).size, 20);
});
