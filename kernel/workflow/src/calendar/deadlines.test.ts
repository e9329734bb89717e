import { dayInChina } from "@jinshui/storage";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { bpmn, flow } from "../testing/processes.js";
import { computed, LIMITED, matter, openLimited, setDay, settle, task } from "../testing/limited.js";

eachDatabase("a task and its matter are due by the bureau's working days", async (t, db) => {
  const site = await openLimited(db);
  const id = await site.start({}, "limited");
  const decide = await task(site, "wanggang");
  t.is(decide.dueAt, await computed(site, decide.arrivedAt, 3));
  t.is(decide.timeliness?.state, "green");
  const { dueAt, startedAt, timeliness } = await matter(site, id);
  t.is(dueAt, await computed(site, startedAt, 20));
  t.is(timeliness?.state, "green");
  await site.act("wanggang", "return");
  const supplement = await task(site, "lixia");
  t.is(supplement.dueAt, await computed(site, supplement.arrivedAt, 5, "natural-days"));
  await site.act("lixia");
  const keep = await task(site, "zhaomin");
  t.is(keep.dueAt, await computed(site, keep.arrivedAt, 2, "working-hours"));
});

eachDatabase("a calendar that changes moves open deadlines, each with its line in the history", async (t, db) => {
  const site = await openLimited(db);
  const id = await site.start({}, "limited");
  const before = await task(site, "wanggang");
  await setDay(site, dayInChina(before.dueAt ?? ""), "rest");
  t.is((await task(site, "wanggang")).dueAt, before.dueAt, "not in the request itself");
  await settle(site);
  const after = await task(site, "wanggang");
  t.is(after.dueAt, await computed(site, before.arrivedAt, 3));
  t.true((after.dueAt ?? "") > (before.dueAt ?? ""));
  const { history, dueAt, startedAt } = await matter(site, id);
  const lines = history.filter(({ type }) => type === "deadline-changed");
  t.deepEqual(
    lines.map(({ step, by, deadline }) => [step, by?.name, deadline?.before, deadline?.after, deadline?.cause]),
    [
      [undefined, "孙洁", lines[0]?.deadline?.before, dueAt, "calendar"],
      ["审核", "孙洁", before.dueAt, after.dueAt, "calendar"],
    ],
  );
  t.is(dueAt, await computed(site, startedAt, 20));
  const { recalculation } = await site.handlers.calendar({ bureau: "wuhu" }, await site.as("lixia"));
  t.like(recalculation, { done: 1, total: 1, changed: 2 });
  t.truthy(recalculation?.finishedAt);
  await setDay(site, dayInChina(before.dueAt ?? ""), "inherit");
  await settle(site);
  t.is((await task(site, "wanggang")).dueAt, before.dueAt);
});

eachDatabase(
  "a recalculation goes through all open matters in pages and leaves those alone that have ended",
  async (t, db) => {
    const site = await openLimited(db);
    const ids: string[] = [];
    for (let count = 0; count < 53; count += 1) ids.push(await site.start({}, "limited"));
    await site.act("wanggang", "approve");
    const [ended = ""] = (await db.database.find("wf_instance", { where: { status: "completed" } })).map(({ id }) =>
      String(id),
    );
    const [first] = await site.inbox("wanggang");
    await setDay(site, dayInChina(first?.dueAt ?? ""), "rest");
    await site.workflow.clockwork.tick();
    const { recalculation } = await site.handlers.calendar({ bureau: "wuhu" }, await site.as("lixia"));
    t.like(recalculation, { done: 50, total: 52, finishedAt: undefined });
    await settle(site);
    const changed = await db.database.find("wf_history", { where: { instance: { in: ids } } });
    const lines = changed.filter(({ entry }) => (entry as { type: string }).type === "deadline-changed");
    t.is(lines.length, 104);
    t.false(lines.some(({ instance }) => instance === ended));
  },
);

eachDatabase(
  "the inbox by deadline has what is due first at its beginning and what never is at its end",
  async (t, db) => {
    const site = await openLimited(db);
    const plain = bpmn(
      "plain",
      `<startEvent id="s"/><userTask id="u" jinshui:position="section-chief"/><endEvent id="e"/>${flow("s", "u")}${flow("u", "e")}`,
    );
    await site.deploy([LIMITED, plain]);
    await site.start({}, "plain");
    for (let count = 0; count < 3; count += 1) await site.start({}, "limited");
    await site.start({}, "plain");
    const tasks = await site.inbox("wanggang");
    const limited = tasks.filter(({ dueAt }) => dueAt !== undefined).map(({ id }) => id);
    const wanted = ["2026-12-03", "2026-12-01", "2026-12-02"];
    for (const [index, id] of limited.entries()) {
      const due_at = `${wanted[index]}T09:30:00.000Z`;
      await db.database.transaction((tx) => tx.update("wf_candidate", { task: id }, { due_at }));
    }
    const order = [limited[1], limited[2], limited[0], tasks[0]?.id, tasks[4]?.id];
    for (const limit of [1, 2, 3, 10]) {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await site.handlers.tasks(
          { kind: "todo", sort: "due", limit, ...(cursor === undefined ? {} : { cursor }) },
          await site.as("wanggang"),
        );
        t.is(page.total, 5);
        found.push(...page.tasks.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      t.deepEqual(found, order, `${limit} a page`);
    }
  },
);
