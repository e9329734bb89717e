import { sqliteDatabase } from "@jinshui/storage/testing";
import test, { type ExecutionContext } from "ava";
import { bpmn, flow, REQUISITION } from "../testing/processes.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

async function openSite(t: ExecutionContext): Promise<WorkflowSite> {
  const db = await sqliteDatabase();
  t.teardown(() => db.close());
  const site = await WorkflowSite.open(db);
  await site.appoint("sunjie", "process-designer");
  return site;
}

const line = (id: string, steps: string[]): string =>
  bpmn(
    id,
    `<startEvent id="s"/>${steps.map((step) => `<userTask id="${step}"/>`).join("")}<endEvent id="e"/>` +
      ["s", ...steps].map((step, index) => flow(step, [...steps, "e"][index] ?? "")).join(""),
  );

test("a changed process is a new version; matters under way keep the one they began with", async (t) => {
  const site = await openSite(t);
  await site.deploy([line("leave", ["a", "b"])]);
  const old = await site.start({}, "leave");
  await site.deploy([line("leave", ["a", "b"])]);
  t.is(await site.db.database.count("wf_definition", { process_key: "leave" }), 1, "unchanged: no new version");
  await site.deploy([line("leave", ["a"])]);
  const found = (await site.handlers.definitions({}, await site.as("lixia"))).definitions;
  t.deepEqual(
    found.filter(({ key }) => key === "leave").map(({ version }) => version),
    [2],
  );
  const young = await site.start({}, "leave");
  await site.act("lixia");
  await site.act("lixia");
  const state = async (id: string): Promise<string[]> => {
    const detail = await site.handlers.instance({ id }, await site.as("lixia"));
    return [detail.state, ...detail.activeElements];
  };
  t.deepEqual(await state(old), ["active", "b"]);
  t.deepEqual(await state(young), ["completed"]);
});

test("a process that a plugin no longer brings can't be started, but its matters go on", async (t) => {
  const site = await openSite(t);
  await site.deploy([line("leave", ["a"])]);
  const id = await site.start({}, "leave");
  await site.deploy([]);
  const { definitions } = await site.handlers.definitions({}, await site.as("lixia"));
  t.deepEqual(
    definitions.map(({ key }) => key),
    ["requisition"],
  );
  await site.act("lixia");
  t.is((await site.handlers.instance({ id }, await site.as("lixia"))).state, "completed");
  await site.deploy([line("leave", ["a"])]);
  t.is((await site.handlers.definitions({}, await site.as("lixia"))).definitions.length, 2, "back again");
});

test("a plugin's process that asks for what is not there is not deployed, and every reason is named", async (t) => {
  const site = await openSite(t);
  const wrong = bpmn(
    "wrong",
    `<startEvent id="s" jinshui:form="nowhere"/><userTask id="u" jinshui:actions="approve,explode"/><serviceTask id="x" jinshui:job="unheard-of"/><endEvent id="e"/>${flow("s", "u")}${flow("u", "x")}${flow("x", "e")}`,
    `name="错" jinshui:title="1 +"`,
  );
  const error = await t.throwsAsync(site.deploy([wrong]));
  const { problems } = (error as unknown as { details: { problems: { code: string; element?: string }[] } }).details;
  t.regex(error.message, /User task “u” \(line 1\) offers the action explode, which is not known/);
  t.deepEqual(problems.map(({ code, element = "" }) => `${code} ${element}`).sort(), [
    "bad-expression ",
    "unknown-action u",
    "unknown-form s",
    "unknown-job x",
  ]);
  t.is(await site.db.database.count("wf_definition", { process_key: "wrong" }), 0);
});

test("a model of another tool is imported with a report, refused whole when something in it can't run, and run by its starter", async (t) => {
  const site = await openSite(t);
  const { handlers } = site;
  const plain = bpmn(
    "foreign",
    `<startEvent id="s"/><userTask id="u" name="Check"/><serviceTask id="x"/><endEvent id="e"/>${flow("s", "u")}${flow("u", "x")}${flow("x", "e")}`,
  );
  const upload = (xml: string, commit: boolean) => ({ xml, fileName: "f.bpmn", commit });
  t.is(await codeOf(handlers.importDefinition(upload(plain, true), await site.as("lixia"))), "forbidden");
  const refused = bpmn("bad", `<startEvent id="s"/><callActivity id="c" name="子流程"/>${flow("s", "c")}`);
  const context = await site.as("sunjie");
  const report = await handlers.importDefinition(upload(refused, false), context);
  t.like(
    report.processes[0]?.problems.find(({ severity }) => severity === "error"),
    { code: "missing-call", element: "c", elementName: "子流程" },
  );
  t.is(await codeOf(handlers.importDefinition(upload(refused, true), context)), "invalid-process");
  const dry = await handlers.importDefinition(upload(plain, false), context);
  t.deepEqual(
    dry.processes[0]?.problems.map(({ severity, code, element }) => [severity, code, element]),
    [
      ["warning", "anyone-starts", undefined],
      ["warning", "no-assignee", "u"],
      ["warning", "no-job", "x"],
      ["warning", "no-name", "x"],
    ],
  );
  t.is(await site.db.database.count("wf_definition", { process_key: "foreign" }), 0, "a look deploys nothing");
  const imported = await handlers.importDefinition(upload(plain, true), context);
  const definition = imported.processes[0]?.definition ?? "";
  t.is(dry.processes[0]?.replaces, undefined);
  const again = await handlers.importDefinition(upload(plain, false), context);
  t.deepEqual(again.processes[0]?.replaces, { title: "foreign", version: 1 }, "who deploys is told what it replaces");
  const { id } = await handlers.start({ definition, values: {} }, await site.as("lixia"));
  await site.act("lixia");
  t.is((await handlers.instance({ id }, await site.as("lixia"))).state, "completed");
  t.is(await codeOf(handlers.definition({ id: definition }, await site.as("zhouyan"))), "not-found");
});

