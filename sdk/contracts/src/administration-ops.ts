import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { Cursor, Id, Instant, Limit } from "./text.js";

const closed = { additionalProperties: false };
const Reason = Type.String({ minLength: 1, maxLength: 2000 });
/** Matters that one request moves to another version. */
export const MAX_MIGRATED = 50;

/** Elements of the old version by the id of the one that takes their place; those of the same id need not be named. */
const Mapping = Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 100 }), { maxProperties: 500 });

/** A version of a process, and how many matters run on it. */
export const DefinitionVersion = Type.Object({
  id: Id,
  version: Type.Integer(),
  title: Type.String(),
  latest: Type.Boolean(),
  /** Imported for trials, and not released yet: nothing can be started with it or moved to it. */
  draft: Type.Boolean(),
  deployedAt: Instant,
  running: Type.Integer(),
});
export type DefinitionVersion = Static<typeof DefinitionVersion>;

/** Why a matter can't go on in another version; `code` has texts in the shell. */
export const MigrationProblem = Type.Object({
  code: Type.Enum(["no-target", "other-type", "other-scope", "other-loop", "other-event", "other-flows"]),
  element: Type.String(),
  step: Type.String(),
});
export type MigrationProblem = Static<typeof MigrationProblem>;

/** A matter as it would be, or was, moved. */
export const MigratedInstance = Type.Object({
  id: Id,
  number: Type.String(),
  title: Type.String(),
  problems: Type.Array(MigrationProblem),
  /** Names of boundary events of the new version that don't watch what has begun already. */
  unwatched: Type.Array(Type.String()),
  moved: Type.Boolean(),
});
export type MigratedInstance = Static<typeof MigratedInstance>;

/** One command in the life of a matter, for looking at it as it was; `events` are those of the engine. */
export const ReplayStep = Type.Object({
  seq: Type.Integer(),
  /** Absent for what was done before times were kept. */
  at: Type.Optional(Instant),
  events: Type.Array(Type.Record(Type.String(), Type.Unknown())),
});
export type ReplayStep = Static<typeof ReplayStep>;

/** What administrators do with matters that run, and with versions of processes. Part of `workflowApi`. */
export const administrationOps = {
  /** Nothing of the matter can be finished until it is resumed: tasks answer 409 `suspended`, timers and jobs wait (permission `site.instances`). */
  suspendInstance: op({
    effect: "write",
    http: { method: "POST", path: "/instances/:id/suspend" },
    actor: "required",
    input: Type.Object({ id: Id, reason: Reason }, closed),
    output: Type.Object({ suspended: Type.Boolean() }),
  }),
  resumeInstance: op({
    effect: "write",
    http: { method: "POST", path: "/instances/:id/resume" },
    actor: "required",
    input: Type.Object({ id: Id }, closed),
    output: Type.Object({ suspended: Type.Boolean() }),
  }),
  /** All versions of the process of a definition in the actor's bureau, the newest first (permission `site.processes` or `site.trials`). */
  definitionVersions: op({
    effect: "read",
    http: { method: "GET", path: "/matters/:id/versions" },
    actor: "required",
    input: Type.Object({ id: Id, limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) }, closed),
    output: Type.Object({
      versions: Type.Array(DefinitionVersion),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
  /**
   * Moves running matters of the actor's bureau to another version of their process, each in a transaction of its own; without
   * `commit` nothing is changed and the answer tells what would be. A matter with problems stays where it is. Repeat with
   * `nextCursor` for the next ones (permissions `site.processes` and `site.instances`).
   */
  migrateInstances: op({
    effect: "write",
    http: { method: "POST", path: "/matters/:from/migrate" },
    actor: "required",
    input: Type.Object(
      {
        from: Id,
        to: Id,
        mapping: Mapping,
        commit: Type.Boolean(),
        reason: Type.Optional(Reason),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_MIGRATED })),
        cursor: Type.Optional(Cursor),
      },
      closed,
    ),
    output: Type.Object({
      instances: Type.Array(MigratedInstance),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
  /** The commands of a matter in order, for who may see it. */
  replay: op({
    effect: "read",
    http: { method: "GET", path: "/instances/:id/replay" },
    actor: "required",
    input: Type.Object({ id: Id, limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) }, closed),
    output: Type.Object({
      steps: Type.Array(ReplayStep),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
};
