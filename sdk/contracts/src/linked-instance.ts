import { Type, type Static } from "typebox";
import { Id } from "./text.js";

/** Another matter, as a link to it. */
export const LinkedInstance = Type.Object({
  id: Id,
  number: Type.String(),
  title: Type.String(),
  state: Type.Enum(["active", "completed", "cancelled", "incident"]),
});
export type LinkedInstance = Static<typeof LinkedInstance>;
