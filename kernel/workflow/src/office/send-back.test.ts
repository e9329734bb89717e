import { eachDatabase } from "@jinshui/storage/testing/ava";
import { Matter, step } from "../testing/office.js";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

/** Reception, then two branches side by side with a step before each end, then the decision. */
const BRANCHES = bpmn(
  "branches",
  `<startEvent id="s"/><userTask id="reception" name="受理" jinshui:position="clerk"/><parallelGateway id="x"/>
  <userTask id="a1" jinshui:position="equipment"/><userTask id="a2" jinshui:position="equipment"/>
  <userTask id="b1" jinshui:position="section-chief"/><userTask id="b2" jinshui:position="section-chief"/>
  <parallelGateway id="j"/><userTask id="decide" name="决定" jinshui:position="director" jinshui:actions="approve"/><endEvent id="e"/>
  ${flow("s", "reception")}${flow("reception", "x")}${flow("x", "a1")}${flow("a1", "a2")}${flow("a2", "j")}
  ${flow("x", "b1")}${flow("b1", "b2")}${flow("b2", "j")}${flow("j", "decide")}${flow("decide", "e")}`,
);

async function opened(db: Parameters<typeof WorkflowSite.open>[0]): Promise<WorkflowSite> {
  const site = await WorkflowSite.open(db);
  await site.deploy([BRANCHES]);
  await site.hire("qiaoli", "director");
  return site;
}

eachDatabase(
  "in a branch it goes back within the branch alone; before the split all branches go back",
  async (t, db) => {
    const site = await opened(db);
    const matter = await Matter.open(site, "branches");
    await site.act("zhaomin", "complete", {}, { element: "reception" });
    await site.act("zhaomin", "complete", {}, { element: "a1" });
    await site.act("wanggang", "complete", {}, { element: "b1" });
    t.deepEqual(
      (await matter.targets("zhaomin", "a2")).map(({ element }) => element),
      ["a1", "reception"],
      "not what lies beside it",
    );
    await matter.sendBack("zhaomin", "a2", "a1");
    t.deepEqual(await matter.open(), ["a1", "b2"]);
    t.is((await matter.task("zhaomin", "a1")).assignee?.name, "赵敏", "it is back with who had done it");
    await site.act("zhaomin", "complete", {}, { element: "a1" });
    await site.act("wanggang", "complete", {}, { element: "b2" });
    await matter.sendBack("zhaomin", "a2", "reception");
    t.deepEqual(await matter.open(), ["reception"], "a branch that waits at the join goes back as well");
    for (const element of ["reception", "a1", "a2"]) await site.act("zhaomin", "complete", {}, { element });
    for (const element of ["b1", "b2"]) await site.act("wanggang", "complete", {}, { element });
    await site.act("qiaoli", "approve");
    t.is(await matter.state(), "completed");
    const { replayed, stored } = await site.replayed(matter.id);
    t.deepEqual(replayed, stored);
  },
);

eachDatabase("after the branches have met it goes back into one of them; the other counts as done", async (t, db) => {
  const site = await opened(db);
  const matter = await Matter.open(site, "branches");
  for (const element of ["reception", "a1", "a2"]) await site.act("zhaomin", "complete", {}, { element });
  for (const element of ["b1", "b2"]) await site.act("wanggang", "complete", {}, { element });
  t.deepEqual(
    (await matter.targets("qiaoli", "decide")).map(({ element }) => element),
    ["b2", "b1", "a2", "a1", "reception"],
  );
  await matter.sendBack("qiaoli", "decide", "a1");
  t.deepEqual(await matter.open(), ["a1"]);
  t.like(await step(site, matter.id, "decide"), { action: "return", by: { name: "qiaoli" } });
  for (const element of ["a1", "a2"]) await site.act("zhaomin", "complete", {}, { element });
  t.deepEqual(await matter.open(), ["decide"]);
  const { history } = await site.handlers.instance({ id: matter.id }, await site.as("lixia"));
  t.like(
    history.find(({ type }) => type === "task-sent-back"),
    { by: { name: "qiaoli" }, opinion: "请补正", message: "→ a1" },
  );
  t.is(await db.database.count("audit_entry", { action: "send-back" }), 1);
});

eachDatabase("sent back to come straight back, one step is redone and nothing else moves", async (t, db) => {
  const site = await opened(db);
  const matter = await Matter.open(site, "branches");
  for (const element of ["reception", "a1", "a2"]) await site.act("zhaomin", "complete", {}, { element });
  await site.act("wanggang", "complete", {}, { element: "b1" });
  await matter.sendBack("wanggang", "b2", "reception", true);
  t.deepEqual(await matter.open(), ["reception"]);
  t.is((await site.inbox("wanggang")).length, 0);
  const [redo] = await site.inbox("zhaomin");
  t.like(redo, { element: "reception", part: "redo" });
  t.is((await site.inbox("lixia")).length, 0, "who had done it does it again");
  await site.act("zhaomin", "complete", {}, { element: "reception" });
  t.is((await matter.task("wanggang", "b2")).assignee?.name, "王刚");
  await site.act("wanggang", "complete");
  t.deepEqual(await matter.open(), ["decide"]);
});

eachDatabase(
  "where a process allows it only to the last step, or not at all, nothing else is offered or done",
  async (t, db) => {
    const site = await opened(db);
    const line = (id: string, attributes: string): string =>
      bpmn(
        id,
        `<startEvent id="s"/><userTask id="one"/><userTask id="two" jinshui:position="equipment"/><userTask id="last" jinshui:position="section-chief" ${attributes}/><endEvent id="e"/>
      ${flow("s", "one")}${flow("one", "two")}${flow("two", "last")}${flow("last", "e")}`,
      );
    await site.deploy([line("previous", 'jinshui:sendBack="previous"'), line("none", 'jinshui:sendBack="none"')]);
    for (const [key, elements] of [
      ["previous", ["two"]],
      ["none", []],
    ] as const) {
      const matter = await Matter.open(site, key);
      await site.act("lixia");
      await site.act("zhaomin");
      t.deepEqual(
        (await matter.targets("wanggang", "last")).map(({ element }) => element),
        elements,
      );
      t.is(await codeOf(matter.sendBack("wanggang", "last", "one")), "conflict");
      t.is(await codeOf(matter.sendBack("wanggang", "last", "e")), "conflict");
      await site.act("wanggang");
    }
  },
);

eachDatabase(
  "what comes after a step is no earlier step, though it was done before by way of a loop",
  async (t, db) => {
    const site = await opened(db);
    await site.deploy([
      bpmn(
        "loop",
        `<startEvent id="s"/><userTask id="first" jinshui:position="equipment"/><userTask id="second" jinshui:position="section-chief" jinshui:actions="approve,return"/><exclusiveGateway id="g" default="g-e"/><endEvent id="e"/>
      ${flow("s", "first")}${flow("first", "second")}${flow("second", "g")}${flow("g", "first", 'steps.second.action = "return"')}${flow("g", "e")}`,
      ),
    ]);
    const matter = await Matter.open(site, "loop");
    await site.act("zhaomin");
    await site.act("wanggang", "return");
    t.deepEqual(await matter.targets("zhaomin", "first"), []);
    await site.act("zhaomin");
    t.deepEqual(
      (await matter.targets("wanggang", "second")).map(({ element }) => element),
      ["first"],
    );
  },
);
