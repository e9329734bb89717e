import { silent } from "@jinshui/bus";
import { startTestBus } from "@jinshui/bus/testing";
import { STREAM } from "@jinshui/contracts";
import type { ExecutionContext } from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "../database/database.js";
import { openInbox } from "../inbox/inbox.js";
import { type TestDatabase } from "../testing/databases.js";
import { eachDatabase } from "../testing/each.js";
import { BureauRelay } from "./bureau-relay.js";
import { registerConsumer } from "./consumers.js";
import { StreamEpochs } from "./epoch.js";
import { type RelayOptions, startRelay } from "./relay.js";

const BUREAUS = ["wuhu", "fanchang"];

interface Site {
  bus: Awaited<ReturnType<typeof startTestBus>>["bus"];
  server: Awaited<ReturnType<typeof startTestBus>>["server"];
  db: TestDatabase;
  relay: ReturnType<typeof startRelay>;
  made(count: number, bureau?: string): Promise<void>;
  unpublished(): Promise<number>;
}

async function site(t: ExecutionContext, db: TestDatabase, options: Partial<RelayOptions> = {}): Promise<Site> {
  const { bus, server, stop } = await startTestBus("storage");
  await bus.ensureStreams();
  const relay = startRelay({ database: db.database, bus, log: silent, bureaus: BUREAUS, ...options });
  t.teardown(async () => {
    await relay.stop();
    await stop();
  });
  return {
    bus,
    server,
    db,
    relay,
    made: async (count, bureau = "wuhu") => {
      for (let index = 0; index < count; index += 1) {
        await db.database.transaction((tx) =>
          Promise.resolve(
            tx.event({ bureau, source: "test", name: "made", subject: `s${index % 3}`, data: { index } }),
          ),
        );
      }
    },
    unpublished: () => db.database.count("outbox", { published_at: null }),
  };
}

async function until(condition: () => Promise<boolean>, limitMs = 25_000): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(50))
    if (await condition().catch(() => false)) return;
  throw new Error("did not come about in time");
}

/** Every effect of a consumer, one line for each time its handler committed. */
async function effectsOf({ db, bus }: Site, name = "reader"): Promise<() => Promise<string[]>> {
  await db.database.ensureTables([
    { name: "effect", primaryKey: ["n"], columns: { n: { type: "serial" }, event: { type: "id" } } },
  ]);
  await openInbox({
    database: db.database,
    bus,
    log: silent,
    stream: STREAM.events,
    name,
    filterSubject: "jinshui.event.>",
    handler: (tx, { id }) => tx.insert("effect", { event: id }),
  });
  return async () => (await db.database.find("effect")).map((row) => String(row["event"])).sort();
}

const outboxIds = async ({ db }: Site): Promise<string[]> =>
  (await db.database.find("outbox", { columns: ["event_id"] })).map((row) => String(row["event_id"])).sort();

eachDatabase("what is committed reaches JetStream at once, and once", async (t, db) => {
  const { bus, made, unpublished } = await site(t, db);
  await made(30);
  await until(async () => (await unpublished()) === 0);
  t.is((await bus.inspectStream(STREAM.events))?.lastSequence, 30);
});

eachDatabase("eight writers at once: no row is skipped, and every sequence is without gap", async (t, db) => {
  const here = await site(t, db);
  await Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      for (let turn = 0; turn < 40; turn += 1) {
        await db.database.transaction(async (tx) => {
          const bureau = BUREAUS[(writer + turn) % 2] ?? "";
          tx.event({ bureau, source: "test", name: "made", subject: `s${turn % 5}`, data: { writer, turn } });
          await sleep(Math.random() * 4); // so that commits come in another order than numbers
        });
      }
    }),
  );
  await until(async () => (await here.unpublished()) === 0);
  t.is((await here.bus.inspectStream(STREAM.events))?.lastSequence, 320);
  const rows = await db.database.find("outbox", { orderBy: ["aggregate", "agg_seq"] });
  for (const [aggregate, mine] of Map.groupBy(rows, (row) => String(row["aggregate"]))) {
    t.deepEqual(
      mine.map((row) => row["agg_seq"]),
      mine.map((_, index) => index + 1),
      aggregate,
    );
    t.true(
      mine.every((row) => (row["body"] as { sequence: number }).sequence === row["agg_seq"]),
      "the event says so itself",
    );
  }
});

eachDatabase(
  "JetStream wiped while down, or a stream deleted while up: all is sent again, consumers come back, no effect is doubled",
  async (t, db) => {
    const here = await site(t, db);
    const effects = await effectsOf(here);
    await here.made(10);
    await until(async () => (await effects()).length === 10);
    await here.server.kill();
    await here.made(10, "fanchang");
    await here.server.wipe();
    await here.server.restart();
    await until(async () => (await effects()).length === 20);
    t.is(here.relay.resets, 2, "events and jobs");
    t.is((await here.bus.inspectStream(STREAM.events))?.lastSequence, 20);
    const admin = await here.bus.inspectStream(STREAM.events);
    t.deepEqual(
      admin?.consumers.map(({ durable }) => durable),
      ["reader"],
    );
    await here.bus.recreateStream(STREAM.events);
    await here.made(1);
    await until(async () => (await effects()).length === 21 && (await here.unpublished()) === 0);
    await sleep(1_500); // for doubles to show
    t.deepEqual(await effects(), await outboxIds(here));
  },
);

