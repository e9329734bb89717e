import type { InstanceState } from "@jinshui/engine";
import type { StepResult } from "../office/advance.js";
import { bpmn, flow } from "./processes.js";
import type { WorkflowSite } from "./site.js";

/** A process with one step that several sign. */
export const signing = (attributes: string, id = "signing"): string =>
  bpmn(
    id,
    `<startEvent id="s"/><userTask id="sign" name="会签" ${attributes}/><userTask id="next" name="下一步" jinshui:position="equipment"/><endEvent id="e"/>
    ${flow("s", "sign")}${flow("sign", "next")}${flow("next", "e")}`,
  );

/** What the process knows of a step. */
export async function step(site: WorkflowSite, instance: string, element = "sign"): Promise<StepResult | undefined> {
  const row = await site.db.database.findOne("wf_instance", { id: instance });
  return ((row?.["state"] as InstanceState).variables["steps"] as Record<string, StepResult>)[element];
}