test("an imported file can't ask for jobs or forms of plugins, take a plugin's key, or bring ids too long to keep", async (t) => {
  const site = await openSite(t);
  const context = await site.as("sunjie");
  const attempt = (xml: string): Promise<string> =>
    codeOf(site.handlers.importDefinition({ xml, fileName: "f.bpmn", commit: true }, context));
  t.is(await attempt(REQUISITION), "invalid-process");
  t.is(await attempt(line("requisition", ["a"])), "conflict");
  t.is(await attempt(line("x".repeat(101), ["a"])), "invalid-process");
  t.is(await attempt(line("long", ["a".repeat(101)])), "invalid-process");
  t.is(await attempt("<html/>"), "invalid-process");
  t.is(await attempt(line("fits", ["a"])), "ok");
});

test("an imported file may ask for forms that the bureau's processes use", async (t) => {
  const site = await openSite(t);
  const context = await site.as("sunjie");
  const { forms } = await site.handlers.knownForms({}, context);
  const [known] = forms;
  t.is(known?.title["zh-CN"], (await site.handlers.definitions({}, context)).definitions[0]?.title["zh-CN"]);
  const id = known?.form.id ?? "";
  const xml = bpmn("trip", `<startEvent id="s" jinshui:form="${id}"/><endEvent id="e"/>${flow("s", "e")}`);
  const { processes } = await site.handlers.importDefinition({ xml, fileName: "trip.bpmn", commit: true }, context);
  const { form } = await site.handlers.definition({ id: processes[0]?.definition ?? "" }, context);
  t.deepEqual(form, known?.form);
  const other = xml.replace(`"${id}"`, '"nobodys"');
  t.is(
    await codeOf(site.handlers.importDefinition({ xml: other, fileName: "trip.bpmn", commit: true }, context)),
    "invalid-process",
  );
  t.is(await codeOf(site.handlers.knownForms({}, await site.as("lixia"))), "forbidden");
});

test("several processes of one file are deployed together or not at all", async (t) => {
  const site = await openSite(t);
  const [one = "", two = ""] = [line("one", ["a"]), line("two", ["a"])].map((xml) =>
    xml.replace(/^<definitions[^>]*>|<\/definitions>$/g, ""),
  );
  const file = (...processes: string[]): string =>
    `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">${processes.join("")}</definitions>`;
  const distinct = two.replaceAll(/(id|sourceRef|targetRef)="(s|a|e|s-a|a-e)"/g, '$1="two-$2"');
  const context = await site.as("sunjie");
  const both = await site.handlers.importDefinition(
    { xml: file(one, distinct), fileName: "both.bpmn", commit: true },
    context,
  );
  t.deepEqual(
    both.processes.map(({ key }) => key),
    ["one", "two"],
  );
  const clash = distinct.replace('id="two"', 'id="requisition"');
  t.is(
    await codeOf(
      site.handlers.importDefinition(
        { xml: file(one.replace('name="one"', 'name="一"'), clash), fileName: "both.bpmn", commit: true },
        context,
      ),
    ),
    "conflict",
  );
  t.is(await site.db.database.count("wf_definition", { process_key: "one" }), 1, "the first was not kept either");
});

test("start positions decide who may start", async (t) => {
  const site = await openSite(t);
  await site.deploy([
    line("inspection", ["a"]).replace(
      'name="inspection"',
      'name="巡检" jinshui:startPositions="equipment, section-chief"',
    ),
  ]);
  const startable = async (name: string): Promise<string[]> =>
    (await site.handlers.definitions({ startable: true }, await site.as(name))).definitions.map(({ key }) => key);
  t.deepEqual((await startable("zhaomin")).sort(), ["inspection", "requisition"]);
  t.deepEqual(await startable("lixia"), ["requisition"]);
  const { definitions } = await site.handlers.definitions({}, await site.as("lixia"));
  const inspection = definitions.find(({ key }) => key === "inspection");
  t.false(inspection?.startable);
  t.is(
    await codeOf(site.handlers.start({ definition: inspection?.id ?? "", values: {} }, await site.as("lixia"))),
    "forbidden",
  );
});

test("a signature that fits no task is refused with where and why", async (t) => {
  const site = await openSite(t);
  const xml = bpmn(
    "wrong-signature",
    `<startEvent id="s"/><userTask id="u" name="审" jinshui:assign="applicant" jinshui:actions="approve,return" jinshui:signature="approve, explode"/><userTask id="v" name="再审" jinshui:assign="applicant" jinshui:signature="required"/><serviceTask id="x" jinshui:job="issue" jinshui:signature="required"/><endEvent id="e"/>${flow("s", "u")}${flow("u", "v")}${flow("v", "x")}${flow("x", "e")}`,
  );
  const { processes } = await site.workflow.definitions.check(xml, [], ["issue"]);
  t.deepEqual(
    processes[0]?.problems
      .filter(({ severity }) => severity === "error")
      .map(({ code, element, params }) => [code, element, params]),
    [
      ["bad-signature", "u", { action: "explode" }],
      ["bad-signature", "x", { what: "nobody" }],
    ],
  );
});
