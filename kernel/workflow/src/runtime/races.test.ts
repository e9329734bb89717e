import { eachDatabase } from "@jinshui/storage/testing/ava";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

eachDatabase(
  "of twenty people's clicks on one task exactly one counts, and the others are told who was first",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.start();
    const [task] = await site.inbox("wanggang");
    const context = await site.as("wanggang");
    const input = { id: task?.id ?? "", version: 1, action: "approve", values: {} };
    const results = await Promise.all(Array.from({ length: 20 }, () => codeOf(site.handlers.complete(input, context))));
    t.is(results.filter((result) => result === "ok").length, 1);
    t.deepEqual([...new Set(results)].sort(), ["ok", "task-closed"]);
    t.is(await db.database.count("wf_task", { element: "handover" }), 1);
    const closed = await t.throwsAsync(site.handlers.complete(input, context));
    t.like(closed, { details: { by: "王刚", action: "approve" } });
  },
);

eachDatabase("the same key completes once and answers alike", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.start();
  const [task] = await site.inbox("wanggang");
  const context = await site.as("wanggang", { idempotencyKey: "k1", op: "complete" });
  const once = { id: task?.id ?? "", version: 1, action: "approve", values: {} };
  const [first, second] = await Promise.all([
    site.handlers.complete(once, context),
    site.handlers.complete(once, context),
  ]);
  t.deepEqual(first.task, second.task);
  t.is(await db.database.count("wf_task", { element: "handover" }), 1);
  t.is(
    await codeOf(site.handlers.complete({ ...once, action: "return", opinion: "不" }, context)),
    "idempotency-key-reused",
  );
});

eachDatabase(
  "matters started at once, the first of the year among them, get numbers without gap or double",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    const context = await site.as("lixia");
    const { definitions } = await site.handlers.definitions({}, context);
    const started = await Promise.all(
      Array.from({ length: 12 }, () =>
        site.handlers.start({ definition: definitions[0]?.id ?? "", values: { reason: "急用" } }, context),
      ),
    );
    t.deepEqual(
      started.map(({ number }) => Number(number.slice(9))).sort((a, b) => a - b),
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
  },
);

eachDatabase("branches that finish at the same moment meet in the join once", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const names = ["a", "b", "c", "d", "f", "g"];
  await site.deploy([
    bpmn(
      "fork",
      `<startEvent id="s"/><parallelGateway id="x"/><parallelGateway id="j"/><endEvent id="e"/>${flow("s", "x")}${flow("j", "e")}` +
        names.map((name) => `<userTask id="${name}"/>${flow("x", name)}${flow(name, "j")}`).join(""),
    ),
  ]);
  const id = await site.start({}, "fork");
  const context = await site.as("lixia");
  const tasks = await site.inbox("lixia");
  const results = await Promise.all(
    tasks.map((task) =>
      codeOf(site.handlers.complete({ id: task.id, version: 1, action: "complete", values: {} }, context)),
    ),
  );
  t.deepEqual([...new Set(results)], ["ok"]);
  t.is((await site.handlers.instance({ id }, context)).state, "completed");
  t.is(await db.database.count("wf_archive", { instance: id }), 1);
  const { replayed, stored } = await site.replayed(id);
  t.deepEqual(replayed, stored);
});

eachDatabase(
  "a terminate end and the tasks it cancels, clicked at the same moment, leave one outcome and no error but task-closed",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.deploy([
      bpmn(
        "stop",
        `<startEvent id="s"/><parallelGateway id="x"/><userTask id="a"/><userTask id="b"/><userTask id="c"/><endEvent id="k"><terminateEventDefinition/></endEvent><endEvent id="e"/>
        ${flow("s", "x")}${flow("x", "a")}${flow("x", "b")}${flow("x", "c")}${flow("a", "k")}${flow("b", "e")}${flow("c", "e")}`,
      ),
    ]);
    const context = await site.as("lixia");
    for (let round = 0; round < 5; round += 1) {
      const id = await site.start({}, "stop");
      const tasks = await site.inbox("lixia");
      const results = await Promise.all(
        tasks.map((task) =>
          codeOf(site.handlers.complete({ id: task.id, version: 1, action: "complete", values: {} }, context)),
        ),
      );
      t.deepEqual(
        results.filter((result) => result !== "ok" && result !== "task-closed"),
        [],
      );
      t.is((await site.handlers.instance({ id }, context)).state, "completed");
      t.deepEqual(await site.inbox("lixia"), []);
      const { replayed, stored } = await site.replayed(id);
      t.deepEqual(replayed, stored);
    }
  },
);
