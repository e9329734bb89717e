import { eachDatabase } from "@jinshui/storage/testing/ava";
import { Matter, signing, step } from "../testing/office.js";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

const LINE = bpmn(
  "line",
  `<startEvent id="s"/><userTask id="one" jinshui:position="clerk"/><userTask id="two" jinshui:position="section-chief"/><userTask id="three" jinshui:position="equipment"/><endEvent id="e"/>
  ${flow("s", "one")}${flow("one", "two")}${flow("two", "three")}${flow("three", "e")}`,
);

/** The task that somebody has finished last. */
async function finished(site: WorkflowSite, username: string): Promise<string> {
  const { tasks } = await site.handlers.tasks({ kind: "done" }, await site.as(username));
  return tasks[0]?.id ?? "";
}
async function takeBack(site: WorkflowSite, username: string, id: string): Promise<void> {
  await site.handlers.takeBack({ id }, await site.as(username));
}

eachDatabase("who has finished a step takes it back until somebody has begun the next", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([LINE]);
  const matter = await Matter.open(site, "line");
  await site.act("zhaomin", "complete", {}, { element: "one" });
  const done = await finished(site, "zhaomin");
  const detail = await site.handlers.instance({ id: matter.id }, await site.as("zhaomin"));
  t.deepEqual(detail.takeable, [done]);
  t.is(await codeOf(takeBack(site, "wanggang", done)), "not-found", "it is not another's to take");
  await takeBack(site, "zhaomin", done);
  t.deepEqual(await matter.open(), ["one"]);
  t.is((await site.inbox("wanggang")).length, 0);
  t.is((await matter.task("zhaomin", "one")).assignee?.name, "赵敏");
  t.is(await codeOf(takeBack(site, "zhaomin", done)), "not-found", "once is once");
  await site.act("zhaomin", "complete", {}, { element: "one" });
  const { id, version } = await matter.task("wanggang", "two");
  await site.handlers.claim({ id, version }, await site.as("wanggang"));
  t.is(await codeOf(takeBack(site, "zhaomin", await finished(site, "zhaomin"))), "conflict", "somebody has claimed it");
  await site.act("wanggang");
  await site.act("zhaomin", "complete", {}, { element: "three" });
  t.is(await codeOf(takeBack(site, "zhaomin", await finished(site, "zhaomin"))), "conflict", "the matter has ended");
  t.is(await db.database.count("audit_entry", { action: "take-back" }), 1);
});

eachDatabase("what waits at a join, or went on by it, is taken back without the other branches", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([
    bpmn(
      "meet",
      `<startEvent id="s"/><parallelGateway id="x"/><userTask id="a" jinshui:position="equipment"/><userTask id="b" jinshui:position="section-chief"/><parallelGateway id="j"/><userTask id="after" jinshui:position="clerk"/><endEvent id="e"/>
      ${flow("s", "x")}${flow("x", "a")}${flow("x", "b")}${flow("a", "j")}${flow("b", "j")}${flow("j", "after")}${flow("after", "e")}`,
    ),
  ]);
  const matter = await Matter.open(site, "meet");
  await site.act("zhaomin", "complete", {}, { element: "a" });
  await takeBack(site, "zhaomin", await finished(site, "zhaomin"));
  t.deepEqual(await matter.open(), ["a", "b"]);
  await site.act("zhaomin", "complete", {}, { element: "a" });
  await site.act("wanggang");
  t.deepEqual(await matter.open(), ["after"]);
  await takeBack(site, "wanggang", await finished(site, "wanggang"));
  t.deepEqual(await matter.open(), ["b"], "the other branch stays done");
  await site.act("wanggang");
  t.deepEqual(await matter.open(), ["after"]);
  const { replayed, stored } = await site.replayed(matter.id);
  t.deepEqual(replayed, stored);
});

eachDatabase(
  "one's vote among others is taken back while the step is open; who comes next waits again",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.deploy([
      signing('jinshui:signers="section-chief equipment" jinshui:sign="sequence" jinshui:actions="approve,reject"'),
    ]);
    const matter = await Matter.open(site, "signing");
    await site.act("wanggang", "approve");
    t.is((await site.inbox("zhaomin")).length, 1);
    await takeBack(site, "wanggang", await finished(site, "wanggang"));
    t.is((await site.inbox("zhaomin")).length, 0);
    await site.act("wanggang", "approve");
    await site.act("zhaomin", "reject");
    t.is((await step(site, matter.id))?.action, "reject");
    t.is(await codeOf(takeBack(site, "zhaomin", await finished(site, "zhaomin"))), "conflict", "others have voted");
  },
);

eachDatabase("a plugin's work that has begun is not undone by taking back", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.start();
  await site.act("wanggang", "approve");
  await site.act("zhaomin", "handover", { item: { id: "i1", title: "台式机" } });
  t.is(await codeOf(takeBack(site, "zhaomin", await finished(site, "zhaomin"))), "conflict");
});
