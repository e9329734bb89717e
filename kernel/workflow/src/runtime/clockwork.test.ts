import { newId, openDatabase } from "@jinshui/storage";
import { type TestDatabase } from "@jinshui/storage/testing";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Assignment } from "./assignment.js";
import { Clockwork } from "./clockwork.js";
import { Jobs } from "./jobs.js";
import { Runtime } from "./runtime.js";
import { bpmn, flow } from "../testing/processes.js";
import { WorkflowSite } from "../testing/site.js";
import { WORKFLOW_TABLES } from "../tables.js";

const timed = (duration: string, id = "timed"): string =>
  bpmn(
    id,
    `<startEvent id="s"/><intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>${duration}</timeDuration></timerEventDefinition></intermediateCatchEvent><userTask id="u"/><endEvent id="e"/>${flow("s", "w")}${flow("w", "u")}${flow("u", "e")}`,
  );

async function openSite(db: TestDatabase, duration: string): Promise<WorkflowSite> {
  const site = await WorkflowSite.open(db);
  await site.deploy([timed(duration)]);
  return site;
}

const active = async (site: WorkflowSite, id: string): Promise<string[]> =>
  (await site.handlers.instance({ id }, await site.as("lixia"))).activeElements;

eachDatabase("a due timer fires once, and one that became due while nobody looked fires late", async (t, db) => {
  const site = await openSite(db, "PT1H");
  const { clockwork } = site.workflow;
  const id = await site.start({}, "timed");
  await clockwork.tick();
  t.deepEqual(await active(site, id), ["w"]);
  await db.database.transaction((tx) =>
    tx.update("wf_timer", { instance: id }, { due_at: "2001-01-01T00:00:00.000Z" }),
  );
  await Promise.all([clockwork.tick(), clockwork.tick(), clockwork.tick()]);
  t.deepEqual(await active(site, id), ["u"]);
  t.is(await db.database.count("wf_task", { instance: id }), 1);
  t.is(await db.database.count("wf_timer", { instance: id }), 0);
  const { history } = await site.handlers.instance({ id }, await site.as("lixia"));
  t.is(history.filter(({ type }) => type === "timer-fired").length, 1);
});

eachDatabase("two kernels' clockworks fire a timer once, and soon after its time", async (t, db) => {
  const site = await openSite(db, "PT1S");
  const { definitions, clockwork } = site.workflow;
  const assignment = new Assignment(site.auth.organisation);
  const { deadlines } = clockwork.parts.runtime;
  const enablement = { enabledPlugins: () => ["asset"], mayKeepArchives: () => false };
  const second = new Clockwork(
    {
      ...clockwork.parts,
      runtime: new Runtime(db.database, definitions, assignment, site.signatures, deadlines, site.files),
      jobs: new Jobs(db.database, definitions, assignment, enablement, deadlines),
    },
    newId(),
  );
  clockwork.start();
  second.start();
  t.teardown(async () => {
    await clockwork.stop();
    await second.stop();
  });
  const ids = await Promise.all(Array.from({ length: 5 }, () => site.start({}, "timed")));
  for (let tries = 0; tries < 60; tries += 1) {
    if ((await db.database.count("wf_timer", {})) === 0) break;
    await sleep(100);
  }
  for (const id of ids) t.deepEqual(await active(site, id), ["u"]);
  const rows = await db.database.find("wf_history", { where: { instance: { in: ids } } });
  const at = (type: string): number[] =>
    rows
      .map((row) => row["entry"] as { type: string; at: string })
      .filter((entry) => entry.type === type)
      .map((entry) => Date.parse(entry.at));
  t.is(at("timer-fired").length, 5);
  const late = Math.max(...at("timer-fired")) - Math.max(...at("started")) - 1_000;
  t.true(late >= 0 && late < 2_000, `${late} ms late`);
});

eachDatabase(
  "a clock that sleeps until a far timer is woken by a nearer one, be it another kernel that writes it",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.deploy([timed("PT1H"), timed("PT1S", "soon")]);
    const other = await openDatabase(db.url);
    t.teardown(() => other.close());
    await other.ensureTables(WORKFLOW_TABLES);
    const far = await site.start({}, "timed");
    const { clockwork } = site.workflow;
    clockwork.start();
    t.teardown(() => clockwork.stop());
    const fired = async (id: string): Promise<void> => {
      for (let tries = 0; tries < 200 && (await db.database.count("wf_timer", { instance: id })) > 0; tries += 1)
        await sleep(100);
      t.deepEqual(await active(site, id), ["u"]);
    };
    const near = await site.start({}, "soon");
    await fired(near);
    t.deepEqual(await active(site, far), ["w"]);
    await other.transaction((tx) => tx.update("wf_timer", { instance: far }, { due_at: tx.time }));
    await fired(far);
  },
);

eachDatabase("a timer that can't be fired is put off and does not hold up the others", async (t, db) => {
  const site = await openSite(db, "PT1H");
  const id = await site.start({}, "timed");
  const past = "2001-01-01T00:00:00.000Z";
  const broken = newId();
  await db.database.transaction(async (tx) => {
    await tx.update("wf_timer", { instance: id }, { due_at: "2002-01-01T00:00:00.000Z" });
    await tx.insert("wf_timer", { id: broken, instance: id, engine_timer: "t99", element: "w", due_at: past });
  });
  await site.workflow.clockwork.tick();
  t.deepEqual(await active(site, id), ["u"]);
  const row = await db.database.findOne("wf_timer", { id: broken });
  t.true(Date.parse(String(row?.["due_at"])) > Date.now());
});

eachDatabase(
  "a clock killed with timers in its hands fires none of them; the next one fires each once",
  async (t, db) => {
    const site = await openSite(db, "PT1H");
    const ids = await Promise.all(Array.from({ length: 4 }, () => site.start({}, "timed")));
    await db.database.transaction((tx) => tx.update("wf_timer", {}, { due_at: "2001-01-01T00:00:00.000Z" }));
    const worker = fileURLToPath(new URL("../testing/timer-worker.js", import.meta.url));
    for (const nth of [1, 3]) {
      const child = spawn(process.execPath, [worker, db.url], {
        env: { ...process.env, JINSHUI_FAIL: `timer-claimed:kill:${nth}` },
        stdio: "inherit",
      });
      t.is((await once(child, "exit"))[1], "SIGKILL");
      await db.database.transaction((tx) => tx.update("lease", { name: "workflow-clock" }, { lease_until: tx.time }));
    }
    await site.workflow.clockwork.tick();
    for (const id of ids) {
      t.deepEqual(await active(site, id), ["u"]);
      t.is(await db.database.count("wf_task", { instance: id }), 1);
    }
  },
);
