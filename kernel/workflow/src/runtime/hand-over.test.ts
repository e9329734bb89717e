import { isJinshuiError } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { WorkflowSite } from "../testing/site.js";

const why = (error: unknown): unknown =>
  isJinshuiError(error) ? (error.details?.["reason"] ?? error.code) : String(error);

eachDatabase("what waits for somebody who leaves is listed, and given to a colleague who can do it", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.start();
  await site.start();
  const chief = String((await db.database.findOne("person", { username: "wanggang" }))?.["id"]);
  const successor = String((await db.database.findOne("person", { username: "zhaomin" }))?.["id"]);
  const [first, second] = await site.inbox("wanggang");
  await site.handlers.claim({ id: first?.id ?? "", version: first?.version ?? 0 }, await site.as("wanggang"));
  const administrator = await site.as("sunjie");
  t.is(await site.handlers.handOverTasks({ person: chief }, await site.as("wanggang")).catch(why), "forbidden");
  const list = await site.handlers.handOverTasks({ person: chief }, administrator);
  t.like(list, { total: 2, tasks: [{ claimed: true, others: 0, position: { "zh-CN": "科长" } }, { claimed: false }] });

  const tasks = list.tasks.map(({ id }) => id);
  const hand = (fields: object): Promise<unknown> =>
    site.handlers
      .handOver({ person: chief, to: successor, tasks, reason: "王刚调离", ...fields }, administrator)
      .catch(why);
  t.is(await hand({}), "not-able", "who does not hold the position");
  t.is(await hand({ to: chief }), "not-found");
  t.is(await hand({ to: undefined }), "nobody-else");
  t.is(await hand({ tasks: [tasks[0], "nowhere"] }), "not-found");
  t.is((await site.inbox("wanggang")).length, 2, "nothing by halves");
  await site.appoint("zhaomin", "section-chief", "levy");
  t.deepEqual(await hand({}), { tasks: 2 });
  t.is((await site.inbox("wanggang")).length, 0);
  t.deepEqual(
    (await site.inbox("zhaomin")).map(({ assignee }) => assignee?.name),
    ["赵敏", "赵敏"],
  );
  t.is((await site.handlers.notices({}, await site.as("zhaomin"))).unread, 2);
  t.is(await hand({}), "gone", "not twice");
  const history = (await db.database.find("wf_history")).map(
    ({ entry }) => entry as { type: string; message?: string },
  );
  t.like(
    history.find(({ type }) => type === "task-handed-over"),
    { by: { name: "孙洁" }, message: "王刚 → 赵敏：王刚调离" },
  );
  t.is(await db.database.count("audit_entry", { action: "hand-over" }), 2);
  await site.act("zhaomin", "approve", {}, { element: "chief", opinion: "同意" });
  t.truthy(second);
});

eachDatabase(
  "a claimed task goes back to the others, and nobody gets their own application to decide on",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.appoint("zhaomin", "section-chief", "levy");
    await site.appoint("lixia", "section-chief", "levy");
    await site.start();
    const chief = String((await db.database.findOne("person", { username: "wanggang" }))?.["id"]);
    const applicant = String((await db.database.findOne("person", { username: "lixia" }))?.["id"]);
    const [task] = await site.inbox("wanggang");
    const id = task?.id ?? "";
    await site.handlers.claim({ id, version: task?.version ?? 0 }, await site.as("wanggang"));
    t.is((await site.inbox("zhaomin")).length, 0);
    const administrator = await site.as("sunjie");
    const hand = (to?: string): Promise<unknown> =>
      site.handlers
        .handOver({ person: chief, tasks: [id], reason: "休假", ...(to === undefined ? {} : { to }) }, administrator)
        .catch(why);
    t.is(await hand(applicant), "not-able");
    t.deepEqual(await hand(), { tasks: 1 });
    t.is((await site.inbox("zhaomin")).length, 1);
    t.is((await site.inbox("wanggang")).length, 0);
  },
);