eachDatabase(
  "a stream that has lost its tail while its consumer has not is found out: what is published later is heard",
  async (t, db) => {
    const here = await site(t, db);
    const effects = await effectsOf(here);
    await here.made(20);
    await until(async () => (await effects()).length === 20);
    // the consumer's memory is of a longer stream: as after a power cut that took the stream's last minute only
    await here.db.database.transaction((tx) =>
      tx.update("stream_epoch", { stream: STREAM.events }, { last_sequence: 500, last_event_id: null }),
    );
    await here.server.kill();
    await here.server.restart();
    await here.made(5);
    await until(async () => (await effects()).length === 25);
    t.is(here.relay.resets, 1);
    t.deepEqual(await effects(), await outboxIds(here));
  },
);

eachDatabase("another message where the last one was acknowledged is a loss too", async (t, db) => {
  const here = await site(t, db);
  await here.made(3);
  await until(async () => (await here.unpublished()) === 0);
  await here.db.database.transaction((tx) =>
    tx.update("stream_epoch", { stream: STREAM.events }, { last_event_id: "somebody-else" }),
  );
  const before = await here.bus.inspectStream(STREAM.events);
  await here.server.kill();
  await here.server.restart();
  await until(() => Promise.resolve(here.relay.resets === 1));
  // the stream is made anew before its messages are sent again
  await until(async () => {
    const now = await here.bus.inspectStream(STREAM.events);
    return now?.lastSequence === 3 && now.created !== before?.created;
  });
  await until(async () => (await here.unpublished()) === 0);
  t.is((await here.bus.inspectStream(STREAM.events))?.lastSequence, 3);
});

eachDatabase(
  "a consumer that JetStream alone has forgotten is made anew by what the database remembers",
  async (t, db) => {
    const here = await site(t, db);
    await registerConsumer(here.db.database, here.bus, {
      stream: STREAM.jobs,
      name: "asset",
      filterSubject: "jinshui.job.*.asset.>",
    });
    await here.server.kill();
    await here.server.wipe();
    await here.server.restart();
    await until(async () => (await here.bus.inspectStream(STREAM.jobs))?.consumers[0]?.durable === "asset");
    t.pass();
  },
);

eachDatabase(
  "a relay that stood still past its lease marks nothing, nor does one whose stream began a new life",
  async (t, db) => {
    const { bus, stop } = await startTestBus("storage");
    await bus.ensureStreams();
    const second = await openDatabase(db.url);
    t.teardown(async () => {
      await second.close();
      await stop();
    });
    let asleep = (): Promise<void> => Promise.resolve();
    const settle = (): Promise<void> => asleep();
    const nothing = (): Promise<void> => Promise.resolve();
    const epochs = new StreamEpochs(db.database, bus, silent, nothing, "one");
    const relay = new BureauRelay("wuhu", { database: db.database, bus, log: silent, epochs, settle, instance: "one" });
    t.is(await relay.batch(), 0);
    await db.database.transaction((tx) =>
      Promise.resolve(tx.event({ bureau: "wuhu", source: "test", name: "made", data: {} })),
    );
    asleep = async () => {
      // meanwhile the lease has run out and somebody else leads
      await second.transaction(async (tx) => {
        await tx.remove("lease", { name: "relay-wuhu" });
        await tx.insert("lease", { name: "relay-wuhu", owner: "other", fence: 9, lease_until: tx.time });
      });
    };
    await t.throwsAsync(relay.batch(), { message: /has passed to another process/ });
    t.is(await second.count("outbox", { published_at: null }), 1);
    await second.transaction((tx) => tx.remove("lease", { name: "relay-wuhu" }));
    asleep = nothing;
    relay.start();
    await until(async () => (await second.count("outbox", { published_at: null })) === 0);
    await relay.stop();
    // another process has found the stream's memory lost while our acknowledgements were on their way
    const epoch = await epochs.current();
    await second.transaction((tx) => tx.update("stream_epoch", { stream: STREAM.events }, { epoch: 7 }));
    t.false(
      await second.transaction((tx) =>
        epochs.note(tx, epoch, new Map([[STREAM.events, { sequence: 99, eventId: "x" }]])),
      ),
    );
    await epochs.close();
  },
);

eachDatabase("a message is marked only after it has been made durable", async (t, db) => {
  let waits = false;
  let allow: (() => void) | undefined;
  const here = await site(t, db, {
    settle: () => (waits ? new Promise((resolve) => (allow = () => resolve())) : Promise.resolve()),
  });
  await until(async () => (await here.db.database.count("stream_epoch")) === 2);
  waits = true;
  await here.made(1);
  await until(() => Promise.resolve(allow !== undefined));
  t.is((await here.bus.inspectStream(STREAM.events))?.lastSequence, 1);
  t.is(await here.unpublished(), 1);
  allow?.();
  await until(async () => (await here.unpublished()) === 0);
});
