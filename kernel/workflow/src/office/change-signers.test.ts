import { eachDatabase } from "@jinshui/storage/testing/ava";
import { Matter, signing, step } from "../testing/office.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

const idOf = async (site: WorkflowSite, username: string): Promise<string> =>
  String((await site.db.database.findOne("person", { username }))?.["id"]);

async function add(
  site: WorkflowSite,
  from: [username: string, matter: Matter],
  place: "before" | "after",
  people: string[],
): Promise<void> {
  const [username, matter] = from;
  const { id, version } = await matter.task(username, "sign");
  const ids = await Promise.all(people.map((person) => idOf(site, person)));
  await site.handlers.addSigners({ id, version, people: ids, place, reason: "请一并审核" }, await site.as(username));
}

const ONE = signing('jinshui:position="section-chief" jinshui:actions="approve,return"', "one");

eachDatabase("who is added before says what they think, and the task comes back to decide", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([ONE]);
  const matter = await Matter.open(site, "one");
  await add(site, ["wanggang", matter], "before", ["zhaomin", "qianli"]);
  t.is((await site.inbox("wanggang")).length, 0, "it waits");
  await site.act("zhaomin", "object", {}, { opinion: "金额不符" });
  t.is((await site.inbox("wanggang")).length, 0, "for both");
  const task = await matter.task("qianli", "sign");
  const detail = await site.handlers.task({ id: task.id }, await site.as("qianli"));
  t.deepEqual(
    detail.actions.map(({ id }) => id),
    ["approve", "object"],
  );
  t.is(detail.readOnly, true);
  await site.act("qianli", "approve");
  t.is((await matter.task("wanggang", "sign")).assignee?.name, "王刚");
  t.is(await step(site, matter.id), undefined, "what they say decides nothing");
  await site.act("wanggang", "approve");
  t.like(await step(site, matter.id), { action: "approve", by: { name: "王刚" } });
});

eachDatabase(
  "who is added after decides as well, and is asked only when the one before has approved",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.deploy([ONE]);
    const refusedBy = await Matter.open(site, "one");
    await add(site, ["wanggang", refusedBy], "after", ["zhaomin"]);
    await site.act("wanggang", "return");
    t.is((await step(site, refusedBy.id))?.action, "return");
    t.deepEqual(
      (await site.inbox("zhaomin")).map(({ element }) => element),
      ["next"],
    );
    const passed = await Matter.open(site, "one");
    await add(site, ["wanggang", passed], "after", ["zhaomin"]);
    await site.act("wanggang", "approve");
    t.is(await step(site, passed.id), undefined);
    await site.act("zhaomin", "return", {}, { element: "sign" });
    const result = await step(site, passed.id);
    t.like(result, { action: "return", by: { name: "赵敏" } });
    t.is(result?.votes?.length, 2);
  },
);

eachDatabase(
  "what one has added oneself one takes away; administrators take any but the last that decides",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.deploy([ONE, signing('jinshui:signers="section-chief equipment"', "two")]);
    const matter = await Matter.open(site, "one");
    await add(site, ["wanggang", matter], "before", ["zhaomin"]);
    const added = await matter.task("zhaomin", "sign");
    const remove = async (username: string, id: string): Promise<unknown> =>
      site.handlers.removeSigner({ id, reason: "不再需要" }, await site.as(username));
    t.is(await codeOf(remove("zhaomin", added.id)), "not-found");
    await remove("wanggang", added.id);
    t.is((await site.inbox("zhaomin")).length, 0);
    await site.act("wanggang", "approve");
    const two = await Matter.open(site, "two");
    const [one, other] = [await two.task("wanggang", "sign"), await two.task("zhaomin", "sign")];
    t.is(await codeOf(remove("wanggang", other.id)), "not-found", "not somebody else's part");
    await remove("sunjie", other.id);
    t.is(await codeOf(remove("sunjie", one.id)), "conflict");
    await site.act("wanggang");
    t.deepEqual(await two.open(), ["next"]);
  },
);

eachDatabase("nobody is added twice, nor who applied; the added add nobody", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([ONE]);
  const matter = await Matter.open(site, "one");
  t.is(await codeOf(add(site, ["wanggang", matter], "before", ["lixia"])), "conflict");
  t.is(await codeOf(add(site, ["wanggang", matter], "before", ["zhouyan"])), "not-found", "of another bureau");
  await add(site, ["wanggang", matter], "after", ["zhaomin"]);
  t.is(await codeOf(add(site, ["wanggang", matter], "after", ["zhaomin"])), "conflict");
  await add(site, ["wanggang", matter], "before", ["qianli"]);
  t.is(await codeOf(add(site, ["qianli", matter], "before", ["sunjie"])), "conflict");
  const waiting = await db.database.findOne("wf_task", { instance: matter.id, part: null, element: "sign" });
  const input = { id: String(waiting?.["id"]), version: Number(waiting?.["version"]), action: "approve", values: {} };
  t.is(await codeOf(site.handlers.complete(input, await site.as("wanggang"))), "conflict", "while it waits");
});

eachDatabase("an opinion that is asked for comes back with its answer", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([ONE]);
  const matter = await Matter.open(site, "one");
  const { id, version } = await matter.task("wanggang", "sign");
  const person = await idOf(site, "qianli");
  await site.handlers.consult({ id, version, person, question: "可否减免" }, await site.as("wanggang"));
  t.is((await site.inbox("wanggang")).length, 0);
  const asked = await matter.task("qianli", "sign");
  t.is(
    await codeOf(
      site.handlers.complete(
        { id: asked.id, version: asked.version, action: "approve", values: {} },
        await site.as("qianli"),
      ),
    ),
    "invalid-request",
    "who is asked decides nothing",
  );
  await site.act("qianli", "reply", {}, { opinion: "可以" });
  t.is((await matter.task("wanggang", "sign")).assignee?.name, "王刚");
  const { history } = await site.handlers.task({ id }, await site.as("wanggang"));
  t.like(
    history.find(({ action }) => action === "reply"),
    { by: { name: "钱力" }, opinion: "可以" },
  );
});

eachDatabase("a task is given to a colleague who can do it, by who has it or an administrator", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([ONE]);
  await site.hire("second", "section-chief");
  const matter = await Matter.open(site, "one");
  const give = async (username: string, to: string): Promise<unknown> => {
    const row = await db.database.findOne("wf_task", { instance: matter.id, state: "open" });
    const input = {
      id: String(row?.["id"]),
      version: Number(row?.["version"]),
      to: await idOf(site, to),
      reason: "出差",
    };
    return site.handlers.transfer(input, await site.as(username));
  };
  t.is(await codeOf(give("wanggang", "zhaomin")), "conflict", "who can't do it");
  t.is(await codeOf(give("zhaomin", "second")), "not-found", "nobody else's");
  const task = await matter.task("wanggang", "sign");
  const able = await site.handlers.colleagues({ id: task.id, able: true }, await site.as("wanggang"));
  t.deepEqual(
    able.people.map(({ name }) => name),
    ["second"],
  );
  await give("wanggang", "second");
  t.is((await site.inbox("wanggang")).length, 0);
  t.is((await matter.task("second", "sign")).assignee?.name, "second");
  await give("sunjie", "wanggang");
  await site.act("wanggang", "approve");
  t.like(await step(site, matter.id), { by: { name: "王刚" } });
});
