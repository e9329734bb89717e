import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { FormSchema } from "./form.js";
import { Cursor, Id, Instant, Limit, LocalText, Name } from "./text.js";

const closed = { additionalProperties: false };

/** A process of the bureau in its newest version, as its administrators see it. */
export const ProcessSummary = Type.Object({
  /** Of the newest version that can be started, or of a draft. */
  id: Id,
  key: Type.String(),
  title: LocalText,
  version: Type.Integer(),
  /** The plugin that brought it; absent for one that was imported. */
  plugin: Type.Optional(Name),
  deployedAt: Instant,
  /** Imported for trials and not released yet. */
  draft: Type.Boolean(),
  /** Matters of the actor's bureau that run, on any version. */
  running: Type.Integer(),
});
export type ProcessSummary = Static<typeof ProcessSummary>;

/** A place in a process that a matter can stand at. */
export const ProcessElement = Type.Object({
  id: Type.String(),
  name: Type.Optional(Type.String()),
  /** As the engine has it: `userTask`, `parallelGateway`, … */
  type: Type.String(),
  /** Id of the sub-process around it; empty for the process itself. */
  scope: Type.String(),
});
export type ProcessElement = Static<typeof ProcessElement>;

/** A form that processes of the bureau can use; its title is the one the bureau gave it, or that of the process that brought it. */
export const KnownForm = Type.Object({ form: FormSchema, title: LocalText });
export type KnownForm = Static<typeof KnownForm>;

/** What administrators see of processes. Part of `workflowApi`. */
export const processOps = {
  /** Processes of enabled plugins and of the bureau itself, drafts among them, by title (permission `site.processes` or `site.trials`). */
  processes: op({
    effect: "read",
    http: { method: "GET", path: "/processes" },
    actor: "required",
    input: Type.Object(
      {
        search: Type.Optional(Type.String({ maxLength: 100 })),
        limit: Type.Optional(Limit),
        cursor: Type.Optional(Cursor),
      },
      closed,
    ),
    output: Type.Object({
      processes: Type.Array(ProcessSummary),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
  /** One version of a process with its drawing and elements, also one that nothing is started with any more (permission `site.processes` or `site.trials`). */
  processVersion: op({
    effect: "read",
    http: { method: "GET", path: "/processes/:id" },
    actor: "required",
    input: Type.Object({ id: Id }, closed),
    output: Type.Object({
      id: Id,
      key: Type.String(),
      title: LocalText,
      version: Type.Integer(),
      xml: Type.String(),
      elements: Type.Array(ProcessElement),
    }),
  }),
  /**
   * Forms that imported processes may ask for by id: on the first page those that the bureau has made and published, on each those of its
   * matters, which `limit` and `total` count (permission `site.processes` or `site.trials`).
   */
  knownForms: op({
    effect: "read",
    http: { method: "GET", path: "/process-forms" },
    actor: "required",
    input: Type.Object({ limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) }, closed),
    output: Type.Object({
      forms: Type.Array(KnownForm),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
};
