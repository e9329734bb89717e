import { eachDatabase } from "@jinshui/storage/testing/ava";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

const leave = (steps: string[]): string =>
  bpmn(
    "leave",
    `<startEvent id="s"/>${steps.map((step) => `<userTask id="${step}"/>`).join("")}<endEvent id="e"/>` +
      ["s", ...steps].map((step, index) => flow(step, [...steps, "e"][index] ?? "")).join(""),
    `name="请假" jinshui:en="Leave" jinshui:code="A07" jinshui:group="personnel" jinshui:owner="section-chief"`,
  );

eachDatabase(
  "how often each process is used counts all its versions, in the bureau of who asks, for who sees all matters",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.appoint("sunjie", "director");
    const usage = async () => site.handlers.processUsage({ limit: 1 }, await site.as("sunjie"));
    await site.deploy([leave(["a", "b"])]);
    t.is(await codeOf(site.handlers.processUsage({}, await site.as("lixia"))), "forbidden");

    const never = (await site.handlers.processUsage({}, await site.as("sunjie"))).processes.find(
      ({ key }) => key === "leave",
    );
    t.like(never, {
      code: "A07",
      group: "personnel",
      owner: "section-chief",
      title: { "zh-CN": "请假", en: "Leave" },
      instances: 0,
      running: 0,
    });
    t.is(never?.lastStartedAt, undefined);
    t.truthy(never?.ownerTitle?.["zh-CN"]);

    await site.start({}, "leave");
    await site.deploy([leave(["a"])]);
    await site.start({}, "leave");
    await site.act("lixia");
    const after = (await site.handlers.processUsage({}, await site.as("sunjie"))).processes.find(
      ({ key }) => key === "leave",
    );
    t.like(after, { version: 2, instances: 2, running: 2 });
    await site.act("lixia");
    const done = (await site.handlers.processUsage({}, await site.as("sunjie"))).processes.find(
      ({ key }) => key === "leave",
    );
    t.like(done, { instances: 2, running: 1 });
    t.true(Date.parse(done?.lastStartedAt ?? "") > Date.now() - 600_000);

    const first = await usage();
    t.deepEqual([first.processes.length, first.total], [1, 2]);
    const second = await site.handlers.processUsage(
      { limit: 1, cursor: first.nextCursor ?? "" },
      await site.as("sunjie"),
    );
    t.deepEqual([...first.processes, ...second.processes].map(({ key }) => key).sort(), ["leave", "requisition"]);
    t.is(second.nextCursor, undefined);

    site.enable("fanchang", "asset");
    const elsewhere = await site.db.database.findOne("person", { bureau: "fanchang" });
    if (elsewhere) {
      await site.appoint(String(elsewhere["username"]), "director");
      const theirs = await site.handlers.processUsage({}, await site.as(String(elsewhere["username"])));
      t.deepEqual(
        theirs.processes.map(({ instances }) => instances),
        [0, 0],
        "another bureau's matters are not counted",
      );
    }
  },
);
