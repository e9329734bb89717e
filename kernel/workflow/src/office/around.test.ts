import { eachDatabase } from "@jinshui/storage/testing/ava";
import { Matter, signing, step } from "../testing/office.js";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

const idOf = async (site: WorkflowSite, username: string): Promise<string> =>
  String((await site.db.database.findOne("person", { username }))?.["id"]);

eachDatabase("a step's copies are read by whom the process names, who may then see the matter", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([
    signing('jinshui:position="section-chief" jinshui:carbonCopy="security-administrator audit-administrator"'),
  ]);
  await site.hire("qiaoli", "audit-administrator");
  const id = await site.start({}, "signing");
  const director = await site.as("qiaoli");
  t.is(await codeOf(site.handlers.instance({ id }, director)), "not-found");
  await site.act("wanggang");
  const { copies, unread } = await site.handlers.copies({}, director);
  t.is(unread, 1);
  t.like(copies[0], { instance: id, step: "会签" });
  t.is((await site.handlers.instance({ id }, director)).id, id);
  t.is((await site.handlers.copies({}, await site.as("qianli"))).total, 1);
  t.is((await site.handlers.copies({}, await site.as("zhouyan"))).total, 0);
  t.true((await site.handlers.notices({}, director)).notices.some(({ kind }) => kind === "copy"));
  await site.handlers.readCopies({ ids: [copies[0]?.id ?? ""] }, await site.as("qianli"));
  t.is((await site.handlers.copies({ unread: true }, director)).total, 1, "another's reading is not one's own");
  await site.handlers.readCopies({ ids: [copies[0]?.id ?? ""] }, director);
  t.is((await site.handlers.copies({ unread: true }, director)).total, 0);
});

eachDatabase("whoever sees a matter sends copies of it within the bureau, and nobody else does", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([signing('jinshui:position="section-chief"')]);
  const id = await site.start({}, "signing");
  const people = [await idOf(site, "qianli")];
  t.deepEqual(await site.handlers.sendCopies({ id, people, note: "请知悉" }, await site.as("wanggang")), { sent: 1 });
  t.deepEqual(await site.handlers.sendCopies({ id, people }, await site.as("wanggang")), { sent: 0 }, "not twice");
  t.is(await codeOf(site.handlers.sendCopies({ id, people }, await site.as("zhengfang"))), "not-found");
  const outside = { id, people: [await idOf(site, "zhouyan")] };
  t.is(await codeOf(site.handlers.sendCopies(outside, await site.as("wanggang"))), "not-found");
  t.is((await site.handlers.copies({}, await site.as("qianli"))).copies[0]?.note, "请知悉");
});

eachDatabase("the applicant reminds those whose turn it is, not again at once, and nobody else does", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([signing('jinshui:position="section-chief"')]);
  const id = await site.start({}, "signing");
  t.is(await codeOf(site.handlers.urge({ id }, await site.as("wanggang"))), "forbidden");
  const applicant = await site.as("lixia");
  t.true((await site.handlers.instance({ id }, applicant)).urgeable);
  t.deepEqual(await site.handlers.urge({ id, note: "急用" }, applicant), { told: 1 });
  t.true((await site.handlers.notices({}, await site.as("wanggang"))).notices.some(({ kind }) => kind === "urged"));
  t.is(await codeOf(site.handlers.urge({ id }, applicant)), "conflict");
  t.false((await site.handlers.instance({ id }, applicant)).urgeable);
  const later = new Date(Date.now() - 3 * 3_600_000).toISOString();
  await db.database.transaction((tx) => tx.update("wf_instance", { id }, { urged_at: later }));
  t.deepEqual(await site.handlers.urge({ id }, await site.as("sunjie")), { told: 1 }, "administrators as well");
});

eachDatabase(
  "what is filled in is kept for one person alone, until the task is done, and says when it may not fit",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    const id = await site.start();
    await site.act("wanggang", "return", {}, { opinion: "写清楚" });
    const matter = new Matter(site, id);
    const task = await matter.task("lixia", "revise");
    const applicant = await site.as("lixia");
    await site.handlers.saveDraft({ id: task.id, values: { reason: "换新" }, opinion: "已改" }, applicant);
    await site.handlers.saveDraft({ id: task.id, values: { reason: "更换" } }, applicant);
    const seen = await site.handlers.task({ id: task.id }, applicant);
    t.like(seen.draft, { values: { reason: "更换" }, outdated: false });
    t.is(seen.values["reason"], "新到岗", "nothing has been written");
    const admin = await site.as("sunjie");
    t.is((await site.handlers.task({ id: task.id }, admin)).draft, undefined);
    t.is(await codeOf(site.handlers.saveDraft({ id: task.id, values: {} }, admin)), "task-closed");
    t.is(await codeOf(site.handlers.saveDraft({ id: task.id, values: { other: 1 } }, applicant)), "invalid-form");
    const row = await db.database.findOne("wf_instance", { id });
    const state = row?.["state"] as { variables: Record<string, unknown> };
    const changed = { ...state, variables: { ...state.variables, reason: "别人改过" } };
    await db.database.transaction((tx) => tx.update("wf_instance", { id }, { state: changed }));
    t.true((await site.handlers.task({ id: task.id }, applicant)).draft?.outdated);
    await site.act("lixia", "submit");
    t.is(await db.database.count("wf_draft"), 0);
  },
);

