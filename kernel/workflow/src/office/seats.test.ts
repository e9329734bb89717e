import type { FormSchema } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { step } from "../testing/office.js";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, PLUGIN, WorkflowSite } from "../testing/site.js";

/** Steps one after the other; the first is the applicant's unless it says otherwise. */
const line = (id: string, steps: Record<string, string>, process = `name="${id}"`): string => {
  const ids = ["s", ...Object.keys(steps), "e"];
  const tasks = Object.entries(steps).map(
    ([step, attributes]) => `<userTask id="${step}" name="${step}" ${attributes}/>`,
  );
  const flows = ids.slice(1).map((target, index) => flow(ids[index] ?? "", target));
  return bpmn(
    id,
    `<startEvent id="s"${id.startsWith("comp") ? ' jinshui:form="where"' : ""}/>${tasks.join("")}<endEvent id="e"/>${flows.join("")}`,
    process,
  );
};
const WHERE: FormSchema = {
  type: "default",
  id: "where",
  components: [
    { type: "textfield", key: "who", label: "岗位" },
    { type: "textfield", key: "dept", label: "部门" },
  ],
};

eachDatabase("who has done a step can't do one that is kept apart from it, not even for a colleague", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([
    line("apart", {
      reception: 'jinshui:position="clerk"',
      review: 'jinshui:position="clerk" jinshui:separateFrom="reception"',
    }),
  ]);
  await site.hire("one", "clerk");
  await site.start({}, "apart", "wanggang");
  await site.act("zhaomin", "complete", {}, { element: "reception" });
  t.is((await site.inbox("zhaomin")).length, 0);
  t.is((await site.inbox("lixia"))[0]?.element, "review");
  await site.delegate("lixia", "zhaomin");
  t.is((await site.inbox("zhaomin")).length, 0, "not in another's name either");
  await site.act("one", "complete");
  t.is((await site.inbox("lixia")).length, 0);
});

eachDatabase(
  "a step that waits is taken from who does its counterpart meanwhile; with nobody left it is the administrators'",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.deploy([
      bpmn(
        "beside",
        `<startEvent id="s"/><parallelGateway id="x"/><parallelGateway id="j"/><userTask id="a" jinshui:position="clerk"/><userTask id="b" jinshui:position="clerk" jinshui:separateFrom="a"/><endEvent id="e"/>
      ${flow("s", "x")}${flow("x", "a")}${flow("x", "b")}${flow("a", "j")}${flow("b", "j")}${flow("j", "e")}`,
      ),
    ]);
    await site.start({}, "beside", "wanggang");
    const held = (await site.inbox("zhaomin")).find(({ element }) => element === "b");
    await site.handlers.claim({ id: held?.id ?? "", version: 1 }, await site.as("zhaomin"));
    await site.act("zhaomin", "complete", {}, { element: "a" });
    t.is((await site.inbox("zhaomin")).length, 0);
    const input = { id: held?.id ?? "", version: 3, action: "complete", values: {} };
    t.is(await codeOf(site.handlers.complete(input, await site.as("zhaomin"))), "forbidden");
    t.deepEqual(
      (await site.inbox("lixia")).map(({ element }) => element),
      ["b"],
    );
    await site.dismiss("lixia", "clerk");
    await site.start({}, "beside", "wanggang");
    await site.act("zhaomin", "complete", {}, { element: "a" });
    t.deepEqual(
      (await site.inbox("sunjie")).map(({ element }) => element),
      ["b"],
    );
  },
);

eachDatabase("two officers: the second confirms what the first did, or sends it back", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([
    line("pair", {
      check: 'jinshui:position="clerk" jinshui:officers="2" jinshui:actions="approve,reject"',
      next: 'jinshui:position="equipment"',
    }),
  ]);
  const confirmed = await site.start({}, "pair", "wanggang");
  await site.act("zhaomin", "approve", {}, { element: "check" });
  t.is((await site.inbox("zhaomin")).length, 0, "not the same person again");
  t.is((await site.inbox("lixia"))[0]?.part, "confirm");
  await site.act("lixia", "approve");
  t.like(await step(site, confirmed, "check"), { action: "approve", by: { name: "赵敏" } });
  const refused = await site.start({}, "pair", "wanggang");
  await site.act("lixia", "approve");
  await site.act("zhaomin", "reject", {}, { element: "check" });
  const result = await step(site, refused, "check");
  t.like(result, { action: "reject", by: { name: "赵敏" } });
  t.deepEqual(
    result?.votes?.map(({ by, action }) => [by.name, action]),
    [
      ["李霞", "approve"],
      ["赵敏", "reject"],
    ],
  );
  const first = await site.start({}, "pair", "wanggang");
  await site.act("lixia", "reject");
  t.is((await step(site, first, "check"))?.action, "reject", "what the first refuses nobody confirms");
});

