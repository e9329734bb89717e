import type { ActorRef, FormSchema, OpOutput, RoundTask, WorkflowApi } from "@jinshui/contracts";
import type { InstanceState } from "@jinshui/engine";
import { signedActions } from "@jinshui/engine/site-check";
import type { Signatures } from "@jinshui/signature";
import type { Actor, Database, Row } from "@jinshui/storage";
import type { Definition } from "../definition/definitions.js";
import { isRemovable } from "../office/change-signers.js";
import { draftOf } from "../office/drafts.js";
import { targetsOf } from "../office/send-back-targets.js";
import { actionsFor, writesForm } from "../office/task-actions.js";
import { decides, partOf } from "../office/task-part.js";
import { checkSignatures } from "../signing/signature-checks.js";
import type { Queries } from "./queries.js";
import { taskSummary } from "./summaries.js";

/** The form of a task's step. */
export function formOf({ forms, model }: Definition, task: Row): FormSchema | undefined {
  const id = model.elements[String(task["element"])]?.extensions["form"];
  return forms.find((form) => form.id === id);
}

/** A task with everything its page shows. */
export async function taskDetail(
  { database, queries, signatures }: { database: Database; queries: Queries; signatures: Signatures },
  actor: Actor,
  id: string,
): Promise<OpOutput<WorkflowApi, "task">> {
  const { task, instance, definition } = await queries.requireTask(actor, id);
  const { extensions } = definition.model.elements[String(task["element"])] ?? { extensions: {} };
  const state = instance["state"] as InstanceState;
  const form = formOf(definition, task);
  const history = await queries.history(String(instance["id"]));
  const signed = signedActions(extensions);
  const mine = await queries.isMine(actor, task);
  const of = { task: id, person: actor.id, definition: definition.id, form, variables: state.variables };
  const draft = mine ? await draftOf(database, of) : undefined;
  const round = await roundFor(database, actor, task);
  return {
    ...taskSummary(task, instance, definition.title, actor),
    mine,
    ...(definition.plugin === undefined ? {} : { plugin: definition.plugin }),
    ...(form ? { form } : {}),
    ...(writesForm(task) ? {} : { readOnly: true }),
    ...(draft ? { draft } : {}),
    operations: mine ? await operationsOf(database, { task, instance, definition, state }) : [],
    ...(round.length < 2 ? {} : { round }),
    values: state.variables,
    actions: actionsFor(task, extensions).map(({ id: action, title, tone, opinion }) => ({
      id: action,
      title,
      tone,
      opinion,
      ...(signed.includes(action) ? { signed: true } : {}),
    })),
    history,
    signatures: await checkSignatures(database, signatures, { row: instance, definition, history }),
    ...(await queries.places(String(instance["id"]), state)),
  };
}

async function operationsOf(
  database: Database,
  { task, instance, definition, state }: { task: Row; instance: Row; definition: Definition; state: InstanceState },
): Promise<OpOutput<WorkflowApi, "task">["operations"]> {
  const targets = await targetsOf(database, { row: instance, definition, state }, task);
  const moves = task["position"] !== undefined || (task["person"] !== undefined && decides(task));
  return [
    ...(targets.length > 0 ? (["send-back"] as const) : []),
    ...(moves ? (["transfer"] as const) : []),
    ...(decides(task) ? (["add-signers"] as const) : []),
    ...(partOf(task) === "consult" ? [] : (["consult"] as const)),
    "send-copies",
    ...(writesForm(task) && formOf(definition, task) ? (["save-draft"] as const) : []),
  ];
}

async function roundFor(database: Database, actor: Actor, task: Row): Promise<RoundTask[]> {
  const rows = await database.find("wf_task", {
    where: { instance: String(task["instance"]), engine_task: String(task["engine_task"]) },
    orderBy: ["arrived_at", "id"],
  });
  return rows
    .filter((row) => row["state"] !== "cancelled")
    .map((row): RoundTask => ({
      id: String(row["id"]),
      ...partAs(row),
      step: String(row["step"]),
      state: row["state"] as RoundTask["state"],
      ...(row["assignee"] ? { assignee: row["assignee"] as ActorRef } : {}),
      ...(typeof row["action"] === "string" ? { action: row["action"] } : {}),
      removable: isRemovable(row, rows, actor),
    }));
}

function partAs(row: Row): Pick<RoundTask, "part"> {
  const part = partOf(row);
  return part === undefined ? {} : { part };
}
