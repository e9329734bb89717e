import type { ActorRef } from "@jinshui/contracts";
import type { InstanceState } from "@jinshui/engine";
import type { Reader, Row } from "@jinshui/storage";
import type { Definitions } from "../definition/definitions.js";
import type { Applicant } from "../runtime/task-rows.js";

const MINUTE_MS = 60_000;
/** What sends a matter back. */
const RETURN = "return";

/** The rows of the figures that follow from instances and their tasks. */
export async function factsOf(
  reader: Reader,
  definitions: Definitions,
  instances: readonly Row[],
): Promise<{ matters: Row[]; tasks: Row[] }> {
  if (instances.length === 0) return { matters: [], tasks: [] };
  const rows = await reader.find("wf_task", { where: { instance: { in: instances.map(({ id }) => String(id)) } } });
  const byInstance = Map.groupBy(rows, (task) => String(task["instance"]));
  const [matters, tasks]: [Row[], Row[]] = [[], []];
  for (const instance of instances) {
    const { key } = await definitions.get(String(instance["definition"]), reader);
    const own = byInstance.get(String(instance["id"])) ?? [];
    matters.push(matterOf(instance, own, key));
    tasks.push(...own.map((task) => taskOf(task, instance, key)));
  }
  return { matters, tasks };
}

function taskOf(task: Row, instance: Row, matter: string): Row {
  const isDone = task["state"] === "completed";
  const assignee = task["assignee"] as ActorRef | undefined;
  return {
    id: task["id"],
    bureau: task["bureau"],
    instance: task["instance"],
    number: instance["number"],
    matter,
    place: `${matter}/${String(task["element"])}`,
    step: task["step"],
    position: task["position"],
    department: task["done_in"] ?? task["department"] ?? departmentOf(instance, task),
    person: isDone ? (task["completed_by"] ?? assignee?.id) : undefined,
    state: task["state"],
    action: task["action"],
    is_returned: isDone && task["action"] === RETURN,
    ...times(task["arrived_at"], task["due_at"], task["completed_at"], isDone),
  };
}

/** The applicant's own steps are done in the applicant's department; whose position's are, the task says where it matters. */
function departmentOf(instance: Row, { position }: Row): string | undefined {
  return position === undefined ? applicantOf(instance)?.department : undefined;
}

function matterOf(instance: Row, tasks: readonly Row[], matter: string): Row {
  return {
    instance: instance["id"],
    bureau: instance["bureau"],
    version: instance["version"],
    number: instance["number"],
    matter,
    person: instance["applicant_id"],
    department: applicantOf(instance)?.department,
    state: instance["status"] === "incident" ? "active" : instance["status"],
    ...times(instance["started_at"], instance["due_at"], instance["ended_at"], instance["status"] === "completed"),
    is_smooth:
      instance["status"] === "completed" &&
      !tasks.some(({ state, action }) => state === "completed" && action === RETURN),
  };
}

function applicantOf(instance: Row): Applicant | undefined {
  const { variables } = instance["state"] as Partial<InstanceState>;
  return variables?.["applicant"] as Applicant | undefined;
}

function times(arrived: unknown, due: unknown, ended: unknown, isDone: boolean): Row {
  const took = ended === undefined ? undefined : Date.parse(String(ended)) - Date.parse(String(arrived));
  return {
    arrived_at: arrived,
    due_at: due,
    ended_at: ended,
    is_due: isDone && due !== undefined,
    is_late: isDone && due !== undefined && String(ended) > String(due),
    minutes: took === undefined ? undefined : Math.max(0, Math.round(took / MINUTE_MS)),
  };
}
