import type { HistoryEntry } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { signing, step } from "../testing/office.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

const ACTIONS = 'jinshui:actions="approve,reject,return"';

eachDatabase("all sign: everybody is heard, and one who says no is enough", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([signing(`jinshui:signers="section-chief equipment director" ${ACTIONS}`)]);
  await site.hire("qiaoli", "director");
  const id = await site.start({}, "signing");
  t.is((await site.inbox("wanggang"))[0]?.step, "会签（科长）", "whose part it is");
  await site.act("wanggang", "return", {}, { opinion: "缺少材料" });
  t.is(await step(site, id), undefined, "the others are asked all the same");
  await site.act("qiaoli", "approve");
  t.is((await site.inbox("qiaoli")).length, 0);
  await site.act("zhaomin", "reject", {}, { element: "sign", opinion: "不行" });
  const result = await step(site, id);
  t.like(result, { action: "reject", by: { name: "赵敏" }, opinion: "不行" });
  t.deepEqual(
    result?.votes?.map(({ by, action, position }) => [by.name, action, position?.["zh-CN"]]),
    [
      ["王刚", "return", "科长"],
      ["qiaoli", "approve", "局长"],
      ["赵敏", "reject", "设备管理岗"],
    ],
  );
  t.is((await site.inbox("zhaomin"))[0]?.element, "next", "the process goes on once");
  const { replayed, stored } = await site.replayed(id);
  t.deepEqual(replayed, stored);
});

eachDatabase("one no ends a veto and the tasks of the others; they are told so", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([signing(`jinshui:signers="section-chief equipment" jinshui:sign="veto" ${ACTIONS}`)]);
  const id = await site.start({}, "signing");
  const [late] = await site.inbox("zhaomin");
  await site.act("wanggang", "reject");
  t.is((await step(site, id))?.action, "reject");
  t.deepEqual(
    (await site.inbox("zhaomin")).map(({ element }) => element),
    ["next"],
  );
  const input = { id: late?.id ?? "", version: 1, action: "approve", values: {} };
  t.is(await codeOf(site.handlers.complete(input, await site.as("zhaomin"))), "task-closed");
  t.is(await db.database.count("wf_task", { instance: id, element: "sign", state: "cancelled" }), 1);
});

eachDatabase("the first who signs decides where anyone may", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([signing(`jinshui:signers="section-chief equipment" jinshui:sign="any" ${ACTIONS}`)]);
  const id = await site.start({}, "signing");
  await site.act("zhaomin", "approve", {}, { element: "sign" });
  t.is((await step(site, id))?.action, "approve");
  t.is((await site.inbox("wanggang")).length, 0);
});

eachDatabase("who signs in turn sees it when the one before has; a no ends it", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([signing(`jinshui:signers="section-chief director equipment" jinshui:sign="sequence" ${ACTIONS}`)]);
  await site.hire("qiaoli", "director");
  const id = await site.start({}, "signing");
  t.is((await site.inbox("qiaoli")).length, 0);
  await site.act("wanggang", "approve");
  t.is((await site.inbox("zhaomin")).length, 0);
  await site.act("qiaoli", "reject");
  t.like(await step(site, id), { action: "reject", by: { name: "qiaoli" } });
  t.is((await site.inbox("zhaomin"))[0]?.element, "next");
  const history = (await site.handlers.instance({ id }, await site.as("lixia"))).history;
  t.is(
    history.filter(({ type, element }: HistoryEntry) => type === "task-cancelled" && element === "sign").length,
    0,
    "one whose turn never came was never there",
  );
});

eachDatabase(
  "a share of the signers is enough, and it ends when the share can't be reached any more",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.deploy([signing(`jinshui:signers="clerk*" jinshui:sign="ratio" jinshui:ratio="0.66" ${ACTIONS}`)]);
    await site.hire("one", "clerk");
    await site.hire("two", "clerk");
    await site.dismiss("lixia", "clerk");
    const passed = await site.start({}, "signing");
    t.is((await site.inbox("one")).length, 1, "each holder has a task of their own");
    await site.act("one", "approve");
    t.is(await step(site, passed), undefined);
    await site.act("zhaomin", "approve", {}, { element: "sign" });
    t.like(await step(site, passed), { action: "approve", by: { name: "one" } });
    t.is((await site.inbox("two")).length, 0);
    const failed = await site.start({}, "signing");
    await site.act("one", "reject");
    t.is(await step(site, failed), undefined, "two of three may still come");
    await site.act("two", "return");
    t.is((await step(site, failed))?.action, "reject");
  },
);

eachDatabase(
  "signers are computed: positions, or departments whose holders of the position are meant",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.deploy([
      signing(
        'jinshui:signers="=[&quot;levy&quot;, &quot;data-centre&quot;]" jinshui:position="section-chief"',
        "by-department",
      ),
      signing('jinshui:signers="=if 1 = 1 then [&quot;equipment&quot;] else []"', "by-position"),
      signing('jinshui:signers="=nothing"', "by-nothing"),
    ]);
    await site.appoint("zhaomin", "section-chief");
    await site.start({}, "by-department");
    t.is((await site.inbox("wanggang")).length, 1);
    t.is((await site.inbox("zhaomin")).length, 1);
    await site.start({}, "by-position");
    t.is((await site.inbox("zhaomin")).length, 2);
    await site.start({}, "by-nothing");
    t.is((await site.inbox("sunjie")).length, 1, "nobody found out: the administrators");
  },
);
