import type { ActorRef, SendBackTarget } from "@jinshui/contracts";
import type { ElementModel } from "@jinshui/engine";
import type { Reader, Row } from "@jinshui/storage";
import type { LoadedInstance } from "../runtime/instance.js";
import { moveTo } from "./move.js";
import { ruleOf } from "./round.js";
import { actionsFor } from "./task-actions.js";
import { decides } from "./task-part.js";

/** Earlier steps that a task can be sent back to, the last one first. */
export async function targetsOf(
  reader: Reader,
  { row, definition, state }: LoadedInstance,
  task: Row,
): Promise<SendBackTarget[]> {
  const { model } = definition;
  const element = model.elements[String(task["element"])];
  const token = state?.tokens[state.waits[String(task["engine_task"])]?.token ?? ""];
  if (!element || !state || !token || !decides(task)) return [];
  const allowed = element.extensions["sendBack"] ?? "any";
  const { sign } = ruleOf(element);
  // where all or a share have to sign, one alone sends nothing back: they vote
  if (allowed === "none" || sign === "all" || sign === "ratio") return [];
  const rows = await reader.find("wf_task", { where: { instance: String(row["id"]) }, orderBy: ["arrived_at", "id"] });
  const began = rows.find((candidate) => candidate["element"] === element.id)?.["arrived_at"];
  const targets = Object.values(model.elements).flatMap((target): SendBackTarget[] => {
    if (target.type !== "userTask" || target.id === element.id || !moveTo(model, state, token, target.id)) return [];
    const done = rows
      .filter((candidate) => candidate["element"] === target.id && candidate["state"] === "completed")
      .filter(decides)
      .sort((one, other) => Number(one["seq"]) - Number(other["seq"]));
    const [first] = done;
    // what was first done after this step had begun comes after it, wherever it is drawn
    const passed = first !== undefined && String(first["completed_at"]) <= String(began);
    if (!passed && !(isApplicants(target) && done.length === 0)) return [];
    const last = done.at(-1);
    return [
      {
        element: target.id,
        step: target.name ?? target.id,
        ...(last ? { by: last["assignee"] as ActorRef, at: String(last["completed_at"]) } : {}),
        direct: canRedo(target),
      },
    ];
  });
  const sorted = targets.sort((one, other) => ((one.at ?? "") < (other.at ?? "") ? 1 : -1));
  return allowed === "previous" ? sorted.slice(0, 1) : sorted;
}

function isApplicants({ extensions }: ElementModel): boolean {
  return extensions["position"] === undefined && extensions["signers"] === undefined;
}

/** Whether one person can do it again without the process going there. */
function canRedo({ extensions }: ElementModel): boolean {
  return extensions["signers"] === undefined && actionsFor({ part: "redo" }, extensions).length > 0;
}
