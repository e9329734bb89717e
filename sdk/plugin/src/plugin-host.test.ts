import "reflect-metadata";
import { silent } from "@jinshui/bus";
import { cloudEvent, isJinshuiError, type Job, JinshuiError } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "tsyringe";
import type { PluginCall } from "./call.js";
import { job, on, op, plugin } from "./decorators.js";
import { PluginHost, type ServiceClass } from "./plugin-host.js";
import { demoFolder, type KernelEnd, startKernelEnd } from "./testing/kernel.js";
import { SettingsStore } from "./settings.js";
import { Storage } from "./tokens.js";

const TRACE = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

async function start(
  t: ExecutionContext,
  service: ServiceClass,
  options: Parameters<typeof demoFolder>[1] & { bureaus?: string[]; jobMs?: number } = {},
): Promise<{ host: PluginHost; kernel: KernelEnd }> {
  const kernel = await startKernelEnd((close) => t.teardown(close));
  const folder = await demoFolder((close) => t.teardown(close), options);
  const host = await PluginHost.start(service, {
    servers: kernel.url,
    run: "r1",
    folder,
    bureaus: options.bureaus ?? ["wuhu"],
    settings: new SettingsStore("demo"),
    log: silent,
    ...(options.jobMs === undefined ? {} : { jobMs: options.jobMs }),
    onDrain: () => undefined,
  });
  t.teardown(() => host.stop());
  return { host, kernel };
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "ok",
    (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
  );

async function until(fits: () => boolean, ms = 8_000): Promise<void> {
  for (const end = Date.now() + ms; !fits() && Date.now() < end;) await sleep(10);
}

@plugin()
class Greeter {
  #calls = 0;
  constructor(@inject(Storage) private readonly storage: Storage) {}

  @op("greet")
  async greet({ to }: { to: string }, call: PluginCall): Promise<unknown> {
    this.#calls += 1;
    if (to === "crash") throw new Error("password in here");
    if (to === "refuse") throw new JinshuiError("too-late", "closed", { status: 409 });
    if (to === "wrong") return { words: 1 };
    await this.storage.insert({ collection: "demo.card", values: { to } });
    await this.storage.insert({ collection: "demo.card", values: { to } });
    await this.storage.count({ collection: "demo.card" });
    return { text: `${to} ${call.bureau} ${call.caller} ${call.hasActor} ${this.#calls}` };
  }
}

@plugin()
class Filer {
  constructor(@inject(Storage) private readonly storage: Storage) {}

  @op("greet")
  async greet({ to }: { to: string }): Promise<unknown> {
    for (const name of to.split(",")) await this.storage.insert({ collection: "demo.card", values: { to: name } });
    return { text: to };
  }
}

test("a repeated call that leaves out what it finds done writes the rest under the keys it had before", async (t) => {
  const { kernel } = await start(t, Filer);
  const greet = kernel.bus.plugin("wuhu", "demo", 1);
  await greet("greet", { to: "甲,乙,乙" }, { idempotencyKey: "k1" });
  await greet("greet", { to: "乙,乙" }, { idempotencyKey: "k1" });
  const keys = kernel.asked.map(({ context }) => context.idempotencyKey);
  t.is(new Set(keys.slice(0, 3)).size, 3);
  t.deepEqual(keys.slice(3), keys.slice(1, 3));
});

test("what a handler asks of the kernel carries the call's bureau, person, trace, time left, and a key per write", async (t) => {
  const { kernel } = await start(t, Greeter);
  const greet = kernel.bus.plugin("wuhu", "demo", 1);
  const call = { actor: "token", traceparent: TRACE, idempotencyKey: "k1", timeoutMs: 900 };
  t.deepEqual(await greet("greet", { to: "李霞" }, call), { text: "李霞 wuhu supervisor true 1" });
  const first = kernel.asked[0]?.context.idempotencyKey ?? "";
  t.regex(first, /^k1\/insert-[0-9a-f]{32}$/);
  t.deepEqual(
    kernel.asked.map(({ op: name, context }) => [
      name,
      context.bureau,
      context.caller,
      context.actor,
      context.traceId,
      context.idempotencyKey,
    ]),
    [
      ["insert", "wuhu", "demo", "token", "a".repeat(32), first],
      ["insert", "wuhu", "demo", "token", "a".repeat(32), `${first}-2`],
      ["count", "wuhu", "demo", "token", "a".repeat(32), undefined],
    ],
  );
  for (const { context } of kernel.asked) t.true(context.deadline - performance.now() < 900);
  t.deepEqual(
    await greet("greet", { to: "王刚" }),
    { text: "王刚 wuhu supervisor false 1" },
    "a new instance for every call",
  );
  t.is(kernel.asked[3]?.context.idempotencyKey, undefined);
  t.is(kernel.asked[3]?.context.actor, undefined);
});

test("input and answer fit the manifest's schemas; what is thrown by accident stays in the log", async (t) => {
  const { kernel } = await start(t, Greeter);
  const greet = kernel.bus.plugin("wuhu", "demo", 1);
  t.like(await t.throwsAsync(greet("greet", { to: 7 })), { code: "invalid-request", status: 400 });
  t.like(await t.throwsAsync(greet("greet", { to: "refuse" })), { code: "too-late", status: 409, message: "closed" });
  t.like(await t.throwsAsync(greet("greet", { to: "wrong" })), { code: "plugin-failed", status: 502 });
  const crash = await t.throwsAsync(greet("greet", { to: "crash" }));
  t.like(crash, { code: "plugin-failed", status: 502 });
  t.notRegex(crash?.message ?? "", /password/);
  kernel.refuse("insert", new JinshuiError("forbidden", "not yours"));
  t.is(await codeOf(greet("greet", { to: "x" })), "forbidden", "the kernel's own errors pass");
});

test("changes of bureaus that overlap leave exactly the last set served", async (t) => {
  const { host, kernel } = await start(t, Greeter);
  await Promise.all([
    host.setBureaus(["wuhu", "fanchang"]),
    host.setBureaus(["wuhu", "fanchang"]),
    host.setBureaus(["fanchang", "nanling"]),
    host.setBureaus(["fanchang"]),
  ]);
  const served = async (bureau: string): Promise<string> =>
    codeOf(kernel.bus.plugin(bureau, "demo", 1)("greet", { to: "x" }));
  t.deepEqual(await Promise.all(["wuhu", "fanchang", "nanling"].map(served)), ["not-enabled", "ok", "not-enabled"]);
  await host.setBureaus([]);
  t.is(await served("fanchang"), "not-enabled");
});

test("manifest and code name the same handlers, or the plugin does not start", async (t) => {
  const refused = async (service: ServiceClass, options: Parameters<typeof demoFolder>[1]): Promise<string> =>
    (await t.throwsAsync(start(t, service, options)))?.message ?? "";
  t.regex(await refused(Greeter, { ops: ["greet", "wave"] }), /the op "wave", but no method has @op\("wave"\)/);
  t.regex(await refused(Greeter, { ops: [] }), /greet has @op\("greet"\), but the manifest does not name it/);
  t.regex(await refused(Greeter, { jobs: ["issue"] }), /@job\("issue"\)/);
  t.regex(await refused(Greeter, { events: ["workflow.instance-completed"] }), /@on\("workflow\.instance-completed"\)/);
  t.throws(
    () => {
      class Twice {
        @op("greet") one(): void {}
        @op("greet") two(): void {}
      }
      return Twice;
    },
    { message: /two methods handle the op "greet"/ },
  );
});

const runs: string[] = [];
let hold: Promise<unknown> = Promise.resolve();
@plugin()
class Worker {
  constructor(@inject(Storage) private readonly storage: Storage) {}

  @job("issue")
  async issue({ id, variables }: Job): Promise<Record<string, unknown>> {
    runs.push(id);
    await hold;
    const { error } = variables as { error?: string };
    if (error !== undefined) throw error === "plain" ? new Error("broken") : new JinshuiError(error, "said so");
    await this.storage.insert({ collection: "demo.card", values: {} });
    return { issued: true };
  }

  @on("workflow.instance-completed")
  async completed(_event: unknown, call: PluginCall): Promise<void> {
    await this.storage.insert({ collection: "demo.card", values: { bureau: call.bureau } });
  }
}
const worker = { ops: [], jobs: ["issue"], events: ["workflow.instance-completed"] };

async function send(
  kernel: KernelEnd,
  id: string,
  { bureau = "wuhu", error, copy = "" }: { bureau?: string; error?: string; copy?: string } = {},
): Promise<void> {
  const body: Job = {
    id,
    bureau,
    type: "issue",
    instance: "i1",
    number: "20260101-000001",
    element: "work",
    attempt: 1,
    variables: error === undefined ? {} : { error },
  };
  await kernel.bus.publishStored(`jinshui.job.${bureau}.demo.issue`, body, { id: id + copy });
}

test.serial("a job's writes are keyed by the job, and what it returns is reported", async (t) => {
  const { kernel } = await start(t, Worker, worker);
  await send(kernel, "j1");
  await until(() => kernel.asked.length === 2);
  t.deepEqual(
    kernel.asked.map(({ op: name, input, context }) => [
      name,
      context.bureau,
      context.idempotencyKey,
      name === "completeJob" ? input : "",
    ]),
    [
      ["insert", "wuhu", "j1/insert-f7127da8587c227c62722494e859a361", ""],
      ["completeJob", "wuhu", undefined, { job: "j1", variables: { issued: true } }],
    ],
  );
});

test.serial(
  "a job that fails is reported: to be tried again unless the error says it is no use; an outage counts too",
  async (t) => {
    const { kernel } = await start(t, Worker, worker);
    for (const [index, [error, retryable]] of (
      [
        ["plain", true],
        ["conflict", false],
        ["unavailable", true],
        ["timeout", true],
      ] as const
    ).entries()) {
      await send(kernel, `f${index}`, { error });
      await until(() => kernel.asked.length === index + 1);
      t.like(kernel.asked[index], { op: "failJob", input: { job: `f${index}`, retryable } }, error);
    }
    kernel.refuse("completeJob", new JinshuiError("invalid-request", "variables do not fit"));
    await send(kernel, "f9");
    await until(() =>
      kernel.asked.some(
        ({ input }) =>
          (input as { job?: string; message?: string }).job === "f9" &&
          (input as { message?: string }).message !== undefined,
      ),
    );
    t.like(kernel.asked.at(-1), {
      op: "failJob",
      input: { job: "f9", message: "variables do not fit", retryable: false },
    });
  },
);

test.serial(
  "a job that never comes to an end is reported, and tried afresh; its neighbours go on meanwhile",
  async (t) => {
    const { kernel } = await start(t, Worker, { ...worker, jobMs: 500 });
    hold = new Promise(() => undefined);
    await send(kernel, "h1");
    await until(() => runs.includes("h1"));
    hold = Promise.resolve();
    await send(kernel, "h2");
    const reported = (name: string, id: string): unknown =>
      kernel.asked.find(({ op: asked, input }) => asked === name && (input as { job?: string }).job === id);
    await until(() => reported("failJob", "h1") !== undefined && reported("completeJob", "h2") !== undefined);
    t.like(reported("failJob", "h1"), { input: { retryable: true } });
    t.regex((reported("failJob", "h1") as { input: { message: string } }).input.message, /未在规定时间内完成/);
    t.truthy(reported("completeJob", "h2"));
    // by the time that one more has come to its end, the answer to the report of the first is there
    await send(kernel, "h3");
    await until(() => reported("completeJob", "h3") !== undefined);
    await send(kernel, "h1", { copy: "again" });
    await until(() => reported("completeJob", "h1") !== undefined);
    t.is(runs.filter((id) => id === "h1").length, 2);
  },
);

test.serial("what a job returns and no message can hold is reported as failed for good", async (t) => {
  const { kernel } = await start(t, Worker, worker);
  kernel.refuse("completeJob", new JinshuiError("too-large", "more than a message holds"));
  await send(kernel, "b1");
  await until(() => kernel.asked.some(({ op: name }) => name === "failJob"));
  t.like(kernel.asked.at(-1), { op: "failJob", input: { job: "b1", retryable: false } });
});

test.serial("a report that the kernel could not take brings the job again", async (t) => {
  const { kernel } = await start(t, Worker, worker);
  kernel.refuse("completeJob", new JinshuiError("unavailable", "database is away"));
  await send(kernel, "r1");
  await until(() => kernel.asked.filter(({ op: name }) => name === "completeJob").length === 2);
  t.false(kernel.asked.some(({ op: name }) => name === "failJob"));
});

test.serial(
  "copies of a job that arrive together run once; a bureau that is switched off has none of its jobs run",
  async (t) => {
    runs.length = 0;
    let release: (value: unknown) => void = () => undefined;
    hold = new Promise((resolve) => (release = resolve));
    const { kernel } = await start(t, Worker, worker);
    await send(kernel, "c1");
    await send(kernel, "c1", { copy: "-again" });
    await send(kernel, "c2", { bureau: "nanling" });
    await until(() => runs.length > 0);
    await sleep(200);
    release(undefined);
    await until(() => kernel.asked.some(({ op: name }) => name === "completeJob"));
    await sleep(200);
    t.deepEqual(runs, ["c1"]);
  },
);

test.serial("a job that was reported on is not run again when its message comes once more", async (t) => {
  runs.length = 0;
  hold = Promise.resolve();
  const { kernel } = await start(t, Worker, worker);
  kernel.closed.add("d1");
  await send(kernel, "d1");
  await send(kernel, "d2");
  await until(() => kernel.asked.some(({ op: name }) => name === "completeJob"));
  t.deepEqual(runs, ["d2"]);
});

test.serial("an event is heard in the bureaus served, keyed by its id", async (t) => {
  const { kernel } = await start(t, Worker, worker);
  for (const bureau of ["nanling", "wuhu"]) {
    const event = cloudEvent({
      id: `e-${bureau}`,
      time: "2026-01-01T00:00:00.000Z",
      bureau,
      source: "workflow",
      name: "instance-completed",
      data: {},
      traceparent: TRACE,
    });
    await kernel.bus.publishStored(`jinshui.event.${bureau}.workflow.instance-completed`, event, { id: event.id });
  }
  await until(() => kernel.asked.length > 0);
  await sleep(200);
  t.is(kernel.asked.length, 1);
  t.like(kernel.asked[0]?.context, {
    bureau: "wuhu",
    idempotencyKey: "e-wuhu/insert-0df0938291707a5e0fb9b4ac233df286",
    traceId: "a".repeat(32),
  });
});
