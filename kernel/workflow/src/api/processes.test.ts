import { eachDatabase } from "@jinshui/storage/testing/ava";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

const TWO = (name: string): string =>
  bpmn(
    "two",
    `<startEvent id="s"/><userTask id="a" name="${name}"/><endEvent id="e"/>${flow("s", "a")}${flow("a", "e")}`,
    'name="两步"',
  );

eachDatabase(
  "administrators see each process once with what runs of all its versions, and every version by itself",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    await site.deploy([TWO("审核")]);
    await site.start({}, "two");
    const administrator = await site.as("sunjie");
    const first = (await site.handlers.processes({ search: "两步" }, administrator)).processes[0]?.id ?? "";
    await site.deploy([TWO("复核")]);
    await site.start({}, "two");
    const { processes, total } = await site.handlers.processes({ search: "两步" }, administrator);
    t.like(processes, [{ key: "two", version: 2, plugin: "asset", running: 2 }]);
    t.is(total, 1);
    t.is((await site.handlers.processes({}, administrator)).total, 2, "the requisition is there, too");

    const before = await site.handlers.processVersion({ id: first }, administrator);
    t.like(before, { key: "two", version: 1 });
    t.deepEqual(
      before.elements.map(({ id, name, type }) => [id, name, type]),
      [
        ["s", undefined, "startEvent"],
        ["a", "审核", "userTask"],
        ["e", undefined, "endEvent"],
      ],
    );
    const clerk = await site.as("lixia");
    t.is(await codeOf(site.handlers.processes({}, clerk)), "forbidden");
    t.is(await codeOf(site.handlers.processVersion({ id: first }, clerk)), "forbidden");
    t.is(await codeOf(site.handlers.processVersion({ id: "nothing" }, administrator)), "not-found");
  },
);

eachDatabase(
  "positions that sign a step are told with it; a retention that is none is refused, naming the choices",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    const signed = (retention: string): string =>
      bpmn(
        "signed-together",
        `<startEvent id="s"/><userTask id="a" name="会签" jinshui:signers="section-chief equipment*"/><endEvent id="e"/>${flow("s", "a")}${flow("a", "e")}`,
        `name="会签" jinshui:retention="${retention}"`,
      );
    await site.deploy([signed("30")]);
    const administrator = await site.as("sunjie");
    const { steps } = await site.handlers.positionSteps({}, administrator);
    t.deepEqual(
      steps.filter(({ matter }) => matter === "signed-together").map(({ position }) => position),
      ["section-chief", "equipment"],
    );
    const { processes } = await site.handlers.importDefinition(
      { xml: signed("15"), fileName: "signed.bpmn", commit: false },
      administrator,
    );
    t.like(
      processes[0]?.problems.find(({ code }) => code === "bad-attribute"),
      { severity: "error", params: { attribute: "retention", value: "15" } },
    );
  },
);
