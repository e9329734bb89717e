import { type Bus, silent } from "@jinshui/bus";
import { startTestBus } from "@jinshui/bus/testing";
import { HEADER, isJinshuiError, JinshuiError, STREAM } from "@jinshui/contracts";
import type { ExecutionContext } from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../database/database.js";
import type { Row } from "../database/table.js";
import { eachDatabase } from "../testing/each.js";
import { retryDead } from "./dead-letters.js";
import { type InboxMessage, type InboxOptions, openInbox } from "./inbox.js";

async function until(condition: () => Promise<boolean>, limitMs = 20_000): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(30))
    if (await condition().catch(() => false)) return;
  throw new Error("did not come about in time");
}

async function open(
  t: ExecutionContext,
  database: Database,
  handler: InboxOptions["handler"],
  options: Partial<InboxOptions> = {},
): Promise<Bus> {
  const { bus, stop } = await startTestBus("storage");
  t.teardown(stop);
  await bus.ensureStreams();
  await database.ensureTables([
    { name: "effect", primaryKey: ["n"], columns: { n: { type: "serial" }, value: { type: "string" } } },
  ]);
  const base = { database, bus, log: silent, stream: STREAM.events, name: "reader", filterSubject: "jinshui.event.>" };
  await openInbox({ ...base, handler, ...options });
  return bus;
}

/** Puts events about one thing into the outbox and returns their rows. */
async function made(database: Database, count: number, name = "made"): Promise<Row[]> {
  for (let index = 0; index < count; index += 1)
    await database.transaction((tx) =>
      Promise.resolve(tx.event({ bureau: "wuhu", source: "test", name, subject: "one", data: index })),
    );
  return database.find("outbox", { orderBy: ["seq"] });
}

async function publish(bus: Bus, row: Row | undefined): Promise<void> {
  await bus.publishStored(String(row?.["subject"]), row?.["body"], {
    id: String(row?.["event_id"]),
    headers: { [HEADER.aggregate]: String(row?.["aggregate"]), [HEADER.sequence]: String(row?.["agg_seq"]) },
  });
}

const place = ({ sequence }: InboxMessage): string => String(sequence);
const effects = async (database: Database): Promise<string> =>
  (await database.find("effect", { orderBy: ["n"] })).map((row) => row["value"]).join(" ");

eachDatabase(
  "messages that come twice or out of order have their effects once and in order",
  async (t, { database }) => {
    const bus = await open(t, database, (tx, message) => tx.insert("effect", { value: place(message) }));
    const rows = await made(database, 5);
    await publish(bus, rows[2]);
    await publish(bus, rows[1]);
    await sleep(300);
    t.is(await effects(database), "", "they wait for the first one");
    for (const row of [rows[0], rows[4], rows[3]]) await publish(bus, row);
    await until(async () => (await database.count("effect")) === 5);
    // the same events under other message ids: JetStream's own window does not know them
    await bus.recreateStream(STREAM.events);
    for (const row of rows) await publish(bus, row);
    await sleep(800);
    t.is(await effects(database), "1 2 3 4 5");
  },
);

eachDatabase("what was heard before is told again without waiting for those who write", async (t, { database }) => {
  const bus = await open(t, database, (tx, message) => tx.insert("effect", { value: place(message) }));
  const rows = await made(database, 5);
  for (const row of rows) await publish(bus, row);
  await until(async () => (await database.count("effect")) === 5);
  await bus.recreateStream(STREAM.events);
  const { promise: written, resolve: end } = Promise.withResolvers<undefined>();
  const writing = database.transaction(() => written);
  for (const row of rows) await publish(bus, row);
  // one at a time: the fifth is handed out when four are done
  await until(async () => (await bus.inspectStream(STREAM.events))?.consumers[0]?.reached === 5, 5_000);
  end(undefined);
  await writing;
  t.is(await effects(database), "1 2 3 4 5");
});

eachDatabase("a gap that nobody brings is taken from the outbox", async (t, { database }) => {
  const bus = await open(t, database, (tx, message) => tx.insert("effect", { value: place(message) }), { gapMs: 600 });
  const rows = await made(database, 4);
  await publish(bus, rows[3]);
  await until(async () => (await database.count("effect")) === 4);
  t.is(await effects(database), "1 2 3 4");
});

eachDatabase(
  "what a filter leaves out is no gap, nor is what was before a consumer that began later",
  async (t, { database }) => {
    const before = await made(database, 2);
    await sleep(20);
    const bus = await open(t, database, (tx, message) => tx.insert("effect", { value: place(message) }), {
      filterSubject: "jinshui.event.*.test.made",
      deliver: "new",
    });
    const rows = [...before, ...(await made(database, 2, "other")), ...(await made(database, 1))];
    await publish(bus, rows.at(-1));
    await until(async () => (await database.count("effect")) === 1, 3_000);
    t.is(await effects(database), "5");
  },
);

eachDatabase(
  "a message whose handler fails five times is put aside and told of; its successors go on; it can be tried again",
  async (t, { database }) => {
    let tries = 0;
    let mended = false;
    const handler: InboxOptions["handler"] = async (tx, message) => {
      await tx.insert("effect", { value: place(message) });
      if (place(message) !== "1" || mended) return;
      tries += 1;
      throw new Error("can't do that");
    };
    await database.ensureTables([]);
    const bus = await open(t, database, handler);
    const rows = await made(database, 2);
    // four failures were counted before
    await database.transaction((tx) =>
      tx.insert("dead_letter", {
        consumer: "reader",
        event_id: rows[0]?.["event_id"],
        subject: rows[0]?.["subject"],
        attempts: 3,
        at: tx.time,
        dead: false,
      }),
    );
    await publish(bus, rows[0]);
    await publish(bus, rows[1]);
    await until(async () => (await effects(database)) === "2");
    t.is(tries, 2);
    const id = String(rows[0]?.["event_id"]);
    const dead = await database.findOne("dead_letter", { consumer: "reader", event_id: id });
    t.like(dead, { attempts: 5, dead: true });
    t.regex(String(dead?.["error"]), /can't do that/);
    t.is(await database.count("outbox", { subject: "jinshui.event.wuhu.storage.message-dead" }), 1);
    mended = true;
    await retryDead(database, "reader", id, (tx, body) =>
      handler(tx, { id, subject: "", body, sequence: (body as { sequence: number }).sequence }),
    );
    t.is(await effects(database), "2 1");
    const again = await t.throwsAsync(retryDead(database, "reader", id, () => Promise.resolve()));
    t.true(isJinshuiError(again) && again.code === "not-found");
  },
);

eachDatabase("a database that is only busy is no failure of the message", async (t, { database }) => {
  let busy = 2;
  const bus = await open(t, database, (tx, message) => {
    busy -= 1;
    if (busy >= 0) throw new JinshuiError("unavailable", "busy");
    return tx.insert("effect", { value: place(message) });
  });
  const rows = await made(database, 1);
  await publish(bus, rows[0]);
  await until(async () => (await database.count("effect")) === 1);
  t.is(await database.count("dead_letter"), 0);
});