eachDatabase("of many tasks each is done for itself, once, and the others say why not", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([signing('jinshui:position="section-chief" jinshui:actions="approve,return"')]);
  const matters = [
    await Matter.open(site, "signing"),
    await Matter.open(site, "signing"),
    await Matter.open(site, "signing"),
  ];
  const items = (await site.inbox("wanggang")).map(({ id, version }) => ({ id, version }));
  t.is(items.length, 3);
  await site.act("wanggang", "return");
  const context = await site.as("wanggang", { idempotencyKey: "many", op: "completeMany" });
  const both = await Promise.all([
    site.handlers.completeMany({ items: [...items, { id: "nowhere", version: 1 }], action: "approve" }, context),
    site.handlers.completeMany({ items: [...items, { id: "nowhere", version: 1 }], action: "approve" }, context),
  ]);
  for (const { results } of both)
    t.deepEqual(
      results.map(({ done, code }) => code ?? done),
      ["task-closed", true, true, "not-found"],
    );
  t.is(await db.database.count("wf_task", { element: "next" }), 3);
  t.is((await step(site, matters[1]?.id ?? ""))?.action, "approve");
});

eachDatabase(
  "an administrator puts a matter at another step, with a reason that is kept; nobody else does",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.deploy([signing('jinshui:position="section-chief"')]);
    const matter = await Matter.open(site, "signing");
    const input = { id: matter.id, from: "sign", to: "next", reason: "岗位撤销" };
    t.is(await codeOf(site.handlers.jump(input, await site.as("wanggang"))), "forbidden");
    const admin = await site.as("sunjie");
    t.is(await codeOf(site.handlers.jump({ ...input, to: "e" }, admin)), "conflict");
    t.is(await codeOf(site.handlers.jump({ ...input, from: "next" }, admin)), "conflict");
    t.is(await codeOf(site.handlers.jumpTargets({ id: matter.id }, await site.as("wanggang"))), "forbidden");
    const { targets } = await site.handlers.jumpTargets({ id: matter.id }, admin);
    const target = targets.find(({ to }) => to === "next");
    t.like(target, { from: "sign", skips: 0 });
    t.deepEqual(target?.ends, [target?.fromStep ?? ""], "what would end is told before");
    t.false(
      targets.some(({ to }) => to === "e"),
      "an end is no step",
    );
    await site.handlers.jump(input, admin);
    t.deepEqual(await matter.open(), ["next"]);
    t.is((await site.inbox("wanggang")).length, 0);
    const { history } = await site.handlers.instance({ id: matter.id }, admin);
    t.like(
      history.find(({ type }) => type === "jumped"),
      { by: { name: "孙洁" }, opinion: "岗位撤销" },
    );
  },
);

eachDatabase(
  "the same person is not asked twice in a row where the process says so, but never the applicant",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    const twice = (id: string, attributes: string): string =>
      bpmn(
        id,
        `<startEvent id="s"/><userTask id="one" jinshui:position="section-chief" jinshui:actions="approve,return"/><userTask id="two" jinshui:position="section-chief" jinshui:actions="approve,return"/><endEvent id="e"/>
      ${flow("s", "one")}${flow("one", "two")}${flow("two", "e")}`,
        `name="${id}" ${attributes}`,
      );
    await site.deploy([twice("skips", 'jinshui:repeat="skip"'), twice("asks", "")]);
    const skipped = await Matter.open(site, "skips");
    await site.act("wanggang", "approve");
    t.is(await skipped.state(), "completed");
    t.like(await step(site, skipped.id, "two"), { action: "approve", by: { name: "王刚" } });
    const { history } = await site.handlers.instance({ id: skipped.id }, await site.as("lixia"));
    t.like(
      history.find(({ type }) => type === "task-skipped"),
      { by: { name: "王刚" }, message: "与上一环节为同一人，自动通过" },
    );
    const { replayed, stored } = await site.replayed(skipped.id);
    t.deepEqual(replayed, stored);
    const asked = await Matter.open(site, "asks");
    await site.act("wanggang", "approve");
    t.is(await asked.state(), "active");
    await site.act("wanggang", "approve");
    const own = new Matter(site, await site.start({}, "skips", "wanggang"));
    await site.act("wanggang", "approve");
    t.deepEqual(await own.open(), ["two"]);
    await site.act("wanggang", "approve");
    await site.hire("second", "section-chief");
    const several = await Matter.open(site, "skips");
    await site.act("wanggang", "approve");
    t.deepEqual(await several.open(), ["two"], "somebody else might look at it");
  },
);
