import { sqliteDatabase } from "@jinshui/storage/testing";
import test, { type ExecutionContext } from "ava";
import { bpmn, flow } from "../testing/processes.js";
import { WorkflowSite } from "../testing/site.js";

async function openSite(t: ExecutionContext, processes: string[]): Promise<WorkflowSite> {
  const db = await sqliteDatabase();
  t.teardown(() => db.close());
  const site = await WorkflowSite.open(db);
  await site.deploy(processes);
  return site;
}

test("an inclusive gateway opens the branches whose conditions hold and waits for just those", async (t) => {
  const site = await openSite(t, [
    bpmn(
      "inclusive",
      `<startEvent id="s"/><userTask id="ask"/><inclusiveGateway id="f" default="f-c"/><userTask id="a"/><userTask id="b"/><userTask id="c"/><inclusiveGateway id="j"/><userTask id="last"/><endEvent id="e"/>
      ${flow("s", "ask")}${flow("ask", "f")}${flow("f", "a", 'steps.ask.opinion != "只乙"')}${flow("f", "b", 'steps.ask.opinion != "只甲"')}${flow("f", "c")}${flow("a", "j")}${flow("b", "j")}${flow("c", "j")}${flow("j", "last")}${flow("last", "e")}`,
    ),
  ]);
  const id = await site.start({}, "inclusive");
  const active = async (): Promise<string[]> =>
    (await site.handlers.instance({ id }, await site.as("lixia"))).activeElements.sort();
  await site.act("lixia", "complete", {}, { opinion: "都要" });
  t.deepEqual(await active(), ["a", "b"]);
  await site.act("lixia", "complete", {}, { element: "a" });
  t.deepEqual(await active(), ["b", "j"]);
  await site.act("lixia", "complete", {}, { element: "b" });
  t.deepEqual(await active(), ["last"]);
});

test("a service task of another tool that a terminate end takes away in the same breath disturbs nobody", async (t) => {
  const site = await openSite(t, [
    bpmn(
      "breath",
      `<startEvent id="s"/><userTask id="u"/><parallelGateway id="x"/><serviceTask id="send"/><endEvent id="k"><terminateEventDefinition/></endEvent><endEvent id="e"/>
      ${flow("s", "u")}${flow("u", "x")}${flow("x", "send")}${flow("x", "k")}${flow("send", "e")}`,
    ),
  ]);
  const id = await site.start({}, "breath");
  await site.act("lixia");
  t.is((await site.handlers.instance({ id }, await site.as("lixia"))).state, "completed");
});

test("service tasks that pass through in a circle become an incident, not a refused click", async (t) => {
  const site = await openSite(t, [
    bpmn(
      "circle",
      `<startEvent id="s"/><userTask id="u"/><exclusiveGateway id="m"/><serviceTask id="a"/><serviceTask id="b"/>${flow("s", "u")}${flow("u", "m")}${flow("m", "a")}${flow("a", "b")}${flow("b", "m")}`,
    ),
  ]);
  const id = await site.start({}, "circle");
  await site.act("lixia");
  const detail = await site.handlers.instance({ id }, await site.as("lixia"));
  t.is(detail.state, "incident");
  t.like(detail.incidents, [{ code: "job-failed" }]);
  t.is((await site.handlers.notices({}, await site.as("sunjie"))).notices[0]?.kind, "incident");
});

test("nobody, neither a form nor a job, can change who applied, the number or what was decided", async (t) => {
  const site = await openSite(t, []);
  const id = await site.start();
  await site.act("wanggang", "approve");
  await site.act("zhaomin", "handover", { item: { id: "i1", title: "台式机" } });
  const job = await site.job();
  for (const key of ["applicant", "number", "steps"]) {
    const error = await t.throwsAsync(
      site.handlers.completeJob({ job: job.id, variables: { [key]: "forged" } }, site.plugin),
    );
    t.like(error, { code: "invalid-request", details: { variables: [key] } });
  }
  const form = {
    type: "default" as const,
    id: "sly",
    components: [
      { type: "textfield" as const, key: "applicant", label: "申请人", jinshui: { steps: { "*": "edit" as const } } },
    ],
  };
  const sly = bpmn(
    "sly",
    `<startEvent id="s"/><userTask id="u" jinshui:form="sly"/><endEvent id="e"/>${flow("s", "u")}${flow("u", "e")}`,
  );
  await site.deploy([sly], [form]);
  const other = await site.start({}, "sly");
  await t.throwsAsync(site.act("lixia", "complete", { applicant: "别人" }), { message: /applicant/ });
  await t.throwsAsync(site.act("lixia", "complete", { applicant: { id: "x" } }), { message: /applicant/ });
  t.is((await site.handlers.instance({ id: other }, await site.as("lixia"))).state, "active");
  t.is((await site.handlers.instance({ id }, await site.as("lixia"))).state, "active");
});
