import { Type, type Static } from "typebox";

/** `<plugin>.<collection>`, e.g. `asset-tracking.equipment`. */
export const CollectionId = Type.String({ pattern: "^[a-z0-9-]{1,40}\\.[a-z0-9-]{1,40}$" });

/**
 * A condition on records: `{ status: "idle", price: { gte: 100 }, or: [{…}, {…}] }`. A field takes a value (equal) or
 * one of `eq ne lt lte gt gte in contains startsWith empty`; `and`, `or` take lists, `not` one condition. Depth ≤ 5.
 * In a tree the parent field and `id` also take `under`: the id of a record, for it and everything below it.
 */
export const Filter = Type.Record(Type.String(), Type.Unknown());
export type Filter = Static<typeof Filter>;

/** How far to look: no further than one's right reaches, and without this never beyond one's own bureau. */
export const Rows = Type.Optional(Type.Enum(["own", "department", "bureau", "subtree"]));
/** Words, a phrase or pinyin initials. */
export const Search = Type.Optional(Type.String({ maxLength: 100 }));
/** Field names, `-` in front for descending; the id is always the last criterion. */
export const Sort = Type.Optional(Type.Array(Type.String(), { maxItems: 4 }));
