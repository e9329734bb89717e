import { type FormSchema, isJinshuiError, type Job } from "@jinshui/contracts";
import { apply, type EngineEvent, type InstanceState } from "@jinshui/engine";
import { silent } from "@jinshui/bus";
import { context as callContext, testAuth } from "@jinshui/auth/testing";
import { eachDatabase, type TestDatabase } from "@jinshui/storage/testing";
import type { Context, TaskSummary } from "@jinshui/contracts";
import { openWorkflow, type Workflow } from "./open-workflow.js";

const flow = (source: string, target: string, condition?: string, id = `${source}-${target}`): string =>
  `<sequenceFlow id="${id}" sourceRef="${source}" targetRef="${target}">${condition === undefined ? "" : `<conditionExpression>${condition}</conditionExpression>`}</sequenceFlow>`;
const bpmn = (id: string, content: string, attributes = ""): string =>
  `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0" targetNamespace="t"><process id="${id}" name="设备领用" ${attributes}>${content}</process></definitions>`;

const requisition = bpmn(
  "requisition",
  `<startEvent id="start" jinshui:form="req"/>
  <userTask id="chief" name="科长审批" jinshui:position="section-chief" jinshui:within="department" jinshui:form="req" jinshui:actions="approve,return" jinshui:dueDays="2"/>
  <exclusiveGateway id="ok" default="ok-handover"/><userTask id="revise" name="修改申请" jinshui:assign="applicant" jinshui:form="req" jinshui:actions="submit,withdraw"/>
  <userTask id="handover" name="发放" jinshui:position="equipment" jinshui:form="req" jinshui:actions="handover"/><serviceTask id="issue" jinshui:job="issue"/><endEvent id="end"/>
  ${flow("start", "chief")}${flow("chief", "ok")}${flow("ok", "handover")}${flow("ok", "revise", 'steps.chief.action = "return"')}${flow("revise", "chief")}${flow("handover", "issue")}${flow("issue", "end")}`,
  `jinshui:title="&quot;领用:&quot; + reason"`,
);
const form: FormSchema = {
  type: "default",
  id: "req",
  components: [
    {
      type: "textfield",
      key: "reason",
      label: "事由",
      validate: { required: true, maxLength: 20 },
      jinshui: { steps: { revise: "edit" } },
    },
    {
      type: "select",
      key: "item",
      label: "设备",
      validate: { required: true },
      jinshui: { type: "record", collection: "asset.item", steps: { handover: "edit", "*": "hidden" } },
    },
  ],
};

interface Site {
  workflow: Workflow;
  as(name: string, extra?: Partial<Context>): Promise<Context>;
  plugin: Context;
  inbox(name: string): Promise<TaskSummary[]>;
  start(values?: Record<string, unknown>): Promise<string>;
  act(name: string, action: string, values?: Record<string, unknown>, opinion?: string): Promise<void>;
  job(): Promise<Job>;
}

async function site(db: TestDatabase): Promise<Site> {
  const { auth } = await testAuth(db);
  const enabled = new Map([["wuhu", new Set(["asset"])]]);
  auth.access.setCatalogue({ permissions: new Map(), enabled });
  const workflow = await openWorkflow({
    database: db.database,
    auth,
    enablement: { enabledPlugins: (bureau) => [...(enabled.get(bureau) ?? [])] },
    log: silent,
  });
  await workflow.definitions.deployPlugin("asset", [{ file: "requisition.bpmn", xml: requisition }], [form], ["issue"]);
  const { handlers } = workflow;
  const as: Site["as"] = async (username, extra = {}) => {
    const person = await db.database.findOne("person", { username });
    const who = { id: String(person?.["id"]), name: String(person?.["name"]), bureau: String(person?.["bureau"]) };
    return callContext({ bureau: who.bureau, actor: await auth.access.tokens.mint(who, "gateway"), ...extra });
  };
  const inbox: Site["inbox"] = async (name) => (await handlers.tasks({ kind: "todo" }, await as(name))).tasks;
  return {
    workflow,
    as,
    inbox,
    plugin: callContext({ caller: "asset" }),
    start: async (values = { reason: "新到岗" }) => {
      const { definitions } = await handlers.definitions({ startable: true }, await as("lixia"));
      return (
        await handlers.start(
          { definition: definitions.find(({ key }) => key === "requisition")?.id ?? "", values },
          await as("lixia"),
        )
      ).id;
    },
    act: async (name, action, values = {}, opinion = "意见") => {
      const [task] = await inbox(name);
      await handlers.complete(
        { id: task?.id ?? "none", version: task?.version ?? 0, action, opinion, values },
        await as(name),
      );
    },
    job: async () =>
      (
        await db.database.find("outbox", {
          where: { subject: { startsWith: "jinshui.job." } },
          orderBy: ["-seq"],
          limit: 1,
        })
      )[0]?.["body"] as Job,
  };
}

