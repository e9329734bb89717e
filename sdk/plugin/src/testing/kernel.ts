import type { Bus } from "@jinshui/bus";
import { startTestBus } from "@jinshui/bus/testing";
import {
  type Context,
  type Handlers,
  type JinshuiError,
  STREAM,
  type StorageApi,
  storageApi,
  type StoredRecord,
  type WorkflowApi,
  workflowApi,
} from "@jinshui/contracts";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The other end of a plugin's bus: a real server, and a kernel that only writes down what it is asked. */
export interface KernelEnd {
  bus: Bus;
  url: string;
  asked: { op: string; input: unknown; context: Context }[];
  /** Makes the kernel refuse an operation. */
  refuse(op: string, error: JinshuiError): void;
  /** Jobs that somebody has reported on. */
  closed: Set<string>;
  ready: Promise<void>;
}

/** Starts it; the plugin called `demo` is expected. */
export async function startKernelEnd(teardown: (close: () => Promise<void>) => void): Promise<KernelEnd> {
  const site = await startTestBus("supervisor");
  teardown(() => site.stop());
  const asked: KernelEnd["asked"] = [];
  const closed = new Set<string>();
  const refusals = new Map<string, JinshuiError>();
  const ref = { id: "u1", name: "李霞" };
  const record: StoredRecord = {
    id: "r1",
    version: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    createdBy: ref,
    updatedAt: "2026-01-01T00:00:00.000Z",
    updatedBy: ref,
    values: {},
  };
  const answers: Record<string, unknown> = {
    get: record,
    insert: record,
    count: { total: 3 },
    completeJob: {},
    failJob: {},
  };
  const note = async (input: unknown, context: Context): Promise<unknown> => {
    asked.push({ op: context.op, input, context });
    const refusal = refusals.get(context.op);
    if (refusal) throw refusal;
    return Promise.resolve(answers[context.op]);
  };
  const handlers = (ops: object): unknown => Object.fromEntries(Object.keys(ops).map((op) => [op, note]));
  await site.bus.serve(storageApi, handlers(storageApi.ops) as Handlers<StorageApi>);
  await site.bus.serve(workflowApi, {
    ...(handlers(workflowApi.ops) as Handlers<WorkflowApi>),
    findJob: ({ job }) => Promise.resolve({ open: !closed.has(job) }),
  });
  await site.bus.ensureStreams();
  await site.bus.ensureConsumer(STREAM.jobs, "demo", "jinshui.job.*.demo.>");
  await site.bus.ensureConsumer(
    STREAM.events,
    "demo_workflow_instance-completed",
    "jinshui.event.*.workflow.instance-completed",
  );
  const hand = (kind: string, name: string): Parameters<Bus["consume"]>[2] => {
    return async (body, { subject, traceparent }) => {
      const handed = { kind, name, subject, traceparent, body };
      await site.bus.request("jinshui.control.v1.demo.deliver.r1", handed, { timeoutMs: 30_000 });
    };
  };
  let tell: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (tell = resolve));
  await site.bus.respond("jinshui.control.v1.demo.ready.r1", undefined, () => {
    tell();
    return Promise.resolve({});
  });
  const event = "workflow.instance-completed";
  void ready.then(async () => {
    await site.bus.consume(STREAM.jobs, "demo", hand("job", "issue"));
    await site.bus.consume(STREAM.events, `demo_${event.replace(".", "_")}`, hand("event", event));
  });
  return {
    bus: site.bus,
    url: site.server.url,
    asked,
    closed,
    refuse: (op, error) => void refusals.set(op, error),
    ready,
  };
}

interface DemoParts {
  ops?: string[];
  jobs?: string[];
  events?: string[];
  files?: Record<string, string>;
}

/** Writes the folder of a plugin called `demo` and returns its path. */
export async function demoFolder(
  teardown: (close: () => Promise<void>) => void,
  { ops = ["greet"], jobs = [], events = [], files = {} }: DemoParts = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-demo-"));
  teardown(() => rm(folder, { recursive: true, force: true }));
  const jinshui = {
    id: "demo",
    title: { "zh-CN": "演示" },
    schema: 1,
    requires: { apis: { storage: "^1.0" } },
    server: { main: "main.js" },
    grants: { apis: ["storage"], ...(events.length > 0 ? { events: { subscribe: events } } : {}) },
    provides: {
      ops: Object.fromEntries(ops.map((op) => [op, { v: 1, input: "in.json", output: "out.json", effect: "write" }])),
    },
    contributes: { jobs },
  };
  const to = { type: "object", properties: { to: { type: "string" } }, required: ["to"] };
  const out = { type: "object", properties: { text: { type: "string" } }, required: ["text"] };
  const all = {
    "package.json": JSON.stringify({ name: "demo", version: "1.0.0", type: "module", jinshui }),
    "in.json": JSON.stringify(to),
    "out.json": JSON.stringify(out),
    "main.js": "",
    ...files,
  };
  for (const [file, text] of Object.entries(all)) {
    await mkdir(join(folder, file, ".."), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  return folder;
}
