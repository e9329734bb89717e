import type { MatterMeasure, StepMeasure } from "@jinshui/contracts";
import type { Row } from "@jinshui/storage";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { codeOf, WorkflowSite } from "../testing/site.js";
import { MATTERS, STEPS } from "./compute.js";

const item = { id: "i1", title: "台式机" };
const NOVEMBER = { from: "2026-11", to: "2026-11" };
const TABLES = ["wf_figure_task", "wf_figure_matter"];

async function open(db: Parameters<Parameters<typeof eachDatabase>[1]>[1]): Promise<WorkflowSite> {
  const site = await WorkflowSite.open(db);
  await site.appoint("qianli", "supervisor");
  return site;
}

/** Says when a step of a matter arrived, was due and was finished. */
async function time(
  site: WorkflowSite,
  instance: string,
  element: string,
  times: { arrived_at: string; due_at?: string | null; completed_at?: string },
  action?: string,
): Promise<void> {
  const where = { instance, element, ...(action === undefined ? {} : { action }) };
  await site.db.database.transaction((tx) => tx.update("wf_task", where, times));
}

async function facts(site: WorkflowSite): Promise<Row[]> {
  const rows = await Promise.all(TABLES.map((table) => site.db.database.find(table)));
  return rows.flat().sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

/** One matter that was returned once and took until December, one that still waits for the chief. */
async function example(site: WorkflowSite): Promise<{ finished: string; waiting: string }> {
  const finished = await site.start();
  await site.act("wanggang", "return");
  await site.act("lixia", "submit", { reason: "窗口新增一人" });
  await site.act("wanggang", "approve");
  await site.act("zhaomin", "handover", { item });
  await site.handlers.completeJob({ job: (await site.job()).id, variables: {} }, site.plugin);
  const waiting = await site.start({ reason: "第二件" });
  const { database } = site.db;
  // 3 h, in time
  await time(
    site,
    finished,
    "chief",
    {
      arrived_at: "2026-11-02T01:00:00.000Z",
      due_at: "2026-11-04T01:00:00.000Z",
      completed_at: "2026-11-02T04:00:00.000Z",
    },
    "return",
  );
  // 1 h, without a limit
  await time(site, finished, "revise", {
    arrived_at: "2026-11-02T04:00:00.000Z",
    due_at: null,
    completed_at: "2026-11-02T05:00:00.000Z",
  });
  // 72 h, a day late
  await time(
    site,
    finished,
    "chief",
    {
      arrived_at: "2026-11-02T05:00:00.000Z",
      due_at: "2026-11-04T05:00:00.000Z",
      completed_at: "2026-11-05T05:00:00.000Z",
    },
    "approve",
  );
  // finished on the first of December in China, which is November in London
  await time(site, finished, "handover", {
    arrived_at: "2026-11-05T05:00:00.000Z",
    due_at: null,
    completed_at: "2026-11-30T16:00:00.000Z",
  });
  await time(site, waiting, "chief", { arrived_at: "2026-11-10T01:00:00.000Z", due_at: "2026-11-12T01:00:00.000Z" });
  await database.transaction(async (tx) => {
    const times = { started_at: "2026-11-02T01:00:00.000Z", ended_at: "2026-11-30T16:00:01.000Z" };
    await tx.update("wf_instance", { id: finished }, times);
    await tx.update("wf_instance", { id: waiting }, { started_at: "2026-11-10T01:00:00.000Z" });
  });
  return { finished, waiting };
}

eachDatabase("figures are those of the hand-computed example, by month, step and person", async (t, db) => {
  const site = await open(db);
  const { finished, waiting } = await example(site);
  const qianli = await site.as("qianli");
  const steps = async (input: object): Promise<Record<string, unknown>> => {
    const { figures } = await site.handlers.stepFigures({ ...NOVEMBER, ...input }, qianli);
    return Object.fromEntries(figures.map(({ key = "", counts, durations }) => [key, { ...counts, ...durations }]));
  };
  const all = { arrived: 5, done: 3, due: 2, onTime: 1, late: 1, returned: 1, open: 2, overdue: 1 };
  const { "": november } = await steps({});
  t.like(november, { ...all, average: 1520, median: 180, p90: 4320 });
  t.like((await steps({ from: "2026-12", to: "2026-12" }))[""], { arrived: 0, done: 1, due: 0, average: 36_540 + 120 });
  const months = await steps({ from: "2026-10", to: "2026-12", by: "month" });
  t.deepEqual(Object.keys(months), ["2026-10", "2026-11", "2026-12"]);
  t.like(months["2026-11"], all);
  const byStep = await steps({ by: "step" });
  t.like(byStep["requisition/chief"], { arrived: 3, done: 2, returned: 1, median: 180, p90: 4320, overdue: 1 });
  t.like(byStep["requisition/handover"], { arrived: 1, done: 0, open: 1, overdue: 0 });
  const { figures } = await site.handlers.stepFigures({ ...NOVEMBER, by: "person" }, qianli);
  const named = figures.map(({ title, counts }) => `${title?.["zh-CN"] ?? "-"}:${counts.done}`).sort();
  t.deepEqual(named, ["-:0", "李霞:1", "王刚:2", "赵敏:0"], "what waits is nobody's yet");
  const departments = await site.handlers.stepFigures({ ...NOVEMBER, by: "department" }, qianli);
  t.is(departments.figures.find(({ key }) => key === "levy")?.counts.done, 3);

  const matters = await site.handlers.matterFigures({ from: "2026-11", to: "2026-12" }, qianli);
  t.like(matters.figures[0]?.counts, { arrived: 2, done: 1, due: 0, smooth: 0, cancelled: 0 });
  const chosen = { ...NOVEMBER, step: "requisition/chief" };
  const late = await site.handlers.countedSteps({ ...chosen, measure: "late" }, qianli);
  t.is(late.total, 1);
  t.like(late.steps[0], { instance: finished, person: "王刚", minutes: 4320, action: "approve", step: "科长审批" });
  t.is(late.steps[0]?.title, undefined, "who may not open the matter is not told what it is about");
  const overdue = await site.handlers.countedSteps({ ...chosen, measure: "overdue" }, qianli);
  t.deepEqual(
    overdue.steps.map(({ instance }) => instance),
    [waiting],
  );
});

eachDatabase("figures kept in step are those that are made anew", async (t, db) => {
  const site = await open(db);
  const ask = async (): Promise<unknown> =>
    (await site.handlers.stepFigures({ ...NOVEMBER, by: "step" }, await site.as("qianli"))).figures;
  await example(site);
  await ask();
  await site.start({ reason: "第三件" });
  await ask();
  await site.act("wanggang", "approve");
  const kept = await ask();
  await site.start({ reason: "第四件" });
  const last = await ask();
  t.notDeepEqual(kept, last);
  const rows = await facts(site);
  t.is(rows.filter((row) => "version" in row).length, 4);
  await db.database.transaction((tx) => tx.update("wf_figure_task", {}, { minutes: 1, is_late: true }));
  const made = await site.handlers.rebuildFigures({}, await site.as("qianli"));
  t.is(made.matters, 4);
  t.deepEqual(await facts(site), rows);
  t.deepEqual(await ask(), last);
});

eachDatabase(
  "each sees their own steps; the bureau's figures take a right, another bureau's one more",
  async (t, db) => {
    const site = await open(db);
    await example(site);
    const { stepFigures, countedSteps, matterFigures, rebuildFigures, exportMatterLog } = site.handlers;
    const idOf = async (username: string): Promise<string> =>
      String((await db.database.findOne("person", { username }))?.["id"]);
    const wanggang = await site.as("wanggang");
    const own = { ...NOVEMBER, person: await idOf("wanggang") };
    t.is((await stepFigures(own, wanggang)).figures[0]?.counts.done, 2);
    const steps = await countedSteps({ ...own, measure: "done" }, wanggang);
    t.true(
      steps.steps.every(({ title }) => title !== undefined),
      "who had a step in it may open it",
    );
    const others: [string, Promise<unknown>][] = [
      ["all", stepFigures(NOVEMBER, wanggang)],
      ["another's", stepFigures({ ...own, person: await idOf("zhaomin") }, wanggang)],
      ["the list", countedSteps({ ...NOVEMBER, measure: "done" }, wanggang)],
      ["matters", matterFigures(own, wanggang)],
      ["another bureau", stepFigures({ ...own, bureau: "fanchang" }, wanggang)],
      ["below", stepFigures({ ...own, below: true }, wanggang)],
      ["rebuild", rebuildFigures({}, wanggang)],
      ["log", exportMatterLog(NOVEMBER, wanggang)],
      ["not below", stepFigures({ ...NOVEMBER, bureau: "fanchang" }, await site.as("qianli"))],
    ];
    for (const [what, call] of others) t.is(await codeOf(call), "forbidden", what);
    t.is(
      await codeOf(stepFigures({ from: "2026-12", to: "2026-11" }, await site.as("qianli"))),
      "invalid-request",
      "a period that ends before it begins",
    );
    t.is((await stepFigures({ ...NOVEMBER, below: true }, await site.as("qianli"))).figures[0]?.counts.done, 3);
  },
);

/** What a measure counts, told once more in other words. */
const ORACLE: Record<StepMeasure | MatterMeasure, (row: Row, start: string, end: string) => boolean> = {
  arrived: (row, start, end) => String(row["arrived_at"]) >= start && String(row["arrived_at"]) < end,
  done: (row, start, end) => ended(row, start, end) && row["state"] === "completed",
  due: (row, start, end) => ORACLE.done(row, start, end) && row["due_at"] !== undefined,
  onTime: (row, start, end) => ORACLE.due(row, start, end) && String(row["ended_at"]) <= String(row["due_at"]),
  late: (row, start, end) => ORACLE.due(row, start, end) && String(row["ended_at"]) > String(row["due_at"]),
  returned: (row, start, end) => ORACLE.done(row, start, end) && row["action"] === "return",
  smooth: (row, start, end) => ORACLE.done(row, start, end) && row["is_smooth"] === true,
  cancelled: (row, start, end) => ended(row, start, end) && row["state"] === "cancelled",
  open: (row, _, end) =>
    String(row["arrived_at"]) < end && (row["ended_at"] === undefined || String(row["ended_at"]) >= end),
  overdue: (row, start, end) =>
    ORACLE.open(row, start, end) && row["due_at"] !== undefined && String(row["due_at"]) < end,
};

function ended(row: Row, start: string, end: string): boolean {
  return row["ended_at"] !== undefined && String(row["ended_at"]) >= start && String(row["ended_at"]) < end;
}

/** A row of either table with random times in 2026, and its place. */
function randomRow(random: () => number, index: number): Row {
  const instant = (): string => new Date(Date.UTC(2026, 0, 1) + Math.floor(random() * 300) * 86_400_000).toISOString();
  const [arrived, limit, end] = [instant(), instant(), instant()];
  const state = (["active", "completed", "cancelled"] as const)[Math.floor(random() * 3)] ?? "active";
  const hasLimit = random() < 0.7;
  return {
    bureau: "wuhu",
    instance: `i${index}`,
    number: `n${index}`,
    matter: random() < 0.5 ? "m1" : "m2",
    person: random() < 0.5 ? "p1" : "p2",
    state,
    arrived_at: arrived < end ? arrived : end,
    ...(state === "active" ? {} : { ended_at: arrived < end ? end : arrived, minutes: index }),
    ...(hasLimit ? { due_at: limit } : {}),
    is_due: state === "completed" && hasLimit,
    is_late: state === "completed" && hasLimit && (arrived < end ? end : arrived) > limit,
  };
}

eachDatabase("behind each figure are exactly as many rows as it says, and the right ones", async (t, db) => {
  const site = await open(db);
  let seed = 7;
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const rows = Array.from({ length: 300 }, (_, index) => randomRow(random, index));
  const steps = rows.map((row, index) => {
    const action = random() < 0.3 ? "return" : "approve";
    const isReturned = action === "return" && row["state"] === "completed";
    const place = `${String(row["matter"])}/e`;
    return { ...row, id: `t${index}`, place, step: "e", action, is_returned: isReturned };
  });
  const matters = rows.map((row): Row => {
    const isSmooth = row["state"] === "completed" && random() < 0.5;
    return { ...row, version: 1, is_smooth: isSmooth };
  });
  await db.database.transaction(async (tx) => {
    await tx.insert("wf_figure_task", steps);
    await tx.insert("wf_figure_matter", matters);
  });
  const qianli = await site.as("qianli");
  for (const [from, to, start, end] of [
    ["2026-03", "2026-03", "2026-02-28T16:00:00.000Z", "2026-03-31T16:00:00.000Z"],
    ["2026-01", "2026-09", "2025-12-31T16:00:00.000Z", "2026-09-30T16:00:00.000Z"],
  ] as const)
    for (const scope of [{}, { matter: "m1" }, { matter: "m2", person: "p1" }]) {
      const mine = (row: Row): boolean => Object.entries(scope).every(([key, value]) => row[key] === value);
      const period = { from, to, ...scope };
      const [step] = (await site.handlers.stepFigures(period, qianli)).figures;
      for (const measure of STEPS.measures) {
        const expected = steps.filter((row) => mine(row) && ORACLE[measure](row, start, end)).map(({ id }) => id);
        t.is(step?.counts[measure], expected.length, `${measure} ${from}`);
        const listed: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await site.handlers.countedSteps(
            { ...period, measure, limit: 37, ...(cursor === undefined ? {} : { cursor }) },
            qianli,
          );
          listed.push(...page.steps.map(({ task }) => task));
          t.is(page.total, expected.length);
          cursor = page.nextCursor;
        } while (cursor !== undefined);
        t.deepEqual(listed.sort(), expected.sort(), `${measure} ${from}`);
      }
      const [matter] = (await site.handlers.matterFigures(period, qianli)).figures;
      for (const measure of MATTERS.measures) {
        const expected = matters.filter((row) => mine(row) && ORACLE[measure](row, start, end));
        t.is(matter?.counts[measure], expected.length, `matters ${measure} ${from}`);
        const { matters: listed, total } = await site.handlers.countedMatters(
          { ...period, measure, limit: 200 },
          qianli,
        );
        t.is(total, expected.length);
        if (total <= 200)
          t.deepEqual(
            listed.map(({ instance }) => instance).sort(),
            expected.map(({ instance }) => String(instance)).sort(),
          );
      }
    }
});

eachDatabase("a line of the history that is committed after later ones still counts", async (t, db) => {
  const site = await open(db);
  const { database } = site.db;
  const month = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7);
  const count = async (): Promise<number> =>
    (await site.handlers.matterFigures({ from: month, to: month }, await site.as("qianli"))).figures[0]?.counts
      .arrived ?? 0;
  await site.start();
  const before = await count();
  const slow = await site.start({ reason: "慢" });
  const lines = await database.find("wf_history", { where: { instance: slow } });
  await database.transaction((tx) => tx.remove("wf_history", { instance: slow }));
  await site.start({ reason: "快" });
  t.is(await count(), before + 1, "only the later one is seen");
  await database.transaction((tx) => tx.insert("wf_history", lines));
  t.is(await count(), before + 2);
});
