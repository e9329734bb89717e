import { eachDatabase } from "@jinshui/storage/testing/ava";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

eachDatabase("a matter is ended by its applicant until somebody else has finished a step", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const { handlers } = site;
  const id = await site.start();
  t.true((await handlers.instance({ id }, await site.as("lixia"))).cancellable);
  t.false((await handlers.instance({ id }, await site.as("wanggang"))).cancellable);
  t.is(await codeOf(handlers.cancelInstance({ id, reason: "x" }, await site.as("wanggang"))), "forbidden");
  const context = await site.as("lixia", { idempotencyKey: "once" });
  t.is((await handlers.cancelInstance({ id, reason: "重复申请" }, context)).state, "cancelled");
  t.is((await handlers.cancelInstance({ id, reason: "重复申请" }, context)).state, "cancelled", "asked twice");
  t.is(await codeOf(handlers.cancelInstance({ id, reason: "x" }, await site.as("lixia"))), "task-closed");
  t.deepEqual(await site.inbox("wanggang"), []);
  const detail = await handlers.instance({ id }, await site.as("lixia"));
  t.false(detail.cancellable);
  t.like(
    detail.history.find(({ type }) => type === "cancelled"),
    { opinion: "重复申请", by: { name: "李霞" } },
  );
  const { archives } = await handlers.archives({}, await site.as("lixia"));
  t.like(archives, [{ state: "cancelled" }], "it is kept as it stood");
  const told = async (): Promise<string[]> =>
    (await handlers.notices({}, await site.as("lixia"))).notices.map(({ kind }) => kind);
  t.deepEqual(await told(), [], "who ended it knows");

  const later = await site.start();
  await site.act("wanggang", "approve");
  t.false((await handlers.instance({ id: later }, await site.as("lixia"))).cancellable);
  t.is(await codeOf(handlers.cancelInstance({ id: later, reason: "x" }, await site.as("lixia"))), "forbidden");
  t.is(
    (await handlers.cancelInstance({ id: later, reason: "申请人调离" }, await site.as("sunjie"))).state,
    "cancelled",
  );
  t.deepEqual(await told(), ["cancelled"]);
});

eachDatabase("a stuck matter says where and why, and an administrator can end it", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([
    bpmn(
      "stuck",
      `<startEvent id="s"/><parallelGateway id="f"/><userTask id="a" name="甲"/><userTask id="b" name="乙"/><parallelGateway id="j" name="会合"/><endEvent id="e"/><exclusiveGateway id="x" default="x-n"/><endEvent id="n"/>
      ${flow("s", "f")}${flow("f", "a")}${flow("f", "b")}${flow("a", "j")}${flow("b", "x")}${flow("x", "j", 'steps.b.opinion = "同意"')}${flow("x", "n")}${flow("j", "e")}`,
    ),
  ]);
  const id = await site.start({}, "stuck");
  await site.act("lixia", "complete", {}, { element: "a" });
  await site.act("lixia", "complete", {}, { element: "b", opinion: "不办" });
  const detail = await site.handlers.instance({ id }, await site.as("sunjie"));
  t.like(detail, { state: "incident", incidents: [{ element: "j", step: "会合", code: "dead-join" }] });
  t.like(
    detail.history.find(({ type }) => type === "incident"),
    { step: "会合", code: "dead-join" },
  );
  const notices = async (): Promise<string[]> =>
    (await site.handlers.notices({}, await site.as("sunjie"))).notices.map(({ kind }) => kind);
  t.deepEqual(await notices(), ["incident"]);
  t.is((await site.handlers.cancelInstance({ id, reason: "图有误" }, await site.as("sunjie"))).state, "cancelled");
  t.deepEqual(await notices(), [], "there is nothing left to be mended");
});

eachDatabase("tasks of one step are told apart, and a timer on a step is its time limit", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([
    bpmn(
      "several",
      `<startEvent id="s"/><userTask id="a" name="会签"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask><boundaryEvent id="late" attachedToRef="a" cancelActivity="false"><timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition></boundaryEvent><endEvent id="n"/><endEvent id="e"/>
      ${flow("s", "a")}${flow("late", "n")}${flow("a", "e")}`,
    ),
  ]);
  const id = await site.start({}, "several");
  const tasks = await site.inbox("lixia");
  t.deepEqual(tasks.map(({ step }) => step).sort(), ["会签（1/3）", "会签（2/3）", "会签（3/3）"]);
  t.is(Date.parse(tasks[0]?.dueAt ?? "") - Date.parse(tasks[0]?.arrivedAt ?? ""), 3 * 86_400_000);
  const detail = await site.handlers.instance({ id }, await site.as("lixia"));
  t.deepEqual(detail.steps, ["会签"], "not the timer that stands by");
  t.is(detail.mine.length, 3);
  t.deepEqual((await site.handlers.instance({ id }, await site.as("sunjie"))).mine, []);
});
