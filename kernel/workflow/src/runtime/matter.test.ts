import { eachDatabase } from "@jinshui/storage/testing/ava";
import { codeOf, WorkflowSite } from "../testing/site.js";

const item = { id: "i1", title: "台式机" };

eachDatabase(
  "an application is returned, corrected, approved, handed over, and ends in the archive with all that was said",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    const { handlers } = site;
    const id = await site.start();
    t.like((await site.inbox("wanggang"))[0], {
      step: "科长审批",
      title: "领用:新到岗",
      applicant: { name: "李霞" },
      definitionTitle: { "zh-CN": "设备领用" },
    });
    t.is((await handlers.notices({}, await site.as("wanggang"))).unread, 1);
    await site.act("wanggang", "return", {}, { opinion: "写清用途" });
    t.is((await handlers.notices({}, await site.as("wanggang"))).unread, 0);
    t.is((await handlers.notices({}, await site.as("lixia"))).notices[0]?.kind, "returned");
    await site.act("lixia", "submit", { reason: "窗口新增一人" });
    await site.act("wanggang", "approve");
    t.deepEqual((await handlers.instance({ id }, await site.as("lixia"))).activeElements, ["handover"]);
    await site.act("zhaomin", "handover", { item });
    const sent = await site.job();
    t.like(sent, { type: "issue", bureau: "wuhu", instance: id, variables: { item } });
    await handlers.completeJob({ job: sent.id, variables: { issued: true } }, site.plugin);
    await handlers.completeJob({ job: sent.id, variables: { issued: false } }, site.plugin);
    const detail = await handlers.instance({ id }, await site.as("wanggang"));
    t.is(detail.state, "completed");
    t.is(detail.variables["issued"], true);
    const [summary] = (await handlers.archives({ search: "窗口" }, await site.as("lixia"))).archives;
    const archived = await handlers.archive({ id: summary?.id ?? "" }, await site.as("lixia"));
    t.true(archived.intact);
    t.deepEqual(
      archived.history
        .filter(({ opinion = "" }) => opinion !== "")
        .map((entry) => `${entry.by?.name}:${entry.action}:${entry.opinion}`),
      ["王刚:return:写清用途", "李霞:submit:意见", "王刚:approve:意见", "赵敏:handover:意见"],
    );
    t.deepEqual(archived.history.find((entry) => entry.action === "submit")?.changes, [
      { key: "reason", label: "事由", before: "新到岗", after: "窗口新增一人" },
    ]);
    t.deepEqual((await handlers.archives({}, await site.as("zhouyan"))).archives, []);
    const { replayed, stored } = await site.replayed(id);
    t.deepEqual(replayed, stored);
  },
);

eachDatabase("an archived matter that somebody edits in the database is shown as broken", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.start();
  await site.act("wanggang", "approve");
  await site.act("zhaomin", "handover", { item });
  await site.handlers.completeJob({ job: (await site.job()).id, variables: {} }, site.plugin);
  const row = await db.database.findOne("wf_archive", { bureau: "wuhu" });
  const id = String(row?.["id"]);
  const sealed = (await db.database.find("audit_entry", { where: { action: "archive" } })).at(-1);
  t.deepEqual(sealed?.["after_value"], { sha256: row?.["sha256"] }, "the seal is in the audit chain");
  const content = row?.["content"] as { variables: object };
  const forged = { ...content, variables: { ...content.variables, reason: "另一事由" } };
  await db.database.transaction((tx) => tx.update("wf_archive", { id }, { content: forged }));
  t.false((await site.handlers.archive({ id }, await site.as("lixia"))).intact);
});

eachDatabase("a claimed task is the claimer's until it is released", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const { handlers } = site;
  await site.appoint("sunjie", "equipment");
  await site.start();
  await site.act("wanggang", "approve");
  const [task] = await site.inbox("zhaomin");
  const id = task?.id ?? "";
  t.is((await site.inbox("sunjie")).length, 1);
  t.is((await handlers.notices({}, await site.as("sunjie"))).unread, 1);
  await handlers.claim({ id, version: 1 }, await site.as("zhaomin"));
  t.is((await site.inbox("sunjie")).length, 0);
  t.is((await handlers.notices({}, await site.as("sunjie"))).unread, 0);
  t.false((await handlers.task({ id }, await site.as("sunjie"))).mine);
  t.like(
    await t.throwsAsync(
      handlers.complete({ id, version: 2, action: "handover", values: { item } }, await site.as("sunjie")),
    ),
    { code: "task-taken", details: { by: "赵敏" } },
  );
  t.is(await codeOf(handlers.claim({ id, version: 1 }, await site.as("zhaomin"))), "stale-version");
  t.is(await codeOf(handlers.release({ id, version: 2 }, await site.as("sunjie"))), "forbidden");
  await handlers.release({ id, version: 2 }, await site.as("zhaomin"));
  t.is((await site.inbox("sunjie")).length, 1);
});

eachDatabase("who holds a position now can act on its open tasks, who has lost it no longer can", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const { handlers } = site;
  await site.start();
  await site.act("wanggang", "approve");
  const [task] = await site.inbox("zhaomin");
  await site.dismiss("zhaomin", "equipment");
  await site.appoint("sunjie", "equipment");
  const input = { id: task?.id ?? "", version: 1, action: "handover", values: { item } };
  t.is(await codeOf(handlers.complete(input, await site.as("zhaomin"))), "forbidden");
  t.is(await codeOf(handlers.claim({ id: input.id, version: 1 }, await site.as("zhaomin"))), "forbidden");
  t.deepEqual(await site.inbox("zhaomin"), []);
  t.is((await site.inbox("sunjie"))[0]?.id, input.id);
  await handlers.complete(input, await site.as("sunjie"));
  t.is((await db.database.findOne("wf_task", { id: input.id }))?.["state"], "completed");
});

eachDatabase("a step that nobody can do goes to the administrators, and the history says so", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.dismiss("wanggang", "section-chief");
  const id = await site.start();
  t.is((await site.inbox("sunjie"))[0]?.element, "chief");
  const { history } = await site.handlers.instance({ id }, await site.as("lixia"));
  t.regex(history.find(({ type }) => type === "task-created")?.message ?? "", /科长.*系统管理员/);
  await site.act("sunjie", "approve");
  t.is((await site.inbox("zhaomin"))[0]?.element, "handover");
});

eachDatabase("nobody approves an application of their own while somebody else can", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.appoint("lixia", "section-chief", "levy");
  await site.start();
  t.deepEqual(await site.inbox("lixia"), []);
  t.is((await site.inbox("wanggang")).length, 1);
  await site.dismiss("wanggang", "section-chief");
  await site.start();
  t.is((await site.inbox("lixia")).length, 1, "the only chief there is");
});
