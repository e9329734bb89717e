import { authApi, HEADER, isJinshuiError, JinshuiError, MAX_MESSAGE_BYTES, STREAM } from "@jinshui/contracts";
import test from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "nats";
import { connectBus } from "./bus.js";
import { type Delivery, Postponed, PutAside } from "./consume.js";
import { silent } from "./log.js";
import { startTestBus } from "./testing/index.js";
import { activeTraceparent } from "./trace.js";

const profile = {
  id: "u1",
  name: "陈晓",
  username: "chenxiao",
  bureau: "wuhu",
  bureauTitle: { "zh-CN": "芜湖市局" },
  department: "office",
  departmentTitle: { "zh-CN": "办公室" },
  positions: [],
  permissions: [],
};

test("a typed request reaches its handler with bureau, pinned caller, trace, actor and deadline", async (t) => {
  const site = await startTestBus("auth");
  t.teardown(() => site.stop());
  const gateway = await site.connect("gateway");
  t.teardown(() => gateway.drain());
  const seen: Record<string, unknown>[] = [];
  await site.bus.serve(authApi, {
    ...never,
    me: (_input, context) => {
      seen.push({ ...context });
      return Promise.resolve(profile);
    },
  });
  const answer = await gateway
    .client(authApi, "wuhu")
    .me({}, { actor: "token", timeoutMs: 2_000, traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` });
  t.deepEqual(answer, profile);
  t.like(seen[0], { bureau: "wuhu", caller: "gateway", op: "me", actor: "token", traceId: "a".repeat(32) });
});

// checklist: 33
test("bad input is refused at the sender, and again by the callee when the sender does not check", async (t) => {
  const site = await startTestBus("auth");
  t.teardown(() => site.stop());
  await site.bus.serve(authApi, never);
  const wrong = { action: 7 } as unknown as { action: string };
  const sender = await t.throwsAsync(site.bus.client(authApi, "wuhu").check(wrong, { actor: "x" }));
  t.like(sender, { code: "invalid-request", status: 400 });
  const callee = await t.throwsAsync(site.bus.request("jinshui.auth.v1.wuhu.auth.check", wrong, { actor: "x" }));
  t.like(callee, { code: "invalid-request" });
  t.regex(String(callee?.message), /\/action must be string/);
});

// checklist: 45
test("errors keep their code, status and details across the bus; others become internal without their text", async (t) => {
  const site = await startTestBus("auth");
  t.teardown(() => site.stop());
  let thrown: Error = new JinshuiError("stale-version", "changed meanwhile", { details: { current: 3 } });
  await site.bus.serve(authApi, { ...never, departments: () => Promise.reject(thrown) });
  const client = site.bus.client(authApi, "wuhu");
  t.like(await t.throwsAsync(client.departments({})), { code: "stale-version", status: 409, details: { current: 3 } });
  thrown = new Error("secret text");
  const internal = await t.throwsAsync(client.departments({}));
  t.like(internal, { code: "internal", status: 500 });
  t.notRegex(String(internal?.message), /secret/);
});

test("kernel-only operations are refused to plugins, and person-only operations without an actor", async (t) => {
  const site = await startTestBus("auth");
  t.teardown(() => site.stop());
  await site.bus.serve(authApi, never);
  const plugin = await site.connect("asset-tracking");
  t.teardown(() => plugin.drain());
  t.like(await t.throwsAsync(plugin.client(authApi, "wuhu").signOut({ session: "s" })), { code: "forbidden" });
  t.like(await t.throwsAsync(plugin.client(authApi, "wuhu").me({})), { code: "sign-in-required" });
});

test("nobody there is unavailable for the kernel, not-enabled for a plugin; silence is a timeout", async (t) => {
  const site = await startTestBus();
  t.teardown(() => site.stop());
  t.like(await t.throwsAsync(site.bus.request("jinshui.auth.v1.wuhu.kernel.me", {})), {
    code: "unavailable",
    retryable: true,
  });
  t.like(await t.throwsAsync(site.bus.plugin("wuhu", "absent", 1)("greet", {})), { code: "not-enabled", status: 404 });
  await site.bus.respond("slow", undefined, () => new Promise(() => undefined));
  t.like(await t.throwsAsync(site.bus.request("slow", {}, { timeoutMs: 50 })), { code: "timeout", status: 504 });
});

test("an error whose details are over the message limit gets through without them", async (t) => {
  const site = await startTestBus("kernel");
  t.teardown(() => site.stop());
  const details = { text: "x".repeat(MAX_MESSAGE_BYTES) };
  await site.bus.respond("stale", undefined, () =>
    Promise.reject(new JinshuiError("stale-version", "changed", { details })),
  );
  const error = await t.throwsAsync(site.bus.request("stale", {}, { timeoutMs: 2_000 }));
  t.like(error, { code: "stale-version", status: 409, message: "changed", details: undefined });
});

test("an answer or a request over the message limit is too-large instead of silence", async (t) => {
  const site = await startTestBus();
  t.teardown(() => site.stop());
  await site.bus.respond("big", undefined, () => Promise.resolve({ text: "x".repeat(MAX_MESSAGE_BYTES) }));
  t.like(await t.throwsAsync(site.bus.request("big", {})), { code: "too-large", status: 413 });
  t.like(await t.throwsAsync(site.bus.request("big", { text: "x".repeat(MAX_MESSAGE_BYTES) })), { code: "too-large" });
});

test("work whose caller has stopped waiting is dropped, not run", async (t) => {
  const site = await startTestBus();
  t.teardown(() => site.stop());
  let runs = 0;
  await site.bus.respond(
    "one",
    undefined,
    async () => {
      runs += 1;
      await sleep(150);
      return {};
    },
    { concurrency: 1 },
  );
  const patient = site.bus.request("one", {}, { timeoutMs: 2_000 });
  const calls = [0, 1].map(() =>
    site.bus.request("one", {}, { timeoutMs: 50 }).catch((error: unknown) => isJinshuiError(error) && error.code),
  );
  t.deepEqual(await Promise.all(calls), ["timeout", "timeout"]);
  t.deepEqual(await patient, {});
  await sleep(100);
  t.is(runs, 1);
});

test("drain answers what was taken and takes no more", async (t) => {
  const site = await startTestBus();
  t.teardown(() => site.stop());
  const server = await site.connect("asset-tracking");
  await server.respond("work", undefined, async () => {
    await sleep(100);
    return { done: true };
  });
  const calls = Promise.all(Array.from({ length: 20 }, () => site.bus.request("work", {})));
  await sleep(30);
  await server.drain();
  t.is((await calls).length, 20);
  await t.throwsAsync(site.bus.request("work", {}));
});

test("a stored message is delivered until its handler succeeds, and survives a killed server", async (t) => {
  const site = await startTestBus();
  t.teardown(() => site.stop());
  await site.bus.ensureStreams();
  await site.bus.ensureConsumer(STREAM.jobs, "asset-tracking", "jinshui.job.*.asset-tracking.>");
  const first = await site.bus.publishStored(
    "jinshui.job.wuhu.asset-tracking.issue",
    { id: "j1" },
    { id: "j1", headers: { [HEADER.traceparent]: "x" } },
  );
  const again = await site.bus.publishStored("jinshui.job.wuhu.asset-tracking.issue", { id: "j1" }, { id: "j1" });
  t.deepEqual([first.duplicate, again.duplicate], [false, true]);
  await site.server.kill();
  await site.server.restart();
  const attempts: number[] = [];
  await site.bus.consume(STREAM.jobs, "asset-tracking", (_body, delivery) => {
    attempts.push(delivery.attempt);
    return delivery.attempt < 2 ? Promise.reject(new Error("not yet")) : Promise.resolve();
  });
  for (let tries = 0; tries < 100 && attempts.length < 2; tries += 1) await sleep(100);
  t.deepEqual(attempts, [1, 2]);
});

test("a message that is postponed comes again and has not failed; one put aside does not come again", async (t) => {
  const warned: string[] = [];
  const log = { ...silent, warn: (_facts: object, message: string) => void warned.push(message) };
  const site = await startTestBus();
  t.teardown(() => site.stop());
  const bus = await connectBus({ servers: site.server.url, caller: "kernel", log });
  t.teardown(() => bus.drain());
  await bus.ensureStreams();
  await bus.ensureConsumer(STREAM.events, "reader", "jinshui.event.>");
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  await bus.publishStored(
    "jinshui.event.wuhu.test.made",
    {},
    {
      id: "e1",
      headers: { [HEADER.traceparent]: traceparent, [HEADER.aggregate]: "%E7%A8%8E", [HEADER.sequence]: "3" },
    },
  );
  const seen: Delivery[] = [];
  await bus.consume(STREAM.events, "reader", (_body, delivery) => {
    seen.push(delivery);
    t.is(activeTraceparent(), traceparent);
    throw delivery.attempt === 1 ? new Postponed(50) : new PutAside("no");
  });
  for (let tries = 0; tries < 50 && seen.length < 2; tries += 1) await sleep(50);
  await sleep(500);
  t.deepEqual(
    seen.map(({ attempt, id, aggregate, sequence }) => ({ attempt, id, aggregate, sequence })),
    [1, 2].map((attempt) => ({ attempt, id: "e1", aggregate: "税", sequence: 3 })),
  );
  t.deepEqual(warned, []);
});

test("streams keep what they have: no delete, no purge; an older stream is brought to that", async (t) => {
  const site = await startTestBus();
  t.teardown(() => site.stop());
  const connection = await connect({ servers: site.server.url });
  t.teardown(() => connection.close());
  const manager = await connection.jetstreamManager();
  await manager.streams.add({ name: STREAM.events, subjects: ["jinshui.event.>"] });
  await site.bus.ensureStreams();
  for (const stream of [STREAM.events, STREAM.jobs]) {
    const { config } = await manager.streams.info(stream);
    t.like(config, { deny_delete: true, deny_purge: true, discard: "new", duplicate_window: 900_000_000_000 });
    await t.throwsAsync(manager.streams.purge(stream));
  }
});

const unserved = (): Promise<never> => Promise.reject(new Error("not served here"));
const never = {
  signIn: unserved,
  signInAgain: unserved,
  signOut: unserved,
  authenticate: unserved,
  me: unserved,
  people: unserved,
  departments: unserved,
  check: unserved,
};

test("a consumer that two make at the same moment, to begin at different places, is there for both", async (t) => {
  const site = await startTestBus("auth");
  t.teardown(() => site.stop());
  await site.bus.ensureStreams();
  for (let round = 0; round < 5; round += 1) {
    const made = ["all", "new", "all", "new"].map((deliver) =>
      site.bus.ensureConsumer(STREAM.events, `reader-${round}`, "jinshui.event.>", {
        deliver: deliver as "all" | "new",
      }),
    );
    await t.notThrowsAsync(Promise.all(made));
  }
});