const code = (error: unknown): string => (isJinshuiError(error) ? error.code : String(error));
const item = { id: "i1", title: "台式机" };

eachDatabase(
  "an application is returned, corrected, approved, handed over, and ends in the archive with all that was said",
  async (t, db) => {
    const {
      workflow: { handlers },
      as,
      inbox,
      start,
      act,
      job,
      plugin,
    } = await site(db);
    const id = await start();
    t.like((await inbox("wanggang"))[0], {
      step: "科长审批",
      title: "领用:新到岗",
      applicant: { name: "李霞" },
      definitionTitle: { "zh-CN": "设备领用" },
    });
    t.is((await handlers.notices({}, await as("wanggang"))).unread, 1);
    await act("wanggang", "return", {}, "写清用途");
    t.is((await handlers.notices({}, await as("wanggang"))).unread, 0);
    t.is((await handlers.notices({}, await as("lixia"))).notices[0]?.kind, "returned");
    await act("lixia", "submit", { reason: "窗口新增一人" });
    await act("wanggang", "approve");
    t.deepEqual((await handlers.instance({ id }, await as("lixia"))).activeElements, ["handover"]);
    await act("zhaomin", "handover", { item });
    const sent = await job();
    t.like(sent, { type: "issue", bureau: "wuhu", instance: id, variables: { item } });
    await handlers.completeJob({ job: sent.id, variables: { issued: true } }, plugin);
    await handlers.completeJob({ job: sent.id, variables: { issued: false } }, plugin);
    const detail = await handlers.instance({ id }, await as("wanggang"));
    t.is(detail.state, "completed");
    t.is(detail.variables["issued"], true);
    const [summary] = (await handlers.archives({ search: "窗口" }, await as("lixia"))).archives;
    const archived = await handlers.archive({ id: summary?.id ?? "" }, await as("lixia"));
    t.true(archived.intact);
    t.deepEqual(
      archived.history.flatMap((entry) =>
        entry.opinion === undefined || entry.opinion === ""
          ? []
          : [`${entry.by?.name}:${entry.action}:${entry.opinion}`],
      ),
      ["王刚:return:写清用途", "李霞:submit:意见", "王刚:approve:意见", "赵敏:handover:意见"],
    );
    t.deepEqual(archived.history.find((entry) => entry.action === "submit")?.changes, [
      { key: "reason", label: "事由", before: "新到岗", after: "窗口新增一人" },
    ]);
    t.deepEqual((await handlers.archives({}, await as("zhouyan"))).archives, []);
    let state: InstanceState | undefined;
    for (const row of await db.database.find("wf_event", { where: { instance: id }, orderBy: ["seq"] }))
      for (const event of row["events"] as EngineEvent[]) state = apply(state, event);
    t.deepEqual(state, (await db.database.findOne("wf_instance", { id }))?.["state"] as InstanceState);
  },
);

eachDatabase(
  "of twenty people's clicks on one task exactly one counts, and the others are told who was first",
  async (t, db) => {
    const {
      workflow: { handlers },
      as,
      inbox,
      start,
    } = await site(db);
    await start();
    const [task] = await inbox("wanggang");
    const context = await as("wanggang");
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        handlers
          .complete({ id: task?.id ?? "", version: 1, action: "approve", values: {} }, context)
          .then(() => "done", code),
      ),
    );
    t.deepEqual(results.filter((result) => result === "done").length, 1);
    t.deepEqual([...new Set(results)].sort(), ["done", "task-closed"]);
    t.is(await db.database.count("wf_task", { element: "handover" }), 1);
    const closed = await t.throwsAsync(
      handlers.complete({ id: task?.id ?? "", version: 1, action: "approve", values: {} }, context),
    );
    t.like(closed, { details: { by: "王刚", action: "approve" } });
  },
);

