import type { OpInput, OpOutput, TaskSummary, WorkflowApi } from "@jinshui/contracts";
import type { TestDatabase } from "@jinshui/storage/testing";
import { bpmn, flow } from "./processes.js";
import { WorkflowSite } from "./site.js";

/** Decided by the section chief within three working days, within twenty the whole; the applicant may have to supplement. */
export const LIMITED = bpmn(
  "limited",
  `<startEvent id="start"/>
  <userTask id="decide" name="审核" jinshui:position="section-chief" jinshui:within="department" jinshui:actions="approve,return" jinshui:dueDays="3"/>
  <exclusiveGateway id="ok" default="ok-end"/>
  <userTask id="supplement" name="补正" jinshui:assign="applicant" jinshui:pauses="true" jinshui:dueDays="5" jinshui:dueUnit="natural"/>
  <userTask id="keep" name="登记" jinshui:position="equipment" jinshui:dueHours="2"/><endEvent id="end"/>
  ${flow("start", "decide")}${flow("decide", "ok")}${flow("ok", "end", undefined, "ok-end")}${flow("ok", "supplement", 'steps.decide.action = "return"')}${flow("supplement", "keep")}${flow("keep", "end")}`,
  `name="限时事项" jinshui:limitDays="20"`,
);

/** A site with a process that has time limits. */
export async function openLimited(db: TestDatabase): Promise<WorkflowSite> {
  const site = await WorkflowSite.open(db);
  await site.deploy([LIMITED]);
  return site;
}

export type MatterDetail = OpOutput<WorkflowApi, "instance">;
export const matter = async (site: WorkflowSite, id: string): Promise<MatterDetail> =>
  site.handlers.instance({ id }, await site.as("lixia"));
export const task = async (site: WorkflowSite, username: string): Promise<TaskSummary> => {
  const [found] = await site.inbox(username);
  if (!found) throw new Error(`${username} has nothing to do`);
  return found;
};
export const computed = async (
  site: WorkflowSite,
  start: string,
  amount: number,
  unit: OpInput<WorkflowApi, "computeDeadline">["unit"] = "working-days",
): Promise<string> =>
  (await site.handlers.computeDeadline({ bureau: "wuhu", start, amount, unit }, await site.as("lixia"))).dueAt;
export const setDay = async (site: WorkflowSite, day: string, kind: "work" | "rest" | "inherit"): Promise<void> => {
  const context = await site.as("sunjie");
  const { version } = await site.handlers.calendar({ bureau: "wuhu" }, context);
  await site.handlers.setCalendarDays({ bureau: "wuhu", version, days: [{ day, kind, name: "停电" }] }, context);
};
/** Until the clock has nothing more to do at once. */
export const settle = async (site: WorkflowSite): Promise<void> => {
  while (await site.workflow.clockwork.tick());
};
