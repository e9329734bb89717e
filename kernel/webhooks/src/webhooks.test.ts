import { type CloudEvent, isJinshuiError } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import test from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook as Verifier } from "standardwebhooks";
import { Addresses } from "./outgoing/addresses.js";
import { type Got, Receiver, webhookSite } from "./testing.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const failure = (error: unknown): unknown => (isJinshuiError(error) ? [error.code, error.details?.["reason"]] : error);

/** Whether an independent implementation of Standard Webhooks takes a request. */
function verifies({ headers, body }: Got, secret: string): boolean {
  try {
    new Verifier(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

eachDatabase(
  "a webhook is told of the events it was granted, once, signed, without whom of us they are for",
  async (t, db) => {
    const { people, event, database } = await webhookSite(t, db);
    const receiver = await Receiver.open(t);
    const { id, secret } = await people.webhook(receiver.url, ["cars.trip-changed", "workflow.task-created"]);
    await event("cars", "trip-changed", { id: "1" }, "fanchang");
    await event("cars", "car-changed", { id: "2" });
    await event("security", "alarm-raised", { permissions: ["site.alarms"] });
    await event("cars", "trip-changed", { id: "for a few", permissions: ["cars.secret"] });
    const first = await event("cars", "trip-changed", { id: "3" });
    const second = await event("workflow", "task-created", { task: "t1", users: ["u1", "u2"] });
    await receiver.until(2);
    // all of them have passed by then, those of the other bureau too
    for (const end = Date.now() + 10_000; (await database.count("outbox", { published_at: null })) > 0;) {
      if (Date.now() > end) throw new Error("events wait in the outbox");
      await sleep(50);
    }
    await sleep(500);
    const events = receiver.got.map(({ body }) => JSON.parse(body) as CloudEvent);
    t.deepEqual(events.map((one) => one.id).sort(), [first, second].sort());
    t.deepEqual(events.find((one) => one.id === second)?.data, { task: "t1" });
    t.like(
      events.find((one) => one.id === first),
      {
        specversion: "1.0",
        source: "wuhu/cars",
        type: "cn.jinshui.trip-changed",
        data: { id: "3" },
      },
    );
    for (const got of receiver.got) {
      t.true(verifies(got, secret));
      t.false(verifies(got, `whsec_${Buffer.alloc(32).toString("base64")}`));
      t.is(got.headers["webhook-id"], (JSON.parse(got.body) as CloudEvent).id);
      t.is(got.headers["content-type"], "application/cloudevents+json; charset=utf-8");
    }
    const sunjie = await people.as("sunjie");
    const { deliveries, total } = await people.handlers.deliveries({ webhook: id, state: "delivered" }, sunjie);
    t.is(total, 2);
    t.like(deliveries[0], { attempts: 1, status: 204, state: "delivered" });
    const { deliveries: page, nextCursor } = await people.handlers.deliveries({ webhook: id, limit: 1 }, sunjie);
    t.is(page.length, 1);
    t.is(
      (await people.handlers.deliveries({ webhook: id, limit: 1, cursor: nextCursor ?? "" }, sunjie)).deliveries.length,
      1,
    );
    const kept = JSON.stringify(await database.find("webhook"));
    t.false(kept.includes(secret.slice(6)), "the secret is sealed");
  },
);

eachDatabase(
  "what does not arrive is tried again for a day under the same id, given up, and sent again when somebody wants it",
  async (t, db) => {
    const { people, event, clock } = await webhookSite(t, db);
    const receiver = await Receiver.open(t);
    receiver.answer = 500;
    const { id, secret } = await people.webhook(receiver.url);
    const sunjie = async () => people.as("sunjie");
    const state = async (): Promise<unknown> =>
      (await people.handlers.deliveries({ webhook: id }, await sunjie())).deliveries[0];
    const sent = await event("cars", "trip-changed", { id: "1" });
    await receiver.until(1);
    await sleep(200);
    t.like(await state(), { state: "pending", attempts: 1, status: 500 });
    clock.aheadMs += 3_000;
    await sleep(1_300);
    t.is(receiver.got.length, 1, "not before its time");
    const started = clock.now;
    for (let attempt = 2; attempt <= 12; attempt += 1) {
      clock.aheadMs += 8 * HOUR + 1_000;
      await receiver.until(attempt);
      await sleep(150);
      // a receiver that has failed for a day is paused: the administrator lets it go on
      if (clock.now - started > 24 * HOUR)
        await people.handlers.setPaused({ webhook: id, paused: false }, await sunjie()).catch(() => 0);
    }
    t.like(await state(), { state: "dead", attempts: 12, status: 500 });
    t.deepEqual([...new Set(receiver.got.map(({ headers }) => headers["webhook-id"]))], [sent]);
    receiver.answer = 200;
    clock.aheadMs = 0;
    const [dead] = (await people.handlers.deliveries({ webhook: id, state: "dead" }, await sunjie())).deliveries;
    await people.handlers.setPaused({ webhook: id, paused: false }, await sunjie());
    await people.handlers.resend({ webhook: id, delivery: dead?.id ?? "" }, await sunjie());
    await receiver.until(13);
    await sleep(200);
    t.like(await state(), { state: "delivered", attempts: 1 });
    t.is(receiver.got.at(-1)?.headers["webhook-id"], sent);
    const last = receiver.got.at(-1);
    t.true(last !== undefined && verifies(last, secret));
  },
);

eachDatabase(
  "a receiver that fails for a day, or says that it is gone, is left alone, and the trail says so",
  async (t, db) => {
    const { people, event, clock, database } = await webhookSite(t, db);
    const receiver = await Receiver.open(t);
    receiver.answer = 503;
    const { id } = await people.webhook(receiver.url);
    await event("cars", "trip-changed", { id: "1" });
    await receiver.until(1);
    await sleep(200);
    clock.aheadMs += 24 * HOUR + 10_000;
    await receiver.until(2);
    await sleep(300);
    const webhook = async (): Promise<unknown> =>
      (await people.handlers.webhooks({}, await people.as("sunjie"))).webhooks.find((one) => one.id === id);
    t.like(await webhook(), { state: "paused", pausedBecause: "failing", pending: 1 });
    const noted = async (): Promise<number> => database.count("audit_entry", { action: "webhook-gave-up" });
    t.is(await noted(), 1);
    await event("cars", "trip-changed", { id: "2" });
    await sleep(500);
    t.is(receiver.got.length, 2, "nothing is sent to it any more");
    receiver.answer = 410;
    await people.handlers.setPaused({ webhook: id, paused: false }, await people.as("sunjie"));
    clock.aheadMs += 9 * HOUR;
    await receiver.until(3);
    await sleep(300);
    t.like(await webhook(), { state: "paused", pausedBecause: "gone" });
    t.is(await noted(), 2);
  },
);

eachDatabase("one slow receiver keeps nobody else waiting, and a redirect is no arrival", async (t, db) => {
  const { people, event } = await webhookSite(t, db);
  const slow = await Receiver.open(t);
  slow.delayMs = 9_000;
  const quick = await Receiver.open(t);
  await people.webhook(slow.url);
  const { id } = await people.webhook(quick.url);
  for (let count = 0; count < 12; count += 1) await event("cars", "trip-changed", { count });
  const started = Date.now();
  await quick.until(12);
  t.true(Date.now() - started < 8_000);
  quick.answer = 302;
  await event("cars", "trip-changed", { last: true });
  await quick.until(13);
  await sleep(200);
  const { deliveries } = await people.handlers.deliveries({ webhook: id, state: "pending" }, await people.as("sunjie"));
  t.like(deliveries, [{ status: 302, attempts: 1 }]);
});

eachDatabase("both secrets sign for a day after a renewal, then the new one alone", async (t, db) => {
  const { people, event, clock } = await webhookSite(t, db);
  const receiver = await Receiver.open(t);
  const { id, secret } = await people.webhook(receiver.url);
  const renewed = await people.handlers.renewSecret({ webhook: id }, await people.as("sunjie"));
  t.truthy(renewed.formerUntil);
  await event("cars", "trip-changed", { id: "1" });
  await receiver.until(1);
  const [first] = receiver.got;
  t.true(first !== undefined && verifies(first, secret) && verifies(first, renewed.secret));
  clock.aheadMs += 25 * HOUR;
  await event("cars", "trip-changed", { id: "2" });
  await receiver.until(2);
  const second = receiver.got[1];
  const signed = String(second?.headers["webhook-signature"]).split(" ");
  t.is(signed.length, 1, "the former one has ended");
});

eachDatabase(
  "who may do what: one asks, another agrees, nobody else sees; addresses and events that can't be are refused",
  async (t, db) => {
    const { people } = await webhookSite(t, db);
    const { handlers } = people;
    const propose = async (change: object = {}, username = "sunjie"): Promise<unknown> =>
      handlers
        .propose(
          {
            title: "报表",
            url: "https://reports.example/hook",
            events: ["cars.trip-changed"],
            reason: "报表",
            ...change,
          },
          await people.as(username),
        )
        .catch(failure);
    for (const username of ["lixia", "qianli", "zhouyan"])
      t.deepEqual(await propose({}, username), ["forbidden", undefined], username);
    for (const [url, reason] of [
      ["ftp://reports.example/", "no-web-address"],
      ["https://me:secret@reports.example/", "no-web-address"],
      ["nonsense", "no-web-address"],
      ["http://reports.example/hook", "no-tls"],
      ["https://10.1.2.3/", "private-address"],
      ["https://169.254.169.254/latest", "private-address"],
      ["https://[::1]/", "private-address"],
      ["https://[::ffff:10.0.0.1]/", "private-address"],
      ["https://localhost/", "private-address"],
      ["https://0x7f000001/", undefined], // of the site's own network here, however it is written
    ] as const) {
      const answer = await propose({ url });
      if (reason === undefined) t.like(answer, { change: (answer as { change: string }).change }, url);
      else t.deepEqual(answer, ["invalid-request", reason], url);
    }
    for (const events of [
      ["security.alarm-raised"],
      ["storage.message-dead"],
      ["other.thing-changed"],
      ["workflow.notices-changed"],
    ])
      t.deepEqual(await propose({ events }), ["invalid-request", "unknown-event"], events.join());
    const { types } = await handlers.eventTypes({}, await people.as("qianli"));
    t.true(types.some(({ name }) => name === "cars.trip-changed"));
    t.false(types.some(({ name }) => name.startsWith("security.")));

    const receiver = await Receiver.open(t);
    const { id } = await people.webhook(receiver.url);
    const lixia = await people.as("lixia");
    for (const call of [
      handlers.webhooks({}, lixia),
      handlers.deliveries({ webhook: id }, lixia),
      handlers.renewSecret({ webhook: id }, lixia),
      handlers.remove({ webhook: id, reason: "试试" }, lixia),
      handlers.setPaused({ webhook: id, paused: true }, lixia),
      handlers.inboundHooks({}, lixia),
    ])
      t.deepEqual(await call.catch(failure), ["forbidden", undefined]);
    t.deepEqual(await handlers.renewSecret({ webhook: id }, await people.as("qianli")).catch(failure), [
      "forbidden",
      undefined,
    ]);
    await handlers.remove({ webhook: id, reason: "停用" }, await people.as("qianli"));
    t.is((await handlers.webhooks({}, await people.as("sunjie"))).total, 0);
  },
);

test("addresses are allowed by what is connected to, not by a name", async (t) => {
  const addresses = new Addresses(["10.20.0.0/16"]);
  const inside = [
    "127.0.0.1",
    "10.1.1.1",
    "192.168.1.1",
    "172.16.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
  ];
  const inside6 = [
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "ff02::1",
  ];
  for (const address of [...inside, ...inside6]) t.false(addresses.isAllowed(address), address);
  for (const address of ["10.20.3.4", "8.8.8.8", "2400:3200::1", "::ffff:10.20.3.4"])
    t.true(addresses.isAllowed(address), address);
  t.throws(() => new Addresses(["10.20.0.0/40"]), { message: /webhooks.allow: 10.20.0.0\/40/ });
  const looked = (host: string, all: boolean): Promise<unknown> =>
    new Promise((resolve) => addresses.lookup(host, { all }, (error, found) => resolve(error?.message ?? found)));
  t.regex(String(await looked("localhost", false)), /at no address/);
  t.regex(String(await looked("localhost", true)), /at no address/);
  t.deepEqual(
    await new Promise((resolve) =>
      new Addresses(["127.0.0.0/8"]).lookup("localhost", { family: 4 }, (_, found) => resolve(found)),
    ),
    "127.0.0.1",
  );
});
