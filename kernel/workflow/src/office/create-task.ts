import { type Row, newId } from "@jinshui/storage";
import { type CommandContext, type LoadedInstance, stepName } from "../runtime/instance.js";
import type { Applicant } from "../runtime/task-rows.js";
import { openTask } from "./open-task.js";
import type { Seat } from "./seats.js";

/** The tasks of a step that has begun, one for each of its signers; those whose turn it is are opened. */
export async function createTask(
  context: CommandContext,
  instance: LoadedInstance,
  engineTask: string,
  elementId: string,
): Promise<void> {
  const { tx, assignment } = context;
  const { row, definition, state } = instance;
  const element = definition.model.elements[elementId];
  if (!element) return;
  const applicant = state?.variables["applicant"] as Applicant;
  const seats = await assignment.seats.of(tx, element, {
    bureau: String(row["bureau"]),
    department: applicant.department,
    variables: state?.variables ?? {},
  });
  const rows: Row[] = [];
  for (const seat of seats) {
    const waitsFor = element.extensions["sign"] === "sequence" ? rows.slice(-1).map(({ id }) => id) : [];
    const several = element.extensions["signers"] === undefined ? {} : { part: "sign" };
    const step = taskName(instance, engineTask, elementId, several.part && seat.position, assignment);
    const planned = plannedTask(context, instance, {
      engineTask,
      element: elementId,
      step,
      seat,
      waitsFor,
      ...several,
    });
    rows.push(planned);
    await tx.insert("wf_task", planned);
    if (waitsFor.length === 0) await openTask(context, instance, planned, { unknown: seat.unknown, isNew: true });
    if (element.extensions["officers"] !== "2") continue;
    const second = { engineTask, element: elementId, step, seat, waitsFor: [String(planned["id"])], part: "confirm" };
    await tx.insert("wf_task", plannedTask(context, instance, second));
  }
}

/** A task whose turn has not come. */
export function plannedTask(
  { tx }: CommandContext,
  { row, state }: LoadedInstance,
  given: { engineTask: string; element: string; step: string; seat: Seat; waitsFor: unknown[]; part?: string },
): Row {
  const { seat, step } = given;
  const applicant = state?.variables["applicant"] as Applicant;
  return {
    id: newId(),
    bureau: seat.bureau,
    instance: row["id"],
    engine_task: given.engineTask,
    element: given.element,
    step,
    version: 1,
    state: "planned",
    arrived_at: tx.time,
    position: seat.position,
    department: seat.department,
    person: seat.person,
    applicant_id: row["applicant_id"],
    search_text: `${String(row["number"])} ${String(row["title"])} ${applicant.name} ${step}`.slice(0, 500),
    part: given.part,
    waits_for: given.waitsFor.length === 0 ? undefined : given.waitsFor,
  };
}

/** The step's name; of a task that several people or rounds have, with its place or position among them: 会签（2/3）. */
function taskName(
  { definition, state }: LoadedInstance,
  engineTask: string,
  element: string,
  position: string | undefined,
  { organisation }: CommandContext["assignment"],
): string {
  const title = position === undefined ? "" : `（${organisation.positionTitle(position)["zh-CN"].slice(0, 60)}）`;
  const name = [...stepName(definition, element)].slice(0, 120).join("") + title;
  const token = state?.tokens[state.waits[engineTask]?.token ?? ""];
  const loop = token && state?.scopes[token.scope]?.loop;
  const index = token?.vars?.["loopCounter"];
  if (!loop || typeof index !== "number" || loop.total === Number.MAX_SAFE_INTEGER) return name;
  return `${name}（${index + 1}/${loop.total}）`;
}
