import type { Context, Handlers, WorkflowApi } from "@jinshui/contracts";
import { sqliteDatabase } from "@jinshui/storage/testing";
import test, { type ExecutionContext } from "ava";
import { codeOf, WorkflowSite } from "../testing/site.js";

async function openSite(t: ExecutionContext): Promise<WorkflowSite> {
  const db = await sqliteDatabase();
  t.teardown(() => db.close());
  return WorkflowSite.open(db);
}

interface Ids {
  definition: string;
  instance: string;
  task: string;
  archive: string;
}

/** One matter at the hand-over, and one in the archive. */
async function withMatters(site: WorkflowSite): Promise<Ids> {
  await site.start();
  await site.act("wanggang", "approve");
  await site.act("zhaomin", "handover", { item: { id: "i1", title: "台式机" } });
  await site.handlers.completeJob({ job: (await site.job()).id, variables: {} }, site.plugin);
  const instance = await site.start();
  await site.act("wanggang", "approve");
  const [task] = await site.inbox("zhaomin");
  const archive = await site.db.database.findOne("wf_archive", { bureau: "wuhu" });
  const row = await site.db.database.findOne("wf_instance", { id: instance });
  return { definition: String(row?.["definition"]), instance, task: task?.id ?? "", archive: String(archive?.["id"]) };
}

/** Every operation that names something by its id. */
const byId = ({ definition, instance, task, archive }: Ids) =>
  ({
    definition: (call) => call.handlers.definition({ id: definition }, call.context),
    start: (call) => call.handlers.start({ definition, values: { reason: "x" } }, call.context),
    instance: (call) => call.handlers.instance({ id: instance }, call.context),
    diagram: (call) => call.handlers.diagram({ id: instance }, call.context),
    task: (call) => call.handlers.task({ id: task }, call.context),
    claim: (call) => call.handlers.claim({ id: task, version: 1 }, call.context),
    release: (call) => call.handlers.release({ id: task, version: 1 }, call.context),
    complete: (call) => call.handlers.complete({ id: task, version: 1, action: "handover", values: {} }, call.context),
    archive: (call) => call.handlers.archive({ id: archive }, call.context),
    retryJob: (call) => call.handlers.retryJob({ instance, element: "issue" }, call.context),
    cancelInstance: (call) => call.handlers.cancelInstance({ id: instance, reason: "x" }, call.context),
  }) satisfies Record<string, (call: { handlers: Handlers<WorkflowApi>; context: Context }) => Promise<unknown>>;

test("what is another bureau's does not exist, whatever the operation and the rights at home", async (t) => {
  const site = await openSite(t);
  const ids = await withMatters(site);
  site.enable("fanchang", "asset");
  for (const position of ["system-administrator", "equipment", "section-chief"])
    await site.appoint("zhouyan", position, "levy");
  const context = await site.as("zhouyan");
  for (const [name, call] of Object.entries(byId(ids))) {
    if (name === "definition" || name === "start") continue; // the plugin's process is enabled there too
    t.is(await codeOf(call({ handlers: site.handlers, context })), "not-found", name);
  }
  const lists = [
    (await site.handlers.tasks({ kind: "todo" }, context)).total,
    (await site.handlers.instances({ mine: false }, context)).total,
    (await site.handlers.archives({}, context)).total,
    (await site.handlers.notices({}, context)).unread,
  ];
  t.deepEqual(lists, [0, 0, 0, 0]);
  site.enable("fanchang");
  t.is(await codeOf(byId(ids).definition({ handlers: site.handlers, context })), "not-found");
  t.is(await codeOf(byId(ids).start({ handlers: site.handlers, context })), "not-found");
});

test("a matter is seen by its applicant, by those who had a task in it, and by who oversees the bureau's", async (t) => {
  const site = await openSite(t);
  const ids = await withMatters(site);
  const outsider = await site.as("zhouyan", { bureau: "wuhu" });
  t.is(await codeOf(site.handlers.instance({ id: ids.instance }, outsider)), "forbidden", "a token of another bureau");
  for (const name of ["lixia", "wanggang", "zhaomin", "sunjie"])
    t.is(await codeOf(site.handlers.instance({ id: ids.instance }, await site.as(name))), "ok", name);
  const early = await site.start();
  t.is(await codeOf(site.handlers.instance({ id: early }, await site.as("zhaomin"))), "not-found", "not yet");
  t.is(await codeOf(site.handlers.instances({ mine: false }, await site.as("wanggang"))), "forbidden");
  t.is((await site.handlers.instances({ mine: false }, await site.as("sunjie"))).total, 3);
  t.is((await site.handlers.archives({}, await site.as("wanggang"))).total, 1);
  t.is(await codeOf(site.handlers.archive({ id: ids.archive }, await site.as("zhaomin"))), "ok");
});

test("who may look at a task may not therefore act on it", async (t) => {
  const site = await openSite(t);
  const { task: id } = await withMatters(site);
  const administrator = await site.as("sunjie");
  t.false((await site.handlers.task({ id }, administrator)).mine);
  t.is(await codeOf(site.handlers.claim({ id, version: 1 }, administrator)), "not-found");
  t.is(
    await codeOf(site.handlers.complete({ id, version: 1, action: "handover", values: {} }, administrator)),
    "not-found",
  );
  t.is(await codeOf(site.handlers.task({ id }, await site.as("lixia"))), "not-found");
});

test("nothing works without a person, or with a token made for somebody else's mouth", async (t) => {
  const site = await openSite(t);
  const ids = await withMatters(site);
  const nobody = { ...(await site.as("lixia")) };
  delete nobody.actor;
  const stolen = await site.as("lixia", { caller: "asset" });
  for (const [name, call] of Object.entries(byId(ids))) {
    t.is(await codeOf(call({ handlers: site.handlers, context: nobody })), "sign-in-required", name);
    t.is(await codeOf(call({ handlers: site.handlers, context: stolen })), "forbidden", name);
  }
});

test("forms and actions are checked here, not in the browser", async (t) => {
  const site = await openSite(t);
  const fails = (values: Record<string, unknown>): Promise<string> =>
    site.start(values).then(
      () => "started",
      (error: unknown) => JSON.stringify((error as { details?: unknown }).details),
    );
  t.regex(await fails({}), /"reason".*"required"/);
  t.regex(await fails({ reason: "长".repeat(21) }), /too-long/);
  t.regex(await fails({ reason: "好", item: { id: "i1", title: "机" } }), /not-editable/);
  t.regex(await fails({ reason: "好", steps: {} }), /unknown-field/);
  await site.start();
  const [task] = await site.inbox("wanggang");
  const complete = async (action: string, opinion: string, values = {}): Promise<string> =>
    codeOf(
      site.handlers.complete({ id: task?.id ?? "", version: 1, action, opinion, values }, await site.as("wanggang")),
    );
  t.is(await complete("return", "  "), "invalid-form");
  t.is(await complete("explode", ""), "invalid-request");
  t.is(await complete("submit", ""), "invalid-request", "an action of another step");
  t.is(await complete("approve", "", { reason: "改" }), "invalid-form");
  t.is((await site.inbox("wanggang"))[0]?.version, 1, "nothing has changed");
});
