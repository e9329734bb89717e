import { JinshuiError } from "@jinshui/contracts";
import type { Transaction } from "@jinshui/storage";
import { addHistory, refOf, stepName } from "../runtime/instance.js";
import { runCommand } from "../runtime/instance-run.js";
import { loadInstance } from "../runtime/load-instance.js";
import { moveTo } from "./move.js";
import { type Asked, contextOf, type Office, refused } from "./office.js";

/** Puts a matter at another step, as administrators do with one that has gone wrong. */
export async function jump(
  office: Office,
  tx: Transaction,
  asked: Asked,
  { id, from, to, reason }: { id: string; from: string; to: string; reason: string },
): Promise<string> {
  const { actor, trace } = asked;
  const instance = await loadInstance(tx, office.definitions, id, actor.bureau);
  const { state, definition } = instance;
  const { model } = definition;
  if (state?.status !== "active")
    throw new JinshuiError("task-closed", `Matter ${id} has ended already`, { details: { instance: id } });
  const token = Object.values(state.tokens).find(({ element, inner }) => element === from && inner === undefined);
  if (!token) throw refused("not-there", `Nothing of ${id} stands at ${from}`, { element: from });
  const move = model.elements[to]?.type === "userTask" ? moveTo(model, state, token, to) : undefined;
  if (!move) throw refused("no-target", `${to} is no step that can be gone to from ${from}`, { element: to });
  await addHistory(tx, id, {
    at: tx.time,
    type: "jumped",
    by: refOf(actor),
    element: from,
    step: stepName(definition, from),
    opinion: reason,
    message: `→ ${stepName(definition, to)}`,
  });
  tx.audit({
    bureau: actor.bureau,
    actor: refOf(actor),
    action: "jump",
    resource: `instance/${id}`,
    after: { from, to, reason },
    trace,
  });
  await runCommand(contextOf(office, tx, asked), instance, { type: "modify", instructions: move.instructions });
  return id;
}
