import { type Bus, silent } from "@jinshui/bus";
import { startTestBus, type TestServer } from "@jinshui/bus/testing";
import {
  type Client,
  isJinshuiError,
  type Job,
  STREAM,
  subject,
  type WorkflowApi,
  workflowApi,
} from "@jinshui/contracts";
import { startRelay } from "@jinshui/storage";
import { sqliteDatabase } from "@jinshui/storage/testing";
import test, { type ExecutionContext } from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import { PLUGIN, WorkflowSite } from "./testing/site.js";

interface Served {
  site: WorkflowSite;
  server: TestServer;
  plugin: Bus;
  /** The API as the gateway calls it. */
  gateway: Client<WorkflowApi>;
}

/** The workflow API on a real bus, with the relay, and a connection that speaks as the plugin. */
async function serve(t: ExecutionContext): Promise<Served> {
  const db = await sqliteDatabase();
  const { server, bus, connect, stop } = await startTestBus("workflow");
  const [gateway, plugin] = [await connect("gateway"), await connect(PLUGIN)];
  const site = await WorkflowSite.open(db);
  await bus.ensureStreams();
  await bus.ensureConsumer(STREAM.jobs, PLUGIN, subject.job("*", PLUGIN, "*"));
  await bus.serve(workflowApi, site.handlers);
  const relay = startRelay({ database: db.database, bus, log: silent, bureaus: ["wuhu"] });
  t.teardown(async () => {
    await Promise.all([gateway.drain(), plugin.drain()]);
    await relay.stop();
    await stop();
    await db.close();
  });
  return { site, server, plugin, gateway: gateway.client(workflowApi, "wuhu") };
}

async function until(done: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) if (await done()) return;
  throw new Error("it did not come about");
}

/** Works as the plugin: returns the ids of the jobs done, one entry for each delivery. */
async function work(plugin: Bus): Promise<string[]> {
  const done: string[] = [];
  await plugin.consume(STREAM.jobs, PLUGIN, async (body) => {
    const { id, bureau, number } = body as Job;
    done.push(id);
    await plugin.client(workflowApi, bureau).completeJob({ job: id, variables: { issuedFor: number } });
  });
  return done;
}

/** Brings a matter to its job over the bus. */
async function toTheJob({ site, gateway }: Served): Promise<string> {
  const call = async (name: string) => {
    const { actor } = await site.as(name);
    return { ...(actor === undefined ? {} : { actor }), idempotencyKey: crypto.randomUUID() };
  };
  const { definitions } = await gateway.definitions({ startable: true }, await call("lixia"));
  const { id } = await gateway.start(
    { definition: definitions[0]?.id ?? "", values: { reason: "新到岗" } },
    await call("lixia"),
  );
  for (const [name, action, values] of [
    ["wanggang", "approve", {}],
    ["zhaomin", "handover", { item: { id: "i1", title: "台式机" } }],
  ] as const) {
    const { tasks } = await gateway.tasks({ kind: "todo" }, await call(name));
    await gateway.complete({ id: tasks[0]?.id ?? "", version: 1, action, opinion: "可", values }, await call(name));
  }
  return id;
}

const completed = async ({ site }: Served, id: string): Promise<boolean> =>
  (await site.handlers.instance({ id }, await site.as("lixia"))).state === "completed";

test("a matter runs over the bus from its start to its archive, its job done by the plugin", async (t) => {
  const served = await serve(t);
  const done = await work(served.plugin);
  const id = await toTheJob(served);
  await until(() => completed(served, id));
  t.is(done.length, 1);
  const { archives } = await served.site.handlers.archives({}, await served.site.as("lixia"));
  t.is(archives.length, 1);
  const events = served.site.db.database.find("outbox", { where: { subject: { startsWith: "jinshui.event." } } });
  t.deepEqual(
    (await events).map((row) => String(row["subject"]).split(".").at(-1)),
    ["task-created", "task-completed", "task-created", "task-completed", "notices-changed", "instance-completed"],
  );
});

test("errors cross the bus with their code and the facts that the page shows", async (t) => {
  const { site, gateway } = await serve(t);
  await site.start();
  const [task] = await site.inbox("wanggang");
  const { actor = "" } = await site.as("wanggang");
  const input = { id: task?.id ?? "", version: 1, action: "approve", values: {} };
  await gateway.complete(input, { actor });
  const error = await t.throwsAsync(gateway.complete(input, { actor }));
  t.true(isJinshuiError(error) && error.code === "task-closed");
  t.like(error, { status: 409, details: { by: "王刚", action: "approve" } });
  t.is(await gateway.notices({}).catch((cause: { code: string }) => cause.code), "sign-in-required");
});

test("a job reaches the plugin although nats-server lost its whole store before anybody read it", async (t) => {
  const served = await serve(t);
  const { site, server, plugin } = served;
  const id = await toTheJob(served);
  await until(async () => (await site.db.database.count("outbox", { published_at: null })) === 0);
  await server.kill();
  await server.wipe();
  await server.restart();
  await until(async () => (await plugin.inspectStream(STREAM.jobs).catch(() => undefined)) !== undefined);
  await plugin.ensureConsumer(STREAM.jobs, PLUGIN, subject.job("*", PLUGIN, "*"));
  await work(plugin);
  await until(() => completed(served, id));
  t.pass();
});

test("a job whose message was taken and never answered is sent again by the clock", async (t) => {
  const served = await serve(t);
  const { site, plugin } = served;
  const swallowed = await plugin.consume(STREAM.jobs, PLUGIN, () => Promise.resolve());
  const id = await toTheJob(served);
  await until(async () => (await site.db.database.count("outbox", { published_at: null })) === 0);
  await sleep(200);
  await swallowed.drain();
  const done = await work(plugin);
  await site.db.database.transaction((tx) =>
    tx.update("wf_job", { instance: id }, { next_at: "2001-01-01T00:00:00.000Z" }),
  );
  site.workflow.clockwork.start();
  t.teardown(() => site.workflow.clockwork.stop());
  await until(() => completed(served, id));
  t.is(done.length, 1);
});
