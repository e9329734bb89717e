import { Type } from "typebox";
import { op } from "./api.js";
import { Id } from "./text.js";

/** What plugins ask and report of the jobs of their processes. Part of `workflowApi`. */
export const jobOps = {
  /** Whether a job of the plugin's own still wants to be done: copies of its message come late, and after a loss of the bus all again. */
  findJob: op({
    effect: "read",
    input: Type.Object({ job: Id }, { additionalProperties: false }),
    output: Type.Object({ open: Type.Boolean() }),
  }),
  /** A plugin's report that a job of its own is done; repeating it changes nothing. */
  completeJob: op({
    effect: "write",
    input: Type.Object(
      { job: Id, variables: Type.Record(Type.String(), Type.Unknown()) },
      { additionalProperties: false },
    ),
    output: Type.Object({}),
  }),
  /** A plugin's report that a job can't be done: an incident after the last attempt, or at once when not `retryable`. */
  failJob: op({
    effect: "write",
    input: Type.Object(
      { job: Id, message: Type.String({ maxLength: 2000 }), retryable: Type.Boolean() },
      { additionalProperties: false },
    ),
    output: Type.Object({}),
  }),
};