eachDatabase("position and department are computed; what can't be found out is the administrators'", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy(
    [
      line("computed", { a: 'jinshui:position="=who"' }),
      line("competent", { a: 'jinshui:position="clerk" jinshui:departmentOf="=dept"' }),
    ],
    [WHERE],
  );
  await site.start({ who: "equipment" }, "computed");
  t.is((await site.inbox("zhaomin")).length, 1);
  const lost = await site.start({ who: "pilot" }, "computed");
  t.is((await site.inbox("sunjie")).length, 1);
  const { history } = await site.handlers.instance({ id: lost }, await site.as("lixia"));
  t.regex(history.find(({ type }) => type === "task-created")?.message ?? "", /=who.*系统管理员/);
  await site.hire("one", "clerk", "wuhu", "data-centre");
  await site.start({ dept: "data-centre" }, "competent");
  t.is((await site.inbox("one")).length, 1);
  t.is((await site.inbox("zhaomin")).length, 1, "a clerk of another department");
});

eachDatabase(
  "the bureau above decides: its people have the task and see the matter, its others do not",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    site.enable("fanchang", PLUGIN);
    Object.assign(site.auth.organisation.bureau("fanchang") ?? {}, { parent: "wuhu" });
    await site.deploy([line("upward", { above: 'jinshui:position="section-chief" jinshui:within="parent"' })]);
    const id = await site.start({}, "upward", "zhouyan");
    t.is((await site.inbox("wanggang")).length, 1);
    const chief = await site.as("wanggang");
    t.is((await site.handlers.instance({ id }, chief)).id, id);
    t.is(await codeOf(site.handlers.instance({ id }, await site.as("lixia"))), "not-found");
    t.is(await codeOf(site.handlers.instance({ id }, await site.as("sunjie"))), "not-found", "nor its administrators");
    const told = await db.database.find("outbox", { where: { subject: { startsWith: "jinshui.event.wuhu." } } });
    t.true(told.length > 0, "pages in the bureau above light up");
    await site.act("wanggang", "complete");
    t.is((await site.handlers.instance({ id }, await site.as("zhouyan"))).state, "completed");
    const own = await site.start({}, "upward");
    await site.act("wanggang", "complete");
    t.is(
      (await site.handlers.instance({ id: own }, await site.as("lixia"))).state,
      "completed",
      "the top bureau itself",
    );
  },
);

eachDatabase("what a process says of its signers is checked before it is deployed", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const wrong = line(
    "wrong",
    {
      a: 'jinshui:sign="most"',
      b: 'jinshui:signers="clerk" jinshui:sign="ratio" jinshui:ratio="1.5" jinshui:officers="2"',
      c: 'jinshui:position="=1 +" jinshui:within="nation" jinshui:separateFrom="nowhere" jinshui:sendBack="maybe"',
      d: 'jinshui:signers=" " jinshui:officers="3"',
    },
    'name="错" jinshui:repeat="often"',
  );
  const error = await t.throwsAsync(site.deploy([wrong], [WHERE]));
  const { problems } = (error as unknown as { details: { problems: { code: string; element?: string }[] } }).details;
  t.deepEqual(problems.map(({ code, element = "" }) => `${code} ${element}`).sort(), [
    "bad-attribute ",
    "bad-attribute a",
    "bad-attribute b",
    "bad-attribute c",
    "bad-attribute c",
    "bad-attribute d",
    "bad-expression c",
    "bad-signers a",
    "bad-signers b",
    "bad-signers d",
    "bad-signers d",
    "unknown-step c",
  ]);
  t.regex(error.message, /separateFrom/);
});
