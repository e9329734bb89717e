import type { OpOutput, WorkflowApi } from "@jinshui/contracts";
import { apply, type EngineEvent, type InstanceState } from "@jinshui/engine";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, PLUGIN, WorkflowSite } from "../testing/site.js";

const version = (steps: string): string => bpmn("long", steps, `name="长流程" jinshui:title="&quot;长流程&quot;"`);
const FIRST = version(
  `<startEvent id="s"/><userTask id="a" name="审核"/><userTask id="b" name="办理"/><endEvent id="e"/>${flow("s", "a")}${flow("a", "b")}${flow("b", "e")}`,
);
const SECOND = version(
  `<startEvent id="s"/><userTask id="a2" name="初审"/><userTask id="check" name="复核"/><userTask id="b" name="办理"/><endEvent id="e"/>${flow("s", "a2")}${flow("a2", "check")}${flow("check", "b")}${flow("b", "e")}`,
);

type Detail = OpOutput<WorkflowApi, "instance">;
const detail = async (site: WorkflowSite, id: string): Promise<Detail> =>
  site.handlers.instance({ id }, await site.as("sunjie"));

eachDatabase(
  "a matter that is suspended is seen, refuses to be worked on, and goes on when it is resumed",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.deploy([FIRST]);
    const id = await site.start({}, "long");
    const administrator = await site.as("sunjie");
    t.is(await codeOf(site.handlers.suspendInstance({ id, reason: "查重" }, await site.as("lixia"))), "forbidden");
    await site.handlers.suspendInstance({ id, reason: "查重" }, administrator);
    await site.handlers.suspendInstance({ id, reason: "再一次" }, administrator);
    const before = await detail(site, id);
    t.like(before, { suspended: true, suspendable: true, state: "active" });
    t.deepEqual(
      before.history.filter(({ type }) => type === "suspended").map(({ opinion }) => opinion),
      ["查重"],
      "once",
    );
    t.is(await codeOf(site.act("lixia")), "suspended");
    t.is((await site.inbox("lixia")).length, 1, "the task stays where it was");
    await site.handlers.resumeInstance({ id }, administrator);
    await site.act("lixia");
    t.deepEqual((await detail(site, id)).activeElements, ["b"]);
    await site.handlers.cancelInstance({ id, reason: "完" }, administrator);
    t.is(await codeOf(site.handlers.suspendInstance({ id, reason: "晚了" }, administrator)), "task-closed");
  },
);

eachDatabase("a timer that falls due while its matter is suspended fires once that goes on", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([
    bpmn(
      "timed",
      `<startEvent id="s"/><intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT0.2S</timeDuration></timerEventDefinition></intermediateCatchEvent><userTask id="u"/><endEvent id="e"/>${flow("s", "wait")}${flow("wait", "u")}${flow("u", "e")}`,
    ),
  ]);
  const id = await site.start({}, "timed");
  const administrator = await site.as("sunjie");
  await site.handlers.suspendInstance({ id, reason: "查重" }, administrator);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await site.workflow.clockwork.tick();
  t.deepEqual((await detail(site, id)).activeElements, ["wait"]);
  await site.handlers.resumeInstance({ id }, administrator);
  await site.workflow.clockwork.tick();
  t.deepEqual((await detail(site, id)).activeElements, ["u"]);
});

eachDatabase(
  "running matters move to a new version: first looked at, then moved, and those that can't stay",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.deploy([FIRST]);
    const [early, late, ended] = [
      await site.start({}, "long"),
      await site.start({}, "long"),
      await site.start({}, "long"),
    ];
    const act = async (instance: string): Promise<unknown> => {
      const task = (await site.inbox("lixia")).find((candidate) => candidate.instance === instance);
      return site.handlers.complete(
        { id: task?.id ?? "", version: task?.version ?? 0, action: "complete", values: {} },
        await site.as("lixia"),
      );
    };
    await act(late);
    await act(ended);
    await act(ended);
    await site.deploy([SECOND]);
    const administrator = await site.as("sunjie");
    const { definition } = await detail(site, early);
    const { versions, total } = await site.handlers.definitionVersions({ id: definition, limit: 1 }, administrator);
    t.like(versions, [{ version: 2, latest: true, running: 0 }]);
    t.is(total, 2);
    const to = versions[0]?.id ?? "";
    const ask = async (mapping: Record<string, string>, commit: boolean): Promise<Record<string, unknown>> => {
      const found: Record<string, unknown> = {};
      for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
        const page = await site.handlers.migrateInstances(
          { from: definition, to, mapping, commit, limit: 1, ...(cursor === undefined ? {} : { cursor }) },
          administrator,
        );
        for (const { id, problems, moved } of page.instances)
          found[id] = moved ? "moved" : problems.map(({ code, step }) => `${code} ${step}`);
        cursor = page.nextCursor;
      }
      return found;
    };
    t.deepEqual(await ask({}, false), { [early]: ["no-target 审核"], [late]: [] });
    t.deepEqual(await ask({}, true), { [early]: ["no-target 审核"], [late]: "moved" }, "one that can't go on stays");
    t.deepEqual(await ask({ a: "a2" }, true), { [early]: "moved" });
    t.is(
      await codeOf(
        site.handlers.migrateInstances({ from: definition, to, mapping: { a: "zzz" }, commit: true }, administrator),
      ),
      "invalid-request",
    );
    t.is(
      await codeOf(
        site.handlers.migrateInstances({ from: definition, to, mapping: {}, commit: true }, await site.as("lixia")),
      ),
      "forbidden",
    );

    t.like(await detail(site, early), { definition: to, activeElements: ["a2"] });
    t.is((await detail(site, early)).history.find(({ type }) => type === "migrated")?.message, "第 1 版 → 第 2 版");
    await act(early);
    t.deepEqual((await detail(site, early)).activeElements, ["check"], "the new step is taken");
    await act(late);
    t.is((await detail(site, late)).state, "completed");
    t.is((await detail(site, ended)).definition, definition, "what has ended is as it was");
    for (const id of [early, late]) {
      const { replayed, stored } = await site.replayed(id);
      t.deepEqual(replayed, stored, "the facts give the state, over the change of version too");
    }
  },
);

eachDatabase("a matter is replayed from its facts, command by command, by who may see it", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([FIRST]);
  const id = await site.start({}, "long");
  await site.act("lixia");
  await site.act("lixia");
  const reader = await site.as("lixia");
  const steps: OpOutput<WorkflowApi, "replay">["steps"] = [];
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const page = await site.handlers.replay({ id, limit: 2, ...(cursor === undefined ? {} : { cursor }) }, reader);
    steps.push(...page.steps);
    cursor = page.nextCursor;
    t.is(page.total, 3);
  }
  const states: string[][] = [];
  let state: InstanceState | undefined;
  for (const { events, at } of steps) {
    for (const event of events as unknown as EngineEvent[]) state = apply(state, event);
    states.push(Object.values(state?.tokens ?? {}).map(({ element }) => element));
    t.regex(at ?? "", /^\d{4}-/);
  }
  t.deepEqual(states, [["a"], ["b"], []]);
  t.is(state?.status, "completed");
  site.enable("wuhu-county", PLUGIN);
  t.is(await codeOf(site.handlers.replay({ id }, await site.as("zhaomin"))), "not-found");
});
