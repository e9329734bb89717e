import { isJinshuiError } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import test from "ava";
import { bpmn, flow } from "../testing/processes.js";
import { computed } from "../testing/limited.js";
import { WorkflowSite } from "../testing/site.js";
import { afterWorkingDuration } from "./working-duration.js";
import type { WorkingCalendar } from "./working-calendar.js";

const calendar: WorkingCalendar = {
  years: new Set([2026]),
  days: new Map(),
  hours: [
    {
      from: 0,
      spans: [
        { from: 510, to: 720 },
        { from: 840, to: 1_050 },
      ],
    },
  ],
};

test("a duration of working time is whole working days and then working hours", (t) => {
  const after = (from: string, duration: string): string | undefined =>
    afterWorkingDuration(calendar, `${from}+08:00`, duration);
  t.is(after("2026-03-06T16:30:00", "PT2H"), "2026-03-09T01:30:00.000Z");
  t.is(after("2026-03-06T16:30:00", "PT1H30M"), "2026-03-09T01:00:00.000Z");
  t.is(after("2026-03-06T16:30:00", "P1D"), "2026-03-09T09:30:00.000Z");
  t.is(after("2026-03-06T16:30:00", "P1DT1H"), "2026-03-10T01:30:00.000Z");
  for (const duration of ["P1W", "P1M", "P", "PT", "PT5S", "-P1D", "soon"])
    t.is(after("2026-03-06T16:30:00", duration), undefined);
});

const waiting = (attribute: string): string =>
  bpmn(
    "waiting",
    `<startEvent id="s"/><userTask id="u" jinshui:assign="applicant"/><boundaryEvent id="b" attachedToRef="u" cancelActivity="false"><timerEventDefinition ${attribute}><timeCycle>R2/PT4H</timeCycle></timerEventDefinition></boundaryEvent><endEvent id="e"/><endEvent id="f"/>${flow("s", "u")}${flow("u", "e")}${flow("b", "f")}`,
  );

eachDatabase("a timer counts working time where its model says so, each round of it", async (t, db) => {
  const site = await WorkflowSite.open(db);
  await site.deploy([waiting('jinshui:workingTime="true"')]);
  const id = await site.start({}, "waiting");
  const dueAt = async (): Promise<unknown> => (await db.database.findOne("wf_timer", { instance: id }))?.["due_at"];
  const { startedAt } = await site.handlers.instance({ id }, await site.as("lixia"));
  const first = await computed(site, startedAt, 4, "working-hours");
  t.is(await dueAt(), first);
  await db.database.transaction((tx) =>
    tx.update("wf_timer", { instance: id }, { due_at: "2001-01-01T00:00:00.000Z" }),
  );
  await site.workflow.clockwork.tick();
  t.is(await dueAt(), await computed(site, first, 4, "working-hours"));
  await site.deploy([waiting("")]);
  const natural = await site.start({}, "waiting");
  const timer = await db.database.findOne("wf_timer", { instance: natural });
  const { startedAt: begun } = await site.handlers.instance({ id: natural }, await site.as("lixia"));
  t.is(Date.parse(String(timer?.["due_at"])) - Date.parse(begun), 4 * 3_600_000);
});

eachDatabase("a time limit that can't be read is refused when its process is deployed", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const refused = async (attributes: string, ofProcess = ""): Promise<string> => {
    const xml = bpmn(
      "odd",
      `<startEvent id="s"/><userTask id="u" name="办理" jinshui:assign="applicant" ${attributes}/><endEvent id="e"/>${flow("s", "u")}${flow("u", "e")}`,
      `name="odd" ${ofProcess}`,
    );
    return site.deploy([xml]).then(
      () => "ok",
      (error: unknown) => (isJinshuiError(error) ? error.message : String(error)),
    );
  };
  t.is(await refused('jinshui:dueDays="3"', 'jinshui:limitDays="20"'), "ok");
  t.is(await refused('jinshui:dueDays="0.5" jinshui:dueUnit="natural"'), "ok");
  t.regex(await refused('jinshui:dueDays="three"'), /jinshui:dueDays="three"/);
  t.regex(await refused('jinshui:dueHours="-1"'), /jinshui:dueHours="-1"/);
  t.regex(await refused('jinshui:dueUnit="weeks"'), /jinshui:dueUnit="weeks"/);
  t.regex(await refused("", 'jinshui:limitDays="9999"'), /jinshui:limitDays="9999"/);
});
