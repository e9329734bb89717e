import { Type } from "typebox";
import { op } from "./api.js";
import { Id } from "./text.js";

const Variables = Type.Record(Type.String(), Type.Unknown());
const MessageName = Type.String({ minLength: 1, maxLength: 150 });

/** What plugins send to running and new matters. Part of `workflowApi`. */
export const messageOps = {
  /**
   * Delivers a BPMN message to the one instance of the bureau that has waited longest for its name and correlation value, or begins
   * a process that starts with it; kept while nobody waits, for `lifeSeconds` (a week when absent). It reaches processes of the
   * plugin and of the bureau itself, and those of other plugins when the name begins with the plugin's id and a dot. Where a
   * process begins, the person of the call is its applicant, or else the plugin.
   */
  sendMessage: op({
    effect: "write",
    input: Type.Object(
      {
        name: MessageName,
        correlation: Type.Optional(Type.Union([Type.String({ maxLength: 300 }), Type.Number()])),
        variables: Variables,
        lifeSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 31_536_000 })),
      },
      { additionalProperties: false },
    ),
    output: Type.Object({ id: Id }),
  }),
  /** Delivers a BPMN signal to all instances of the bureau that wait for it now, and begins the processes that start with it; likewise. */
  broadcastSignal: op({
    effect: "write",
    input: Type.Object({ name: MessageName, variables: Variables }, { additionalProperties: false }),
    output: Type.Object({ id: Id }),
  }),
};
