import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { Cursor, Limit, LocalText, Name } from "./text.js";

/** What a plugin contributes to a point of another: what the point's schema asks for, and perhaps the operation that gives values. */
export const PointEntry = Type.Object({ op: Type.Optional(Name) }, { additionalProperties: true, maxProperties: 40 });
export type PointEntry = Static<typeof PointEntry>;

/** An entry and whose it is. */
export const Contribution = Type.Object({
  plugin: Name,
  title: LocalText,
  entry: PointEntry,
});
export type Contribution = Static<typeof Contribution>;

/** Plugins that work together. Part of `supervisorApi`. */
export const pointOps = {
  /**
   * What enabled plugins of the bureau contribute to a point; entries that name an operation which the person may not call are left
   * out. A plugin's service asks for its own points only.
   */
  contributed: op({
    effect: "read",
    http: { method: "GET", path: "/plugins/:plugin/points/:point" },
    input: Type.Object(
      { plugin: Name, point: Name, limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) },
      { additionalProperties: false },
    ),
    output: Type.Object({ entries: Type.Array(Contribution), nextCursor: Type.Optional(Cursor) }),
  }),
  /**
   * Calls an operation of another plugin with the rights of the person behind the call: one that the manifest asks for under
   * `grants.plugins`, or one that the other contributes to a point of the caller's. 403 `forbidden` for any other.
   */
  ask: op({
    effect: "write",
    input: Type.Object(
      { plugin: Name, op: Name, input: Type.Record(Type.String(), Type.Unknown()) },
      { additionalProperties: false },
    ),
    output: Type.Object({ output: Type.Unknown() }),
  }),
};
