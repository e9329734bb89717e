import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { Cursor, Id, Instant, Limit, LocalText } from "./text.js";

const closed = { additionalProperties: false };
/** Tasks that one request hands over. */
export const MAX_HANDED_OVER = 100;

/** An open task of somebody who leaves, or is away. */
export const HandOverTask = Type.Object({
  id: Id,
  instance: Id,
  number: Type.String(),
  title: Type.String(),
  step: Type.String(),
  /** Absent for the applicant's own step, which nobody's position does. */
  position: Type.Optional(LocalText),
  dueAt: Type.Optional(Instant),
  /** Claimed: the others of the position do not see it. */
  claimed: Type.Boolean(),
  /** How many others could do it. */
  others: Type.Integer(),
});
export type HandOverTask = Static<typeof HandOverTask>;

/** What waits for a person, and its handing over to another; takes `site.instances`. Part of `workflowApi`. */
export const handOverOps = {
  handOverTasks: op({
    effect: "read",
    callers: "kernel",
    actor: "required",
    http: { method: "GET", path: "/people/:person/tasks" },
    input: Type.Object({ person: Id, limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) }, closed),
    output: Type.Object({
      tasks: Type.Array(HandOverTask),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
  /**
   * Gives open tasks of `person` to `to`, who must hold the position of each; without `to`, claimed ones go back to all who
   * could do them. All of them or none. 409 `conflict` with `details.tasks` for those that `to` can't do.
   */
  handOver: op({
    effect: "write",
    callers: "kernel",
    actor: "required",
    http: { method: "POST", path: "/people/:person/tasks/hand-over" },
    input: Type.Object(
      {
        person: Id,
        to: Type.Optional(Id),
        tasks: Type.Array(Id, { minItems: 1, maxItems: MAX_HANDED_OVER, uniqueItems: true }),
        reason: Type.String({ minLength: 2, maxLength: 200 }),
      },
      closed,
    ),
    output: Type.Object({ tasks: Type.Integer() }),
  }),
};
