import { eachDatabase } from "@jinshui/storage/testing/ava";
import type { TestDatabase } from "@jinshui/storage/testing";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { LIMITED, matter, openLimited, settle } from "../testing/limited.js";
import { bpmn, flow } from "../testing/processes.js";
import { codeOf, type WorkflowSite } from "../testing/site.js";

const LONG_AGO = "2001-01-01T00:00:00.000Z";

const LATE = bpmn(
  "late",
  `<startEvent id="s"/><userTask id="u" name="核实" jinshui:position="clerk" jinshui:within="department" jinshui:dueDays="3"/>
  <userTask id="v" name="复核" jinshui:position="equipment" jinshui:dueDays="1" jinshui:escalateTo="director"/><endEvent id="e"/>
  ${flow("s", "u")}${flow("u", "v")}${flow("v", "e")}`,
);

/** Moves the deadline of the only open task of a matter, and plans its reminders as at any other change. */
async function moveDue(site: WorkflowSite, instance: string, minutes: number): Promise<void> {
  const { deadlines } = site.workflow.clockwork.parts.runtime;
  await site.db.database.transaction(async (tx) => {
    const row = await tx.findOne("wf_task", { instance, state: "open" });
    const at = (more: number): string => new Date(Date.parse(tx.time) + more * 60_000).toISOString();
    const columns = { due_at: at(minutes), warn_at: at(minutes - 10), arrived_at: at(minutes - 30 * 1_440) };
    const task = String(row?.["id"]);
    await tx.update("wf_task", { id: task }, columns);
    const due = { bureau: "wuhu", instance, task, start: columns.arrived_at };
    await deadlines.plan(tx, due, {
      ...columns,
      time_limit: { amount: 3, unit: "working-days" },
      provisional_years: null,
    });
  });
}
/** Makes the next reminder of each task one whose time has come. */
const due = (db: TestDatabase): Promise<unknown> =>
  db.database.transaction((tx) => tx.update("wf_reminder", { next_at: { ne: null } }, { next_at: LONG_AGO }));
const notices = async (site: WorkflowSite, username: string): Promise<string[]> => {
  const { notices: found } = await site.handlers.notices({}, await site.as(username));
  return found.map(({ kind, step = "" }) => `${kind} ${step}`).sort();
};

eachDatabase(
  "people are reminded before and after, their chief after, each once, and not once it is done",
  async (t, db) => {
    const site = await openLimited(db);
    await site.deploy([LIMITED, LATE]);
    const id = await site.start({}, "late");
    const reminders = async (): Promise<unknown[]> => {
      await Promise.all([settle(site), settle(site)]);
      const detail = await matter(site, id);
      return detail.history.flatMap(({ type, deadline }) => (type === "reminded" ? [deadline?.stage] : []));
    };
    t.deepEqual(await reminders(), []);
    await moveDue(site, id, 5);
    const soon = await reminders();
    t.true(soon.length === 1 && ["third", "before-1"].includes(String(soon[0])), String(soon));
    t.deepEqual(await notices(site, "zhaomin"), ["due-soon 核实", "task 核实"]);
    t.deepEqual(await notices(site, "wanggang"), [], "no superior before it is over");
    await moveDue(site, id, -5);
    t.deepEqual(await reminders(), [...soon, "overdue"]);
    await moveDue(site, id, -60 * 1_440);
    t.deepEqual(await reminders(), [...soon, "overdue", "after-7"], "of those missed, the last");
    const clerks = ["zhaomin"];
    for (const name of clerks) t.deepEqual(await notices(site, name), ["overdue 核实", "task 核实"]);
    t.deepEqual(await notices(site, "wanggang"), ["overdue-below 核实"], "the chief of the clerk's department");
    const detail = await site.handlers.instance({ id }, await site.as("wanggang"));
    const reminded = detail.history.filter(({ type }) => type === "reminded");
    t.is(reminded.length, 3);
    t.deepEqual(reminded.at(-1)?.deadline, { stage: "after-7", people: ["赵敏"], superiors: ["王刚"] });
    await site.act("zhaomin", "complete", {}, { element: "u" });
    t.deepEqual(await notices(site, "wanggang"), []);
    t.is(
      await codeOf(site.handlers.instance({ id }, await site.as("wanggang"))),
      "not-found",
      "it is none of theirs any more",
    );
    t.false((await notices(site, "zhaomin")).includes("overdue 核实"));
  },
);

eachDatabase("where the step names who is told of a delay, they are", async (t, db) => {
  const site = await openLimited(db);
  await site.deploy([LIMITED, LATE]);
  await site.appoint("wanggang", "director", "levy");
  const id = await site.start({}, "late");
  await site.act("zhaomin", "complete", {}, { element: "u" });
  await db.database.transaction((tx) =>
    tx.update("wf_reminder", { instance: id }, { next_at: LONG_AGO, next_stage: "overdue" }),
  );
  await settle(site);
  t.deepEqual(await notices(site, "wanggang"), ["overdue-below 复核"]);
});

eachDatabase("a clock killed while it reminds has told nobody; the next one tells each once", async (t, db) => {
  const site = await openLimited(db);
  await site.deploy([LIMITED, LATE]);
  for (let count = 0; count < 3; count += 1) await site.start({}, "late");
  await due(db);
  const worker = fileURLToPath(new URL("../testing/timer-worker.js", import.meta.url));
  for (const nth of [1, 2]) {
    const child = spawn(process.execPath, [worker, db.url], {
      env: { ...process.env, JINSHUI_FAIL: `reminder-told:kill:${nth}` },
      stdio: "inherit",
    });
    t.is((await once(child, "exit"))[1], "SIGKILL");
    await db.database.transaction((tx) => tx.update("lease", { name: "workflow-clock" }, { lease_until: tx.time }));
  }
  await settle(site);
  const rows = await db.database.find("wf_history");
  const reminded = rows.filter(({ entry }) => (entry as { type: string }).type === "reminded");
  t.is(reminded.length, 3);
  t.is((await notices(site, "zhaomin")).filter((each) => each.startsWith("due-soon")).length, 3);
});
