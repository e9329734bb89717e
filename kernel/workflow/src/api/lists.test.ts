import { eachDatabase } from "@jinshui/storage/testing/ava";
import { codeOf, WorkflowSite } from "../testing/site.js";

const COUNT = 23;

eachDatabase(
  "every list comes in pages that neither repeat nor lose a line, also while lines are added",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    const { handlers } = site;
    for (let index = 0; index < COUNT; index += 1) await site.start({ reason: `事由${index}` });
    for (let index = 0; index < 7; index += 1) await site.act("wanggang", "approve");
    const chief = await site.as("wanggang");
    const clerk = await site.as("lixia");
    const walk = async (
      read: (cursor: { cursor?: string }) => Promise<{ ids: string[]; nextCursor?: string }>,
      between: () => Promise<unknown> = () => Promise.resolve(),
    ): Promise<string[]> => {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await read(cursor === undefined ? {} : { cursor });
        t.true(page.ids.length <= 4);
        ids.push(...page.ids);
        cursor = page.nextCursor;
        await between();
      } while (cursor !== undefined && ids.length < 100);
      t.is(new Set(ids).size, ids.length);
      return ids;
    };
    const id = ({ id }: { id: string }): string => id;
    const todo = await walk(async (page) => {
      const { tasks, ...rest } = await handlers.tasks({ kind: "todo", limit: 4, ...page }, chief);
      return { ids: tasks.map(id), ...rest };
    });
    t.is(todo.length, COUNT - 7);
    const done = await walk(async (page) => {
      const { tasks, ...rest } = await handlers.tasks({ kind: "done", limit: 4, ...page }, chief);
      return { ids: tasks.map(id), ...rest };
    });
    t.is(done.length, 7);
    const mine = await walk(
      async (page) => {
        const { instances, ...rest } = await handlers.instances({ mine: true, limit: 4, ...page }, clerk);
        return { ids: instances.map(id), ...rest };
      },
      () => site.start(),
    );
    t.is(mine.length, COUNT, "newest first: what came meanwhile is before the first page");
    const notices = await walk(async (page) => {
      const { notices, ...rest } = await handlers.notices({ limit: 4, ...page }, chief);
      return { ids: notices.map(id), ...rest };
    });
    t.is(notices.length, (await site.inbox("wanggang")).length);
  },
);

eachDatabase("tasks, matters and archive are found by words, numbers and names, done ones too", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const { handlers } = site;
  await site.start({ reason: "Window 三号窗" });
  await site.start({ reason: "100%_到岗" });
  const chief = await site.as("wanggang");
  const found = async (kind: "todo" | "done", search: string): Promise<string[]> =>
    (await handlers.tasks({ kind, search }, chief)).tasks.map(({ title }) => title.replace("领用:", ""));
  t.deepEqual(await found("todo", "三号"), ["Window 三号窗"]);
  t.deepEqual(await found("todo", "window"), ["Window 三号窗"]);
  t.deepEqual(await found("todo", "李霞 到岗"), ["100%_到岗"]);
  t.deepEqual(await found("todo", "%"), ["100%_到岗"], "signs stand for themselves");
  t.deepEqual(await found("todo", "-000002"), ["100%_到岗"]);
  await site.act("wanggang", "approve");
  t.deepEqual(await found("done", "三号"), ["Window 三号窗"]);
  t.deepEqual(await found("done", "到岗"), []);
  t.is((await handlers.tasks({ kind: "done", search: "三号" }, chief)).total, 1);
  const { instances } = await handlers.instances({ mine: true, search: "三号" }, await site.as("lixia"));
  t.is(instances.length, 1);
});

eachDatabase("the inbox counts what is overdue and what is due today", async (t, db) => {
  const site = await WorkflowSite.open(db);
  for (let index = 0; index < 3; index += 1) await site.start();
  const [first, second] = await site.inbox("wanggang");
  const end = Date.parse(`${new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)}T23:59:59.000+08:00`);
  await db.database.transaction(async (tx) => {
    await tx.update("wf_candidate", { task: first?.id ?? "" }, { due_at: "2020-01-01T00:00:00.000Z" });
    await tx.update("wf_candidate", { task: second?.id ?? "" }, { due_at: new Date(end).toISOString() });
  });
  t.like(await site.handlers.tasks({ kind: "todo" }, await site.as("wanggang")), { overdue: 1, dueToday: 1, total: 3 });
});

eachDatabase("a cursor of another list is refused, and a notice is read by its owner only", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const { handlers } = site;
  for (let index = 0; index < 3; index += 1) await site.start();
  const chief = await site.as("wanggang");
  const { nextCursor = "" } = await handlers.tasks({ kind: "todo", limit: 1 }, chief);
  t.is(await codeOf(handlers.notices({ cursor: nextCursor }, chief)), "invalid-request");
  t.is(await codeOf(handlers.tasks({ kind: "todo", cursor: "x" }, chief)), "invalid-request");
  const ids = (await handlers.notices({}, chief)).notices.map(({ id }) => id);
  await handlers.readNotices({ ids }, await site.as("zhaomin"));
  t.is((await handlers.notices({}, chief)).unread, 3);
  t.is((await handlers.readNotices({ ids: ids.slice(0, 2) }, chief)).unread, 1);
});
