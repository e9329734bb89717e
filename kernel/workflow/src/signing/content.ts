import { type ActorRef, fieldRight, type SignedContent } from "@jinshui/contracts";
import type { Actor, Row } from "@jinshui/storage";
import { positionFor } from "../runtime/candidacy.js";
import type { Completion } from "../runtime/completion.js";
import { type LoadedInstance, refOf } from "../runtime/instance.js";

/** What somebody signs who finishes a task: everything that the step decides, and by which right. */
export function signedContent(
  actor: Actor,
  task: Row,
  { row, definition, state }: LoadedInstance,
  completion: Completion,
  positionTitle: (id: string) => string,
): SignedContent {
  const { element, action, opinion, form, values } = completion;
  const held = positionFor(actor, task);
  const present = { ...state?.variables, ...values };
  const shown = (form?.components ?? []).filter(
    (component) => component.key !== undefined && fieldRight(component, element.id, false) !== "hidden",
  );
  return {
    format: "jinshui.signature/1",
    bureau: String(row["bureau"]),
    process: { key: definition.key, version: definition.version, sha256: definition.sha256 },
    instance: { id: String(row["id"]), number: String(row["number"]) },
    task: { id: String(task["id"]), element: element.id, step: String(task["step"]) },
    values: Object.fromEntries(
      shown.flatMap(({ key = "" }) => (present[key] === undefined ? [] : [[key, present[key]]])),
    ),
    action: action.id,
    opinion,
    signer: refOf(actor),
    ...(held ? { position: { id: held.id, title: positionTitle(held.id), department: held.department } } : {}),
    ...(held?.onBehalfOf ? { onBehalfOf: refOf(held.onBehalfOf satisfies ActorRef) } : {}),
  };
}
