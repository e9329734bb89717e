import type { SendBackTarget, TaskSummary } from "@jinshui/contracts";
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

/** A matter of a test site, and what its people do with it. */
export class Matter {
  constructor(
    readonly site: WorkflowSite,
    readonly id: string,
  ) {}

  static async open(site: WorkflowSite, key: string): Promise<Matter> {
    return new Matter(site, await site.start({}, key));
  }

  async task(username: string, element: string): Promise<TaskSummary> {
    const found = (await this.site.inbox(username)).find((task) => task.element === element);
    if (!found) throw new Error(`${username} has no ${element}`);
    return found;
  }

  async targets(username: string, element: string): Promise<SendBackTarget[]> {
    const { id } = await this.task(username, element);
    return (await this.site.handlers.sendBackTargets({ id }, await this.site.as(username))).targets;
  }

  async sendBack(username: string, from: string, to: string, direct = false): Promise<void> {
    const { id, version } = await this.task(username, from);
    const input = { id, version, to, opinion: "请补正", direct };
    await this.site.handlers.sendBack(input, await this.site.as(username));
  }

  /** Where it stands, by the open tasks. */
  async open(): Promise<string[]> {
    const rows = await this.site.db.database.find("wf_task", { where: { instance: this.id, state: "open" } });
    return rows.map(({ element }) => String(element)).sort();
  }

  async state(): Promise<string> {
    return String((await this.site.db.database.findOne("wf_instance", { id: this.id }))?.["status"]);
  }
}
