import type { HistoryEntry } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { WorkflowSite } from "../testing/site.js";

eachDatabase(
  "who stands in for a colleague has that person's tasks, those there are and those that come, and both names are kept",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.start();
    t.is((await site.inbox("zhaomin")).length, 0);
    const delegation = await site.delegate("wanggang", "zhaomin");
    t.is((await site.inbox("zhaomin")).length, 1, "one that was there");
    await site.start();
    t.is((await site.inbox("zhaomin")).length, 2, "one that came");
    const [seen] = await site.inbox("zhaomin");
    t.is(seen?.onBehalfOf?.name, "王刚", "and says whose it is");
    t.like(await site.handlers.task({ id: seen?.id ?? "" }, await site.as("zhaomin")), {
      onBehalfOf: { name: "王刚" },
    });
    t.is((await site.inbox("wanggang"))[0]?.onBehalfOf, undefined, "who holds the position does it as their own");
    t.is((await site.inbox("wanggang")).length, 2, "whose they are has them too");
    const chief = await db.database.findOne("person", { username: "wanggang" });
    t.is(await site.workflow.openTasks(String(chief?.["id"])), 2, "what a leave would tell");
    await site.act("zhaomin", "approve", {}, { element: "chief", opinion: "同意" });
    const history = (await db.database.find("wf_history")).map(({ entry }) => entry as HistoryEntry);
    const completed = history.find(({ type }) => type === "task-completed");
    t.like(completed, {
      by: { name: "赵敏" },
      onBehalfOf: { name: "王刚" },
      position: { "zh-CN": "科长" },
    });
    t.like(await db.database.findOne("audit_entry", { action: "task-approve" }), {
      actor_name: "赵敏",
      for_name: "王刚",
    });
    await site.act("zhaomin", "handover", { item: { id: "i1", title: "台式机" } }, { element: "handover" });
    const own = await db.database.findOne("audit_entry", { action: "task-handover" });
    t.is(own?.["for_name"], undefined, "an own position is one's own");
    await site.auth.organisationHandlers.endDelegation({ delegation }, await site.as("zhaomin"));
    t.is((await site.inbox("zhaomin")).length, 0, "over at once");
    t.is((await site.inbox("wanggang")).length, 1);
  },
);

eachDatabase("who stands in for somebody does not decide on that person's own application", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.appoint("lixia", "section-chief", "levy");
  await site.delegate("lixia", "zhaomin");
  await site.start();
  t.is((await site.inbox("zhaomin")).length, 0, "not when it comes");
  t.is((await site.inbox("wanggang")).length, 1, "another chief does");
  await site.dismiss("zhaomin", "clerk");
  t.is((await site.inbox("zhaomin")).length, 0, "nor when the inbox is brought in step");
});
