import { isJinshuiError, type OpOutput, storageApi, type SupervisorApi, supervisorApi } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startSite, type TestSite } from "../testing/site.js";
import { writeSmallPlugin } from "../testing/small-plugin.js";

const MAIN = `
const tries = new Map();
class Night {
  constructor(storage) { this.storage = storage; }
  async sweep({ id, dueAt, attempt }, call) {
    tries.set(id, attempt);
    await this.storage.insert({ collection: "night.note", values: { text: call.bureau + " " + dueAt } });
    // the note was written: the second try writes it under the same key
    if (attempt === 1) throw new Error("lost the line");
  }
  async bad() { throw new JinshuiError("conflict", "no such folder"); }
  async seen() { return { runs: [...tries] }; }
}
inject(Storage)(Night, undefined, 0);
plugin()(Night);
schedule("sweep")(Night.prototype, "sweep");
schedule("bad")(Night.prototype, "bad");
op("seen")(Night.prototype, "seen");
await runPlugin(Night);
`;
const title = { "zh-CN": "清理" };
const note = {
  name: "note",
  title,
  fields: { text: { type: "string", title } },
  display: { title: "text", list: ["text"] },
  permissions: { read: ["night.use"], write: ["night.use"] },
};

async function start(t: ExecutionContext, contributes: object = {}): Promise<TestSite> {
  const site = await startSite((close) => t.teardown(close), {
    enabledIn: ["wuhu"],
    plugins: ["night"],
    prepare: (plugins) =>
      writeSmallPlugin(join(plugins, "night"), {
        id: "night",
        main: MAIN,
        ops: ["seen"],
        contributes: {
          permissions: [{ id: "night.use", title, positions: ["clerk"] }],
          collections: "collections/",
          schedules: [
            { id: "sweep", title, cron: "0 2 * * *" },
            { id: "bad", title, everySeconds: 3_600 },
          ],
          ...contributes,
        },
        files: { "collections/note.json": note },
      }),
  });
  return site;
}

async function until<T>(what: string, look: () => Promise<T | undefined>, ms = 15_000): Promise<T> {
  for (const end = Date.now() + ms; ; await sleep(50)) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
  }
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "ok",
    (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
  );

type Scheduled = OpOutput<SupervisorApi, "schedules">["schedules"][number];

test.serial(
  "a plugin does what it is scheduled for, tried again under the same key; what fails is on the page, in the trail and told at once",
  async (t) => {
    const site = await start(t);
    const { bureau, call } = await site.admin();
    const client = site.gateway.client(supervisorApi, bureau);
    const place = { plugin: "night", bureau: "wuhu" };
    const events: string[] = [];
    site.gateway.subscribe("jinshui.event.wuhu.supervisor.schedule-failed", (_body, subject) => events.push(subject));
    const listed = async (id: string): Promise<Scheduled | undefined> =>
      (await client.schedules(place, call)).schedules.find((schedule) => schedule.id === id);
    await until("it has its times", async () => (await listed("sweep"))?.dueAt);
    t.like(await listed("sweep"), { cron: "0 2 * * *" });
    t.is((await listed("sweep"))?.last, undefined);

    const idempotencyKey = crypto.randomUUID();
    const run = await client.runSchedule({ ...place, schedule: "sweep" }, { ...call, idempotencyKey });
    t.like(run, { state: "open", attempt: 0 });
    t.is((await client.runSchedule({ ...place, schedule: "sweep" }, { ...call, idempotencyKey })).id, run.id);
    t.is(await codeOf(client.runSchedule({ ...place, schedule: "sweep" }, call)), "in-progress");
    const done = await until("it is done", async () => {
      const last = (await listed("sweep"))?.last;
      return last?.state === "done" ? last : undefined;
    });
    t.like(done, { id: run.id, attempt: 2 });
    t.deepEqual((await site.callPlugin("seen", {}, { plugin: "night" }))["runs"], [[run.id, 2]]);
    const clerk = await site.admin("lixia");
    const notes = site.gateway.client(storageApi, clerk.bureau).count({ collection: "night.note" }, clerk.call);
    t.is((await notes).total, 1, "two tries, one effect");

    await client.runSchedule({ ...place, schedule: "bad" }, call);
    const failed = await until("it failed", async () => {
      const last = (await listed("bad"))?.last;
      return last?.state === "failed" ? last : undefined;
    });
    t.like(failed, { attempt: 1, problem: "no such folder" });
    t.deepEqual((await client.plugins({}, call)).plugins[0]?.bureaus[0]?.failedSchedules, ["bad"]);
    await until("it was told", () => Promise.resolve(events[0]));
    const trail = await site.database.find("audit_entry", { where: { resource: "plugin/night" }, orderBy: ["id"] });
    t.deepEqual(
      trail.map((row) => row["action"]),
      ["run-schedule", "run-schedule", "schedule-failed"],
    );
    const page = await client.scheduleRuns({ ...place, schedule: "bad", limit: 1 }, call);
    t.deepEqual(page.runs, [failed]);
  },
);

test.serial("schedules are for administrators of the bureau, and a plugin that is off has no times", async (t) => {
  const site = await start(t);
  const place = { plugin: "night", bureau: "wuhu" };
  const clerk = await site.admin("lixia");
  t.is(await codeOf(site.gateway.client(supervisorApi, clerk.bureau).schedules(place, clerk.call)), "forbidden");
  const county = await site.admin("qianjun");
  t.is(await codeOf(site.gateway.client(supervisorApi, county.bureau).schedules(place, county.call)), "not-found");
  const { bureau, call } = await site.admin();
  const client = site.gateway.client(supervisorApi, bureau);
  const times = async (): Promise<number> =>
    (await client.schedules(place, call)).schedules.filter(({ dueAt }) => dueAt !== undefined).length;
  await until("it has its times", async () => ((await times()) === 2 ? true : undefined));
  t.is(await codeOf(client.runSchedule({ ...place, schedule: "never" }, call)), "not-found");
  await client.setEnabled({ ...place, enabled: false }, call);
  await until("they are gone", async () => ((await times()) === 0 ? true : undefined));
  t.is(await codeOf(client.runSchedule({ ...place, schedule: "sweep" }, call)), "not-enabled");
  await client.setEnabled({ ...place, enabled: true }, call);
  await until("they are back", async () => ((await times()) === 2 ? true : undefined));
});

test.serial("a plugin whose process dies over a run is handed it again when it is back", async (t) => {
  const site = await startSite((close) => t.teardown(close), {
    enabledIn: ["wuhu"],
    plugins: ["frail"],
    prepare: (plugins) =>
      writeSmallPlugin(join(plugins, "frail"), {
        id: "frail",
        main: `class Frail {
          async work({ attempt }) { if (attempt === 1) process.exit(2); }
        }
        plugin()(Frail);
        schedule("work")(Frail.prototype, "work");
        await runPlugin(Frail);`,
        contributes: { schedules: [{ id: "work", title, everySeconds: 86_400 }] },
      }),
  });
  const { bureau, call } = await site.admin();
  const client = site.gateway.client(supervisorApi, bureau);
  const place = { plugin: "frail", bureau: "wuhu", schedule: "work" };
  await until("it runs", () => Promise.resolve(site.supervisor.stateOf("frail") === "running" ? true : undefined));
  await client.runSchedule(place, call);
  const run = await until("it is done", async () => {
    const [last] = (await client.scheduleRuns(place, call)).runs;
    return last?.state === "done" ? last : undefined;
  });
  t.true(run.attempt >= 2);
});