eachDatabase("the same key completes once and answers alike", async (t, db) => {
  const {
    workflow: { handlers },
    as,
    inbox,
    start,
  } = await site(db);
  await start();
  const [task] = await inbox("wanggang");
  const context = await as("wanggang", { idempotencyKey: "k1", op: "complete" });
  const once = { id: task?.id ?? "", version: 1, action: "approve", values: {} };
  const [first, second] = await Promise.all([handlers.complete(once, context), handlers.complete(once, context)]);
  t.deepEqual(first.task, second.task);
  t.is(await db.database.count("wf_task", { element: "handover" }), 1);
});

eachDatabase("a claimed task is the claimer's until it is released", async (t, db) => {
  const {
    workflow: { handlers },
    as,
    inbox,
    start,
    act,
  } = await site(db);
  await db.database.transaction((tx) =>
    tx.insert("held_position", [{ person: "x", position: "equipment", department: "levy", bureau: "wuhu" }]),
  );
  const lixia = await db.database.findOne("person", { username: "sunjie" });
  await db.database.transaction((tx) =>
    tx.insert("held_position", [
      { person: lixia?.["id"], position: "equipment", department: "data-centre", bureau: "wuhu" },
    ]),
  );
  await start();
  await act("wanggang", "approve");
  const [task] = await inbox("zhaomin");
  t.is((await inbox("sunjie")).length, 1);
  await handlers.claim({ id: task?.id ?? "", version: 1 }, await as("zhaomin"));
  t.is((await inbox("sunjie")).length, 0);
  t.like(
    await t.throwsAsync(
      handlers.complete({ id: task?.id ?? "", version: 2, action: "handover", values: { item } }, await as("sunjie")),
    ),
    { code: "task-taken", details: { by: "赵敏" } },
  );
  t.like(await t.throwsAsync(handlers.claim({ id: task?.id ?? "", version: 1 }, await as("zhaomin"))), {
    code: "stale-version",
  });
  await handlers.release({ id: task?.id ?? "", version: 2 }, await as("zhaomin"));
  t.is((await inbox("sunjie")).length, 1);
});

eachDatabase("forms, actions and rights are checked here, not in the browser", async (t, db) => {
  const {
    workflow: { handlers },
    as,
    inbox,
    start,
  } = await site(db);
  const fails = (values: Record<string, unknown>): Promise<string> =>
    start(values).then(
      () => "started",
      (error: unknown) => JSON.stringify((error as { details?: unknown }).details),
    );
  t.regex(await fails({}), /"reason".*"required"/);
  t.regex(await fails({ reason: "长".repeat(21) }), /too-long/);
  t.regex(await fails({ reason: "好", item }), /not-editable/);
  t.regex(await fails({ reason: "好", steps: {} }), /unknown-field/);
  const id = await start();
  const [task] = await inbox("wanggang");
  const complete = async (who: string, action: string, opinion: string, values = {}): Promise<string> =>
    handlers
      .complete({ id: task?.id ?? "", version: 1, action, opinion, values }, await as(who))
      .then(() => "done", code);
  t.is(await complete("wanggang", "return", "  "), "invalid-form");
  t.is(await complete("wanggang", "explode", ""), "invalid-request");
  t.is(await complete("wanggang", "approve", "", { reason: "改" }), "invalid-form");
  t.is(await complete("lixia", "approve", ""), "not-found");
  t.is(await complete("zhouyan", "approve", ""), "not-found");
  t.is(await handlers.instance({ id }, await as("zhouyan")).then(() => "seen", code), "not-found");
  t.is(await handlers.instance({ id }, await as("zhaomin")).then(() => "seen", code), "not-found");
  t.is(await handlers.instances({ mine: false }, await as("lixia")).then(() => "seen", code), "forbidden");
  t.deepEqual((await handlers.definitions({}, await as("zhouyan"))).definitions, []);
});

