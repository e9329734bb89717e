import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { ActorRef, Id, Instant, Limit, Name } from "./text.js";

const closed = { additionalProperties: false };
const Reason = Type.String({ minLength: 2, maxLength: 500 });
const task = { id: Id, version: Type.Integer() };
const ok = Type.Object({ instance: Id });

/** Tasks that one request finishes. */
export const MAX_COMPLETED = 100;
/** People that one request adds to a step. */
const MAX_ADDED = 20;

/** An earlier step that a task can be sent back to. */
export const SendBackTarget = Type.Object({
  element: Type.String(),
  step: Type.String(),
  /** Who did it last; absent for the applicant's own step that has not been done yet. */
  by: Type.Optional(ActorRef),
  at: Type.Optional(Instant),
  /** Whether it can be redone by itself and come straight back. */
  direct: Type.Boolean(),
});
export type SendBackTarget = Static<typeof SendBackTarget>;

/** Somebody a task can be given to, or who can be asked. */
export const Colleague = Type.Object({
  id: Id,
  name: Type.String(),
  department: Type.Optional(Type.String()),
  /** Whether they hold what the task asks for. */
  able: Type.Boolean(),
});
export type Colleague = Static<typeof Colleague>;

/** A step that a matter can be put at from where it stands. */
export const JumpTarget = Type.Object({
  from: Type.String(),
  fromStep: Type.String(),
  to: Type.String(),
  toStep: Type.String(),
  /** Names of what ends by it. */
  ends: Type.Array(Type.String()),
  /** Branches beside the step that count as done. */
  skips: Type.Integer(),
});
export type JumpTarget = Static<typeof JumpTarget>;

/**
 * What an office does with a task besides finishing it; each needs the task to be the actor's own, as `complete` does, unless
 * it says otherwise. Part of `workflowApi`.
 */
export const officeOps = {
  /** Where a task can be sent back to, the last step first. */
  sendBackTargets: op({
    effect: "read",
    actor: "required",
    http: { method: "GET", path: "/tasks/:id/send-back" },
    input: Type.Object({ id: Id }, closed),
    output: Type.Object({ targets: Type.Array(SendBackTarget) }),
  }),
  /**
   * Sends the matter back to an earlier step. What began after that step goes, branches beside it stay. `direct`: that step is
   * redone once and the task comes straight back. 409 `conflict` for a step that is no target.
   */
  sendBack: op({
    effect: "write",
    actor: "required",
    http: { method: "POST", path: "/tasks/:id/send-back" },
    input: Type.Object({ ...task, to: Type.String(), opinion: Reason, direct: Type.Boolean() }, closed),
    output: ok,
  }),
  /** Takes back a task that the actor has finished, as long as nobody has begun what came of it; 409 `conflict` afterwards. */
  takeBack: op({
    effect: "write",
    actor: "required",
    http: { method: "POST", path: "/tasks/:id/take-back" },
    input: Type.Object({ id: Id }, closed),
    output: ok,
  }),
  /** People of the task's bureau, by name; `able`: only those who can do the task. */
  colleagues: op({
    effect: "read",
    actor: "required",
    http: { method: "GET", path: "/tasks/:id/colleagues" },
    input: Type.Object(
      {
        id: Id,
        search: Type.Optional(Type.String({ maxLength: 50 })),
        able: Type.Optional(Type.Boolean()),
        limit: Type.Optional(Limit),
      },
      closed,
    ),
    output: Type.Object({ people: Type.Array(Colleague) }),
  }),
  /** Gives a task to somebody who can do it as well; also for administrators (permission `site.instances`). */
  transfer: op({
    effect: "write",
    actor: "required",
    http: { method: "POST", path: "/tasks/:id/transfer" },
    input: Type.Object({ ...task, to: Id, reason: Reason }, closed),
    output: ok,
  }),
  /**
   * Has others sign as well: `before`, and the task comes back with what they said; `after`, and each of them decides with
   * the step. `removeSigner` undoes it.
   */
  addSigners: op({
    effect: "write",
    actor: "required",
    http: { method: "POST", path: "/tasks/:id/signers" },
    input: Type.Object(
      {
        ...task,
        people: Type.Array(Id, { minItems: 1, maxItems: MAX_ADDED, uniqueItems: true }),
        place: Type.Enum(["before", "after"]),
        reason: Reason,
      },
      closed,
    ),
    output: ok,
  }),
  /**
   * Takes away a task of a step that has several: what one has added oneself, and as administrator (permission
   * `site.instances`) any but the last that decides.
   */
  removeSigner: op({
    effect: "write",
    actor: "required",
    http: { method: "DELETE", path: "/tasks/:id/signer" },
    input: Type.Object({ id: Id, reason: Reason }, closed),
    output: ok,
  }),
  /** Asks somebody for an opinion; the task waits for it and comes back. */
  consult: op({
    effect: "write",
    actor: "required",
    http: { method: "POST", path: "/tasks/:id/consult" },
    input: Type.Object({ ...task, person: Id, question: Reason }, closed),
    output: ok,
  }),
  /** Keeps what somebody has filled in, for them alone, until the task is finished. */
  saveDraft: op({
    effect: "write",
    actor: "required",
    http: { method: "PUT", path: "/tasks/:id/draft" },
    input: Type.Object(
      {
        id: Id,
        values: Type.Record(Type.String(), Type.Unknown()),
        opinion: Type.Optional(Type.String({ maxLength: 2000 })),
      },
      closed,
    ),
    output: Type.Object({ savedAt: Instant }),
  }),
  /** Finishes several tasks, each for itself: one that can't be finished does not keep the others from it. */
  completeMany: op({
    effect: "write",
    actor: "required",
    http: { method: "POST", path: "/tasks/complete" },
    input: Type.Object(
      {
        items: Type.Array(Type.Object(task, closed), { minItems: 1, maxItems: MAX_COMPLETED }),
        action: Name,
        opinion: Type.Optional(Type.String({ maxLength: 2000 })),
      },
      closed,
    ),
    output: Type.Object({
      results: Type.Array(
        Type.Object({
          id: Id,
          done: Type.Boolean(),
          /** Why not: an error's code and details. */
          code: Type.Optional(Type.String()),
          details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        }),
      ),
    }),
  }),
  /** Reminds those whose turn it is; for the applicant and administrators (permission `site.instances`), once in two hours. */
  urge: op({
    effect: "write",
    actor: "required",
    http: { method: "POST", path: "/instances/:id/urge" },
    input: Type.Object({ id: Id, note: Type.Optional(Type.String({ maxLength: 200 })) }, closed),
    output: Type.Object({ told: Type.Integer() }),
  }),
  /** Where `jump` can put a matter, and what would end by that, for showing before it is done (permission `site.instances`). */
  jumpTargets: op({
    effect: "read",
    actor: "required",
    http: { method: "GET", path: "/instances/:id/jump-targets" },
    input: Type.Object({ id: Id }, closed),
    output: Type.Object({ targets: Type.Array(JumpTarget) }),
  }),
  /** Puts a matter at another step, from an element where it stands (permission `site.instances`). */
  jump: op({
    effect: "write",
    callers: "kernel",
    actor: "required",
    http: { method: "POST", path: "/instances/:id/jump" },
    input: Type.Object({ id: Id, from: Type.String(), to: Type.String(), reason: Reason }, closed),
    output: ok,
  }),
};
