import type { JinshuiError } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

const item = { id: "i1", title: "台式机" };

eachDatabase(
  "a claimed task of somebody whose position is taken away is the others', also when that person never comes back",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    const { handlers } = site;
    await site.appoint("sunjie", "equipment");
    const instance = await site.start();
    await site.act("wanggang", "approve");
    const [task] = await site.inbox("zhaomin");
    const id = task?.id ?? "";
    await handlers.claim({ id, version: 1 }, await site.as("zhaomin"));
    t.deepEqual(await site.inbox("sunjie"), [], "taken");
    await site.dismiss("zhaomin", "equipment");
    await site.workflow.clockwork.tick();
    const [back] = await site.inbox("sunjie");
    t.is(back?.id, id, "it is there for the others");
    t.is(back?.assignee, undefined);
    const input = { id, action: "handover", values: { item } };
    t.is(await codeOf(handlers.complete({ ...input, version: 2 }, await site.as("zhaomin"))), "forbidden");
    await handlers.complete({ ...input, version: back?.version ?? 0 }, await site.as("sunjie"));
    const { replayed, stored } = await site.replayed(instance);
    t.deepEqual(replayed, stored);
  },
);

eachDatabase(
  "who finishes a task twice, or with a form read before somebody changed it, is told so and changes nothing",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    const { handlers } = site;
    const instance = await site.start();
    const [task] = await site.inbox("wanggang");
    const id = task?.id ?? "";
    const approve = { id, action: "approve", opinion: "可", values: {} };
    await handlers.claim({ id, version: 1 }, await site.as("wanggang"));
    const stale = await t.throwsAsync<JinshuiError>(
      handlers.complete({ ...approve, version: 1 }, await site.as("wanggang")),
    );
    t.like(stale, { code: "stale-version", status: 409, details: { version: 2 } });
    await handlers.complete({ ...approve, version: 2 }, await site.as("wanggang"));
    for (const version of [2, 3]) {
      const twice = handlers.complete({ ...approve, version, action: "return" }, await site.as("wanggang"));
      t.like(await t.throwsAsync<JinshuiError>(twice), {
        code: "task-closed",
        status: 409,
        details: { by: "王刚", action: "approve", state: "completed" },
      });
    }
    const { history } = await handlers.instance({ id: instance }, await site.as("lixia"));
    t.is(history.filter(({ type }) => type === "task-completed").length, 1);
    t.is(await db.database.count("audit_entry", { resource: `task/${id}`, action: "task-approve" }), 1);
  },
);

eachDatabase(
  "a model that can never come to its end is named before it is deployed, and a broken file changes nothing",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    const context = await site.as("sunjie");
    const unsound = bpmn(
      "unsound",
      `<startEvent id="s"/><exclusiveGateway id="x" default="x-b"/><userTask id="a" name="甲"/><userTask id="b" name="乙"/><parallelGateway id="j" name="会合"/><endEvent id="e"/>
    ${flow("s", "x")}${flow("x", "a", "true")}${flow("x", "b")}${flow("a", "j")}${flow("b", "j")}${flow("j", "e")}`,
    );
    const look = await site.handlers.importDefinition(
      { xml: unsound, fileName: "不健全.bpmn", commit: false },
      context,
    );
    t.like(look.processes[0]?.problems[0], { code: "stuck-join", element: "j", elementName: "会合" });
    const before = await db.database.count("wf_definition");
    const broken = { xml: unsound.slice(0, 400), fileName: "半个.bpmn", commit: true };
    t.is(await codeOf(site.handlers.importDefinition(broken, context)), "invalid-process");
    t.is(await db.database.count("wf_definition"), before);
  },
);

eachDatabase(
  "a job that fails for good is an incident of its own matter; its neighbours go on, and nothing of it is lost",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    const { handlers, plugin } = site;
    const begin = async (): Promise<{ id: string; job: string }> => {
      const id = await site.start();
      await site.act("wanggang", "approve");
      await site.act("zhaomin", "handover", { item });
      return { id, job: (await site.job()).id };
    };
    const [poisoned, neighbour] = [await begin(), await begin()];
    await handlers.failJob({ job: poisoned.job, message: "不可识别的数据", retryable: false }, plugin);
    await handlers.completeJob({ job: neighbour.job, variables: {} }, plugin);
    const seen = async (id: string): Promise<{ state: string; variables: object; incidents: object[] }> =>
      handlers.instance({ id }, await site.as("sunjie"));
    t.is((await seen(neighbour.id)).state, "completed");
    t.like(await seen(poisoned.id), {
      state: "incident",
      incidents: [{ code: "job-failed", message: "不可识别的数据" }],
    });
    t.like((await seen(poisoned.id)).variables, { reason: "新到岗", item });
  },
);