eachDatabase(
  "a job that fails three times, or for good, is an incident that an administrator retries",
  async (t, db) => {
    const {
      workflow: { handlers, clockwork },
      as,
      start,
      act,
      job,
      plugin,
    } = await site(db);
    const id = await start();
    await act("wanggang", "approve");
    await act("zhaomin", "handover", { item });
    const first = await job();
    await handlers.failJob({ job: first.id, message: "register is down", retryable: true }, plugin);
    await db.database.transaction((tx) =>
      tx.update("wf_job", { id: first.id }, { next_at: "2000-01-01T00:00:00.000Z" }),
    );
    await clockwork.tick();
    t.like(await job(), { id: first.id, attempt: 2 });
    await handlers.failJob({ job: first.id, message: "no such item", retryable: false }, plugin);
    const broken = await handlers.instance({ id }, await as("sunjie"));
    t.like(broken, { state: "incident", incidentElements: ["issue"] });
    t.is((await handlers.notices({}, await as("sunjie"))).notices[0]?.kind, "incident");
    t.is(
      await handlers.retryJob({ instance: id, element: "issue" }, await as("lixia")).then(() => "ok", code),
      "forbidden",
    );
    await handlers.retryJob({ instance: id, element: "issue" }, await as("sunjie"));
    const again = await job();
    t.not(again.id, first.id);
    await handlers.completeJob({ job: again.id, variables: {} }, plugin);
    t.is((await handlers.instance({ id }, await as("sunjie"))).state, "completed");
    t.is(
      await handlers
        .completeJob({ job: again.id, variables: {} }, callContext({ caller: "asset", bureau: "fanchang" }))
        .then(() => "ok", code),
      "not-enabled",
    );
  },
);

eachDatabase("a due timer fires once, and a late one too", async (t, db) => {
  const {
    workflow: { handlers, definitions, clockwork },
    as,
  } = await site(db);
  const timed = bpmn(
    "timed",
    `<startEvent id="s"/><intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent><userTask id="u"/><endEvent id="e"/>${flow("s", "w")}${flow("w", "u")}${flow("u", "e")}`,
  );
  await definitions.deployPlugin(
    "asset",
    [
      { file: "r", xml: requisition },
      { file: "t", xml: timed },
    ],
    [form],
    ["issue"],
  );
  const found = (await handlers.definitions({}, await as("lixia"))).definitions.find(({ key }) => key === "timed");
  const { id } = await handlers.start({ definition: found?.id ?? "", values: {} }, await as("lixia"));
  await clockwork.tick();
  t.deepEqual((await handlers.instance({ id }, await as("lixia"))).activeElements, ["w"]);
  await db.database.transaction((tx) =>
    tx.update("wf_timer", { instance: id }, { due_at: "2001-01-01T00:00:00.000Z" }),
  );
  await Promise.all([clockwork.tick(), clockwork.tick()]);
  const detail = await handlers.instance({ id }, await as("lixia"));
  t.deepEqual(detail.activeElements, ["u"]);
  t.is(detail.tasks.length, 1);
});

eachDatabase(
  "a model of another tool is imported with a report, refused whole when something in it can't run, and run by its starter",
  async (t, db) => {
    const {
      workflow: { handlers },
      as,
      inbox,
    } = await site(db);
    const plain = bpmn(
      "foreign",
      `<startEvent id="s"/><userTask id="u" name="Check"/><serviceTask id="x"/><endEvent id="e"/>${flow("s", "u")}${flow("u", "x")}${flow("x", "e")}`,
    );
    const administrator = await db.database.findOne("person", { username: "sunjie" });
    await db.database.transaction((tx) =>
      tx.insert("held_position", {
        person: administrator?.["id"],
        position: "process-designer",
        department: "data-centre",
        bureau: "wuhu",
      }),
    );
    t.is(
      await handlers
        .importDefinition({ xml: plain, fileName: "f.bpmn", commit: true }, await as("lixia"))
        .then(() => "ok", code),
      "forbidden",
    );
    const refused = bpmn("bad", `<startEvent id="s"/><callActivity id="c" name="子流程"/>${flow("s", "c")}`);
    const context = await as("sunjie");
    const report = await handlers.importDefinition({ xml: refused, fileName: "b.bpmn", commit: false }, context);
    t.like(
      report.processes[0]?.problems.find(({ severity }) => severity === "error"),
      { code: "unsupported-element", element: "c", elementName: "子流程" },
    );
    t.is(
      await handlers
        .importDefinition({ xml: refused, fileName: "b.bpmn", commit: true }, context)
        .then(() => "ok", code),
      "invalid-process",
    );
    const imported = await handlers.importDefinition({ xml: plain, fileName: "f.bpmn", commit: true }, context);
    const { id } = await handlers.start(
      { definition: imported.processes[0]?.definition ?? "", values: {} },
      await as("lixia"),
    );
    const [task] = await inbox("lixia");
    await handlers.complete({ id: task?.id ?? "", version: 1, action: "complete", values: {} }, await as("lixia"));
    t.is((await handlers.instance({ id }, await as("lixia"))).state, "completed");
  },
);
