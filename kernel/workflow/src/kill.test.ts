import { type InstanceState, waitsOf } from "@jinshui/engine";
import { auditProblems } from "@jinshui/storage/testing";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import type { ExecutionContext } from "ava";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { WorkflowSite } from "./testing/site.js";

const WORKER = fileURLToPath(new URL("testing/worker.js", import.meta.url));

/** Lets a process work on the database, kills it in the middle of it, and returns what it had acknowledged. */
async function workAndDie(url: string, ms: number): Promise<string[]> {
  const child = spawn(process.execPath, [WORKER, url], { stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(child, "exit");
  const acknowledged: string[] = [];
  const lines = createInterface(child.stdout);
  // the moment counts from the third line, "ready" and two commands: a busy machine would else kill it before its work
  const working = new Promise<void>((resolve) => {
    lines.on("line", (line) => {
      acknowledged.push(line);
      if (acknowledged.length === 3) resolve();
    });
  });
  await Promise.race([working, exit]);
  await sleep(ms);
  child.kill("SIGKILL");
  const [, signal] = (await exit) as [number | null, NodeJS.Signals | null];
  if (signal !== "SIGKILL") throw new Error("the worker ended by itself; see above");
  return acknowledged;
}

/** What must hold of every instance at any moment. */
async function checkInstances(t: ExecutionContext, site: WorkflowSite): Promise<void> {
  const { database } = site.db;
  const instances = await database.find("wf_instance", { orderBy: ["number"] });
  t.deepEqual(
    instances.map((row) => Number(String(row["number"]).slice(9))),
    instances.map((_, index) => index + 1),
    "numbers without gap or double",
  );
  for (const row of instances) {
    const instance = String(row["id"]);
    const { replayed, stored } = await site.replayed(instance);
    t.deepEqual(replayed, stored, "the facts give the state");
    const waits = (state: InstanceState, kind: string): (string | undefined)[] =>
      waitsOf(state)
        .flatMap((wait) => (wait.kind === kind ? [wait.id] : []))
        .sort();
    const open = async (table: string, column: string): Promise<unknown[]> =>
      (await database.find(table, { where: { instance, state: "open" } })).map((found) => found[column]).sort();
    t.deepEqual(
      await open("wf_task", "engine_task"),
      waits(stored, "task"),
      "a task for each token that waits for one",
    );
    t.deepEqual(await open("wf_job", "engine_job"), waits(stored, "job"), "a job for each token that waits for one");
    t.is(await database.count("wf_event", { instance }), Number(row["version"]), "a line of facts for each version");
    t.is(await database.count("wf_archive", { instance }), stored.status === "completed" ? 1 : 0);
  }
  const created = await database.count("outbox", { subject: "jinshui.event.wuhu.workflow.task-created" });
  t.is(created, await database.count("wf_task"), "an event for each task");
  t.deepEqual(await auditProblems(database, "wuhu"), []);
}

eachDatabase(
  "a process killed in the middle of its work loses nothing it acknowledged and leaves nothing half done",
  async (t, db) => {
    const acknowledged: string[] = [];
    for (const ms of [300, 700, 500]) acknowledged.push(...(await workAndDie(db.url, ms)));
    const site = await WorkflowSite.open(db);
    t.true(acknowledged.length > 3, "it had begun to work");
    for (const line of acknowledged) {
      const [what, id = ""] = line.split(" ");
      if (what === "start") t.truthy(await db.database.findOne("wf_instance", { id }), line);
      if (what === "complete") t.is((await db.database.findOne("wf_task", { id }))?.["state"], "completed", line);
      if (what === "job") t.is((await db.database.findOne("wf_job", { id }))?.["state"], "done", line);
    }
    await checkInstances(t, site);
    for (;;) {
      const job = await db.database.findOne("wf_job", { state: "open" });
      const [chief] = await site.inbox("wanggang");
      const [applicant] = await site.inbox("lixia");
      const [equipment] = await site.inbox("zhaomin");
      if (job) await site.handlers.completeJob({ job: String(job["id"]), variables: {} }, site.plugin);
      if (chief) await site.act("wanggang", "approve");
      if (applicant) await site.act("lixia", "submit");
      if (equipment) await site.act("zhaomin", "handover", { item: { id: "i1", title: "台式机" } });
      if (!job && !chief && !applicant && !equipment) break;
    }
    t.is(await db.database.count("wf_instance", { status: { ne: "completed" } }), 0, "all of them can be finished");
    await checkInstances(t, site);
    t.log(`${acknowledged.length} commands acknowledged by the killed`);
  },
);
