import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { Cursor, Instant, Limit, LocalText, Name } from "./text.js";

/** How a process of the bureau is used; all its versions together. */
export const ProcessUsage = Type.Object({
  /** Key of the process. */
  key: Type.String(),
  title: LocalText,
  version: Type.Integer(),
  plugin: Type.Optional(Name),
  code: Type.Optional(Type.String()),
  group: Type.Optional(Type.String()),
  owner: Type.Optional(Type.String()),
  ownerTitle: Type.Optional(LocalText),
  deployedAt: Instant,
  /** Matters that were ever started in the bureau. */
  instances: Type.Integer(),
  /** Those that are not finished. */
  running: Type.Integer(),
  /** When the last one was started; absent when none was. */
  lastStartedAt: Type.Optional(Instant),
});
export type ProcessUsage = Static<typeof ProcessUsage>;

/** What is done with the bureau's processes. Part of `workflowApi`. */
export const usageOps = {
  /** The bureau's processes in their newest versions with how often they have been used; takes `site.instances`. */
  processUsage: op({
    effect: "read",
    actor: "required",
    http: { method: "GET", path: "/process-usage" },
    input: Type.Object({ limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) }, { additionalProperties: false }),
    output: Type.Object({
      processes: Type.Array(ProcessUsage),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
};
