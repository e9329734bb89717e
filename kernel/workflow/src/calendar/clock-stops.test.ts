import { eachDatabase } from "@jinshui/storage/testing/ava";
import type { TestDatabase } from "@jinshui/storage/testing";
import { computed, matter, openLimited, task } from "../testing/limited.js";
import { codeOf } from "../testing/site.js";

/** Makes something of a matter some days older. */
async function age(db: TestDatabase, instance: string, days: number): Promise<void> {
  const older = (value: unknown): string => new Date(Date.parse(String(value)) - days * 86_400_000).toISOString();
  await db.database.transaction(async (tx) => {
    for (const row of await tx.find("wf_task", { where: { instance } }))
      await tx.update("wf_task", { id: String(row["id"]) }, { arrived_at: older(row["arrived_at"]) });
    for (const row of await tx.find("wf_pause", { where: { instance } }))
      await tx.update("wf_pause", { id: String(row["id"]) }, { since: older(row["since"]) });
    const row = await tx.findOne("wf_instance", { id: instance });
    await tx.update("wf_instance", { id: instance }, { started_at: older(row?.["started_at"]) });
  });
}

eachDatabase(
  "who may stops the clock for a legal reason; the deadlines wait and are later by that time",
  async (t, db) => {
    const site = await openLimited(db);
    const id = await site.start({}, "limited");
    const stop = { id, reason: "公告送达", basis: "行政许可法第四十五条" };
    t.is(await codeOf(site.handlers.stopClock(stop, await site.as("lixia"))), "forbidden");
    await site.handlers.stopClock(stop, await site.as("wanggang"));
    t.is(await codeOf(site.handlers.stopClock(stop, await site.as("wanggang"))), "conflict");
    const stopped = await task(site, "wanggang");
    t.deepEqual([stopped.dueAt, stopped.timeliness], [undefined, { state: "stopped" }]);
    t.like(await matter(site, id), { dueAt: undefined, timeliness: { state: "stopped" }, clock: false });
    t.like((await matter(site, id)).stopped, { reason: "公告送达", resumable: true });
    t.is(await db.database.count("wf_reminder", { next_at: { ne: null } }), 0, "nobody is reminded meanwhile");
    await age(db, id, 30);
    await site.handlers.resumeClock({ id, reason: "公告期满" }, await site.as("wanggang"));
    t.is(await codeOf(site.handlers.resumeClock({ id, reason: "公告期满" }, await site.as("wanggang"))), "conflict");
    const resumed = await task(site, "wanggang");
    const { history, dueAt } = await matter(site, id);
    const at = history.find(({ type }) => type === "clock-resumed")?.at ?? "";
    t.is(resumed.dueAt, await computed(site, at, 3), "as much is left as when it was stopped: all of it");
    t.is(dueAt, await computed(site, at, 20));
    t.like(
      history.find(({ type }) => type === "clock-stopped"),
      {
        by: { name: "王刚" },
        opinion: "公告送达",
        deadline: { basis: "行政许可法第四十五条" },
      },
    );
    t.is(await db.database.count("audit_entry", { action: { in: ["stop-clock", "resume-clock"] } }), 2);
  },
);

eachDatabase("while the applicant supplements, the matter's clock stands and the step's own runs", async (t, db) => {
  const site = await openLimited(db);
  const id = await site.start({}, "limited");
  await site.act("wanggang", "return");
  t.is((await task(site, "lixia")).timeliness?.state, "green");
  t.like(await matter(site, id), { timeliness: { state: "stopped" }, stopped: { reason: "补正", resumable: false } });
  t.is(await codeOf(site.handlers.resumeClock({ id, reason: "继续" }, await site.as("wanggang"))), "conflict");
  await age(db, id, 10);
  await site.act("lixia");
  const { dueAt, history, stopped } = await matter(site, id);
  const at = history.find(({ type }) => type === "clock-resumed")?.at ?? "";
  t.is(stopped, undefined);
  t.is(dueAt, await computed(site, at, 20));
  await site.act("zhaomin");
  t.is(await db.database.count("wf_reminder"), 0, "nothing is left of an ended matter");
});
