import { context as callContext } from "@jinshui/auth/testing";
import { type TestDatabase } from "@jinshui/storage/testing";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { codeOf, WorkflowSite } from "../testing/site.js";

const LONG_AGO = "2000-01-01T00:00:00.000Z";

/** A site with a matter whose job waits for the plugin. */
async function withJob(db: TestDatabase): Promise<{ site: WorkflowSite; id: string }> {
  const site = await WorkflowSite.open(db);
  const id = await site.start();
  await site.act("wanggang", "approve");
  await site.act("zhaomin", "handover", { item: { id: "i1", title: "台式机" } });
  return { site, id };
}

const messages = (site: WorkflowSite): Promise<number> =>
  site.db.database.count("outbox", { subject: { startsWith: "jinshui.job." } });

/** Lets the clock come to what the jobs wait for. */
async function due(site: WorkflowSite): Promise<void> {
  await site.db.database.transaction((tx) => tx.update("wf_job", { state: "open" }, { next_at: LONG_AGO }));
  await site.workflow.clockwork.tick();
}

eachDatabase("a job that fails three times is an incident that an administrator retries", async (t, db) => {
  const { site, id } = await withJob(db);
  const { handlers, plugin } = site;
  const first = await site.job();
  const fail = { job: first.id, message: "register is down", retryable: true };
  await handlers.failJob(fail, plugin);
  t.is(await messages(site), 1, "not before its time");
  await due(site);
  t.like(await site.job(), { id: first.id, attempt: 2 });
  await handlers.failJob(fail, plugin);
  await due(site);
  t.like(await site.job(), { id: first.id, attempt: 3 });
  await handlers.failJob(fail, plugin);
  t.like(await handlers.instance({ id }, await site.as("sunjie")), {
    state: "incident",
    incidents: [{ element: "issue", code: "job-failed" }],
  });
  t.is((await handlers.notices({}, await site.as("sunjie"))).notices[0]?.kind, "incident");
  await due(site);
  t.is(await messages(site), 3, "an incident waits for a person");
  const retry = { instance: id, element: "issue" };
  t.is(await codeOf(handlers.retryJob(retry, await site.as("lixia"))), "forbidden");
  await handlers.retryJob(retry, await site.as("sunjie"));
  t.is(await codeOf(handlers.retryJob(retry, await site.as("sunjie"))), "not-found");
  const again = await site.job();
  t.not(again.id, first.id);
  const open = async (job: string): Promise<boolean> => (await handlers.findJob({ job }, plugin)).open;
  t.deepEqual(await Promise.all([open(first.id), open(again.id), open("unknown")]), [false, true, false]);
  await handlers.completeJob({ job: first.id, variables: { late: true } }, plugin);
  await handlers.completeJob({ job: again.id, variables: {} }, plugin);
  const detail = await handlers.instance({ id }, await site.as("sunjie"));
  t.is(detail.state, "completed");
  t.false("late" in detail.variables, "the report on the job that was given up counts no more");
});

eachDatabase("a job that fails for good is an incident at once, with the plugin's words", async (t, db) => {
  const { site, id } = await withJob(db);
  await site.handlers.failJob({ job: (await site.job()).id, message: "no such item", retryable: false }, site.plugin);
  const { history } = await site.handlers.instance({ id }, await site.as("lixia"));
  t.is(history.find(({ type }) => type === "incident")?.message, "no such item");
});

eachDatabase("a job that nobody reports on is sent again, less and less often", async (t, db) => {
  const { site } = await withJob(db);
  const waits: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    await due(site);
    const row = await db.database.findOne("wf_job", { state: "open" });
    waits.push(Math.round((Date.parse(String(row?.["next_at"])) - Date.now()) / 60_000));
  }
  t.deepEqual(waits, [2, 4, 8, 16, 32, 60, 60, 60]);
  t.is(await messages(site), 9);
  t.is((await site.job()).attempt, 1, "nobody has failed");
});

eachDatabase(
  "jobs of a plugin that is switched off wait without a message, and go out when it is back",
  async (t, db) => {
    const { site, id } = await withJob(db);
    site.enable("wuhu");
    for (let round = 0; round < 3; round += 1) await due(site);
    t.is(await messages(site), 1);
    const { id: job } = await site.job();
    t.is(await codeOf(site.handlers.completeJob({ job, variables: {} }, site.plugin)), "not-enabled");
    site.enable("wuhu", "asset");
    await due(site);
    t.is(await messages(site), 2);
    await site.handlers.completeJob({ job, variables: {} }, site.plugin);
    t.is((await site.handlers.instance({ id }, await site.as("lixia"))).state, "completed");
  },
);

eachDatabase("a plugin reports on jobs of its own in the bureau of the job, and nobody else does", async (t, db) => {
  const { site } = await withJob(db);
  const { id: job } = await site.job();
  site.enable("wuhu", "asset", "other");
  site.enable("fanchang", "asset");
  const report = { job, variables: {} };
  t.is(await codeOf(site.handlers.completeJob(report, callContext({ caller: "other" }))), "not-found");
  t.is(
    await codeOf(site.handlers.completeJob(report, callContext({ caller: "asset", bureau: "fanchang" }))),
    "not-found",
  );
  t.is(await codeOf(site.handlers.completeJob(report, await site.as("sunjie"))), "forbidden");
  t.false((await site.handlers.findJob({ job }, callContext({ caller: "other" }))).open);
  t.false((await site.handlers.findJob({ job }, callContext({ caller: "asset", bureau: "fanchang" }))).open);
  const failure = { job, message: "no", retryable: false };
  t.is(await codeOf(site.handlers.failJob(failure, callContext({ caller: "other" }))), "not-found");
  t.is((await db.database.findOne("wf_job", { id: job }))?.["state"], "open");
});

eachDatabase("of ten reports that arrive together one counts, and all are answered", async (t, db) => {
  const { site, id } = await withJob(db);
  const { id: job } = await site.job();
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      codeOf(site.handlers.completeJob({ job, variables: { winner: index } }, site.plugin)),
    ),
  );
  t.deepEqual([...new Set(results)], ["ok"]);
  const { history } = await site.handlers.instance({ id }, await site.as("lixia"));
  t.is(history.filter(({ type }) => type === "job-completed").length, 1);
  const { replayed, stored } = await site.replayed(id);
  t.deepEqual(replayed, stored);
});
