import { eachDatabase } from "@jinshui/storage/testing/ava";
import { signing, step } from "../testing/office.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

eachDatabase("fifty people who sign at once are all counted, without an error for any of them", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const people = Array.from({ length: 50 }, (_, index) => `clerk-${index}`);
  for (const name of people) await site.hire(name, "director");
  await site.deploy([signing(`jinshui:signers="director*" jinshui:actions="approve,reject"`)]);
  const id = await site.start({}, "signing");
  const calls = await Promise.all(
    people.map(async (name) => ({ context: await site.as(name), task: (await site.inbox(name))[0] })),
  );
  const results = await Promise.all(
    calls.map(({ context, task }) =>
      codeOf(site.handlers.complete({ id: task?.id ?? "", version: 1, action: "approve", values: {} }, context)),
    ),
  );
  t.deepEqual([...new Set(results)], ["ok"]);
  const result = await step(site, id);
  t.is(new Set(result?.votes?.map(({ by }) => by.id)).size, 50);
  t.is(await db.database.count("wf_task", { instance: id, element: "next" }), 1);
  const { replayed, stored } = await site.replayed(id);
  t.deepEqual(replayed, stored);
});
