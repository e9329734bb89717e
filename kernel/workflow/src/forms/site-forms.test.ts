import type { FormSchema } from "@jinshui/contracts";
import { sqliteDatabase } from "@jinshui/storage/testing";
import test, { type ExecutionContext } from "ava";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

async function openSite(t: ExecutionContext): Promise<WorkflowSite> {
  const db = await sqliteDatabase();
  t.teardown(() => db.close());
  const site = await WorkflowSite.open(db);
  await site.appoint("sunjie", "process-designer");
  return site;
}

async function valuesOf(site: WorkflowSite, id: string): Promise<Record<string, unknown>> {
  const row = await site.db.database.findOne("wf_instance", { id });
  return (row?.["state"] as { variables: Record<string, unknown> }).variables;
}

const LEAVE: FormSchema = {
  type: "default",
  id: "leave",
  components: [
    { type: "date", key: "from", label: "开始日期", validate: { required: true } },
    { type: "date", key: "to", label: "结束日期", validate: { required: true } },
    { type: "number", key: "days", label: "天数", jinshui: { calculate: "(date(to) - date(from)).days + 1" } },
    {
      type: "textfield",
      key: "proof",
      label: "证明",
      jinshui: { visibleIf: "days > 3", requiredIf: "days > 3" },
    },
    {
      type: "textarea",
      key: "opinions",
      label: "签批意见",
      jinshui: { type: "opinion", steps: { u: "edit", s: "hidden" } },
    },
  ],
};
const PROCESS = bpmn(
  "leave",
  `<startEvent id="s" jinshui:form="leave"/><userTask id="u" name="审批" jinshui:form="leave"/><endEvent id="e"/>${flow("s", "u")}${flow("u", "e")}`,
);
const upload = { xml: PROCESS, fileName: "leave.bpmn", commit: true };
const FREE = { from: "2026-12-01", to: "2026-12-02" };

test("a form that a bureau makes is deployed with a process of its own, calculated and checked like any other", async (t) => {
  const site = await openSite(t);
  const { handlers } = site;
  const maker = await site.as("sunjie");
  t.is(await codeOf(handlers.importDefinition(upload, maker)), "invalid-process", "no form yet");
  await handlers.saveForm({ id: "leave", title: "请假单", form: LEAVE, revision: 0 }, maker);
  t.is(await codeOf(handlers.importDefinition(upload, maker)), "invalid-process", "a draft binds nobody");
  const published = await handlers.publishForm({ id: "leave", revision: 1 }, maker);
  t.deepEqual(published, { version: 1, deployed: [], left: [] });
  const [known] = (await handlers.knownForms({}, maker)).forms;
  t.deepEqual(known, { form: LEAVE, title: { "zh-CN": "请假单" } }, "those who make processes are shown it");
  const definition = (await handlers.importDefinition(upload, maker)).processes[0]?.definition ?? "";

  const clerk = await site.as("lixia");
  const start = (values: Record<string, unknown>) => handlers.start({ definition, values }, clerk);
  t.is(await codeOf(start({ ...FREE, days: 9 })), "invalid-form", "a calculated value is not the browser's to say");
  t.is(await codeOf(start({ ...FREE, to: "2026-12-09" })), "invalid-form", "long leave needs a proof");
  t.is(await codeOf(start({ ...FREE, proof: "假" })), "invalid-form", "short leave has no place for one");
  const { id } = await start(FREE);
  t.is((await valuesOf(site, id))["days"], 2);

  await site.act("lixia", "complete", { opinions: "同意" });
  t.like(((await valuesOf(site, id))["opinions"] as object[])[0], { text: "同意", step: "u" });
});

test("a published form never changes: matters that run keep it, new ones get the next version", async (t) => {
  const site = await openSite(t);
  const { handlers } = site;
  const maker = await site.as("sunjie");
  await handlers.saveForm({ id: "leave", title: "请假单", form: LEAVE, revision: 0 }, maker);
  await handlers.publishForm({ id: "leave", revision: 1 }, maker);
  const definition = (await handlers.importDefinition(upload, maker)).processes[0]?.definition ?? "";
  const [first, ...others] = LEAVE.components;
  const next = { ...LEAVE, components: first ? [{ ...first, label: "首日" }, ...others] : [] };
  await handlers.saveForm({ id: "leave", title: "请假单", form: next, revision: 1 }, maker);
  const published = await handlers.publishForm({ id: "leave", revision: 2 }, maker);
  t.deepEqual(published, { version: 2, deployed: ["leave"], left: [] });
  t.deepEqual(
    (await handlers.publishForm({ id: "leave", revision: 2 }, maker)).version,
    2,
    "the same again is no version",
  );

  t.is((await handlers.definition({ id: definition }, maker)).form?.components[0]?.label, "开始日期");
  const { versions, processes } = await handlers.form({ id: "leave" }, maker);
  t.deepEqual(
    versions.map(({ version }) => version),
    [2, 1],
  );
  t.deepEqual(processes[0]?.steps, [
    { id: "s", name: "s", isStart: true },
    { id: "u", name: "审批", isStart: false },
  ]);
  const current = processes[0]?.definition ?? "";
  t.like(await handlers.definition({ id: current }, maker), { version: 2 });
  t.is((await handlers.definition({ id: current }, maker)).form?.components[0]?.label, "首日");
  t.is((await handlers.form({ id: "leave", version: 1 }, maker)).form.components[0]?.label, "开始日期");
  const audited = await site.db.database.find("audit_entry", { where: { action: "publish-form" } });
  t.is(audited.length, 2);
});

test("a draft that somebody else has saved since is not overwritten, a form that can't work not published", async (t) => {
  const site = await openSite(t);
  const { handlers } = site;
  const maker = await site.as("sunjie");
  const save = (revision: number, form = LEAVE) =>
    handlers.saveForm({ id: "leave", title: "请假单", form, revision }, maker);
  await save(0);
  t.is(await codeOf(save(0)), "conflict");
  await save(1);
  t.is(await codeOf(save(1)), "stale-version");
  t.is(await codeOf(handlers.publishForm({ id: "leave", revision: 1 }, maker)), "stale-version");
  await save(2, { ...LEAVE, components: [{ type: "number", key: "n", jinshui: { calculate: "1 +" } }] });
  t.is(await codeOf(handlers.publishForm({ id: "leave", revision: 3 }, maker)), "invalid-form");
});

test("forms are made by who may deploy processes, each bureau its own", async (t) => {
  const site = await openSite(t);
  const { handlers } = site;
  await handlers.saveForm({ id: "leave", title: "请假单", form: LEAVE, revision: 0 }, await site.as("sunjie"));
  const clerk = await site.as("lixia");
  t.is(await codeOf(handlers.forms({}, clerk)), "forbidden");
  t.is(await codeOf(handlers.form({ id: "leave" }, clerk)), "forbidden");
  t.is(
    await codeOf(handlers.saveForm({ id: "own", title: "表", form: { ...LEAVE, id: "own" }, revision: 0 }, clerk)),
    "forbidden",
  );
  t.is(await codeOf(handlers.publishForm({ id: "leave", revision: 1 }, clerk)), "forbidden");
  const { forms, total } = await handlers.forms({ search: "请假" }, await site.as("sunjie"));
  t.is(total, 1);
  t.like(forms[0], { id: "leave", title: "请假单", changed: true });
});
