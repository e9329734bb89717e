import type { TrialAct } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

/** 审核, 复核 after a day, and back from it; `last` is what the second version names otherwise. */
const leave = (last: string, condition = 'steps.check.action = "return"'): string =>
  bpmn(
    "leave",
    `<startEvent id="s"/><userTask id="chief" name="审核" jinshui:position="section-chief" jinshui:actions="approve,return"/>
    <intermediateCatchEvent id="day" name="次日"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent>
    <serviceTask id="note" name="登记"/><userTask id="check" name="${last}" jinshui:position="equipment" jinshui:actions="approve,return"/><exclusiveGateway id="ok" default="ok-e"/><endEvent id="e" name="办结"/>
    ${flow("s", "chief")}${flow("chief", "day")}${flow("day", "note")}${flow("note", "check")}${flow("check", "ok")}${flow("ok", "e")}${flow("ok", "chief", condition)}`,
    'name="请假"',
  );
const ACTS: TrialAct[] = [
  { kind: "task", element: "chief", step: "审核", action: "approve" },
  { kind: "timer", element: "day", step: "次日" },
  { kind: "task", element: "check", step: "复核", action: "return", opinion: "改" },
  { kind: "task", element: "chief", step: "审核", action: "approve" },
  { kind: "timer", element: "day", step: "次日" },
  { kind: "task", element: "check", step: "复核", action: "approve" },
];

eachDatabase(
  "a draft is gone through without a matter, kept as a scenario, and starts nothing until it is released",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    const administrator = await site.as("sunjie");
    const { handlers } = site;
    const bring = async (xml: string, draft: boolean): Promise<string> =>
      (await handlers.importDefinition({ xml, fileName: "leave.bpmn", commit: true, draft }, administrator))
        .processes[0]?.definition ?? "";
    const first = await bring(leave("复核"), true);
    t.is(await bring(leave("复核"), true), first, "the same file is the same draft");
    t.is(await codeOf(handlers.start({ definition: first, values: {} }, administrator)), "conflict");
    t.false((await handlers.definitions({}, administrator)).definitions.some(({ key }) => key === "leave"));

    const before = await db.database.count("wf_instance", {});
    const begun = await handlers.trial({ id: first, script: { start: {}, acts: [] } }, administrator);
    t.like(begun.waiting, [{ kind: "task", element: "chief", actions: [{ id: "approve" }, { id: "return" }] }]);
    t.true((begun.waiting[0]?.candidates ?? []).length > 0);
    const half = { start: {}, acts: ACTS.slice(0, 1) };
    t.like((await handlers.trial({ id: first, script: half }, administrator)).waiting, [
      { kind: "timer", element: "day" },
    ]);
    t.is(
      await codeOf(handlers.saveScenario({ id: first, name: "一半", script: half }, administrator)),
      "invalid-request",
    );
    const wrong = { start: {}, acts: [{ ...ACTS[0], action: "reject" } as TrialAct] };
    t.is(await codeOf(handlers.trial({ id: first, script: wrong }, administrator)), "invalid-request");
    const silent = { start: {}, acts: [...ACTS.slice(0, 2), { ...ACTS[2], opinion: "" } as TrialAct] };
    t.is(
      await codeOf(handlers.trial({ id: first, script: silent }, administrator)),
      "invalid-form",
      "as with a real one",
    );
    const script = { start: {}, acts: ACTS };
    t.deepEqual((await handlers.trial({ id: first, script }, administrator)).ended, ["办结"]);
    const saved = await handlers.saveScenario({ id: first, name: "退回一次", script }, administrator);
    t.like(saved, { name: "退回一次", version: 1, acts: 6 });
    t.is(await db.database.count("wf_instance", {}), before, "no matter came of all this");
    t.is(await db.database.count("wf_task", {}), 0);

    t.like((await handlers.replayScenarios({ id: first }, administrator)).results, [{ same: true }]);
    t.deepEqual(await handlers.releaseVersion({ id: first }, administrator), { scenarios: 1, different: 0 });
    t.is(await codeOf(handlers.start({ definition: first, values: {} }, administrator)), "ok");
    t.is(await codeOf(handlers.releaseVersion({ id: first }, administrator)), "conflict", "it is no draft any more");

    t.deepEqual(
      (await handlers.processes({ search: "leave" }, administrator)).processes.map(({ draft }) => draft),
      [false],
    );
    // a step with another name, and one that does not go back
    const second = await bring(leave("会审"), true);
    const { results } = await handlers.replayScenarios({ id: second }, administrator);
    t.like(results, [{ same: false, at: 2, difference: "elsewhere", did: "次日", expected: ["复核"], now: ["会审"] }]);
    t.is(await codeOf(handlers.releaseVersion({ id: second }, administrator)), "conflict");
    const third = await bring(leave("复核", "false"), true);
    t.like((await handlers.replayScenarios({ id: third }, administrator)).results, [
      { same: false, at: 3, did: "复核", action: { "zh-CN": "退回" }, expected: ["审核"], now: ["办结"] },
    ]);
    const versions = (await handlers.definitionVersions({ id: first }, administrator)).versions;
    t.deepEqual(
      versions.map(({ version, latest, draft }) => [version, latest, draft]),
      [
        [3, false, true],
        [2, false, true],
        [1, true, false],
      ],
    );
    t.is(
      await codeOf(handlers.migrateInstances({ from: first, to: third, mapping: {}, commit: false }, administrator)),
      "conflict",
    );
    t.is((await handlers.processes({ search: "leave" }, administrator)).total, 3, "with both drafts");
    t.deepEqual(await handlers.releaseVersion({ id: second, reason: "更名" }, administrator), {
      scenarios: 1,
      different: 1,
    });
    const audited = async (action: string): Promise<number> => db.database.count("audit_entry", { action });
    t.deepEqual(
      await Promise.all(["import-draft", "save-scenario", "release-version"].map(audited)),
      [4, 1, 2],
      "with the import that changed nothing",
    );
  },
);

eachDatabase("only who tests or releases processes tries them; a bureau sees its own scenarios", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const { handlers } = site;
  const administrator = await site.as("sunjie");
  const { processes } = await handlers.importDefinition(
    { xml: leave("复核"), fileName: "leave.bpmn", commit: true, draft: true },
    administrator,
  );
  const id = processes[0]?.definition ?? "";
  const script = { start: {}, acts: ACTS };
  const clerk = await site.as("lixia");
  t.is(await codeOf(handlers.trial({ id, script }, clerk)), "forbidden");
  t.is(await codeOf(handlers.saveScenario({ id, name: "退回", script }, clerk)), "forbidden");
  t.is(await codeOf(handlers.replayScenarios({ id }, clerk)), "forbidden");
  t.is(await codeOf(handlers.releaseVersion({ id }, clerk)), "forbidden");
  const scenario = await handlers.saveScenario({ id, name: "退回", script }, administrator);
  t.is(await codeOf(handlers.removeScenario({ id: scenario.id }, clerk)), "forbidden");
  t.is((await handlers.replayScenarios({ id }, administrator)).total, 1);
  await handlers.removeScenario({ id: scenario.id }, administrator);
  t.is((await handlers.replayScenarios({ id }, administrator)).total, 0);
  t.is(await codeOf(handlers.removeScenario({ id: scenario.id }, administrator)), "not-found");
});
