import type { ActorRef } from "@jinshui/contracts";
import { newId, type Row } from "@jinshui/storage";
import type { Definition } from "../definition/definitions.js";
import { addHistory, type CommandContext, stepName } from "./instance.js";
import { runCommand } from "./instance-run.js";
import { nextNumber } from "./number.js";
import type { Applicant } from "./task-rows.js";
import { titleOf } from "./title.js";

/** How an instance begins. */
export interface Beginning {
  applicant: Applicant;
  values: Record<string, unknown>;
  startEvent: string;
  /** The instance that called it, by which of its waits, and how many have called one another up to it. */
  caller?: { id: string; call: string; depth: number };
}

/** Writes a new instance and runs it up to where it waits; returns its id. */
export async function startInstance(
  context: CommandContext,
  definition: Definition,
  { applicant, values, startEvent, caller }: Beginning,
): Promise<string> {
  const { tx, deadlines, trace } = context;
  const { bureau } = applicant;
  const by: ActorRef = { id: applicant.id, name: applicant.name };
  const number = await nextNumber(tx, bureau);
  const variables = { ...values, applicant, number, steps: {} };
  const id = newId();
  const deadline = await deadlines.ofMatter(tx, bureau, definition.model.extensions);
  const row: Row = {
    id,
    bureau,
    number,
    title: titleOf(definition, variables),
    definition: definition.id,
    version: 0,
    status: "active",
    state: {},
    steps: [],
    applicant: by,
    applicant_id: applicant.id,
    applicant_department: [...applicant.departmentTitle].slice(0, 200).join(""),
    started_at: tx.time,
    ...(caller ? { parent: caller.id, parent_call: caller.call, depth: caller.depth } : {}),
    ...deadline,
  };
  await tx.insert("wf_instance", row);
  if (deadline.time_limit !== null) await deadlines.plan(tx, { bureau, instance: id, start: tx.time }, deadline);
  await addHistory(tx, id, {
    at: tx.time,
    type: "started",
    by,
    element: startEvent,
    step: stepName(definition, startEvent),
  });
  tx.audit({
    bureau,
    actor: by,
    action: "start",
    resource: `instance/${id}`,
    after: { number, definition: definition.key, values, ...(caller ? { caller: caller.id } : {}) },
    trace,
  });
  const command = { type: "start", variables, startEvent } as const;
  await runCommand(context, { row, definition, state: undefined }, command);
  return id;
}
