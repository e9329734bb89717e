import { Type, type Static } from "typebox";

/** Text shown to people, by language tag; Chinese is always there. */
export const LocalText = Type.Object(
  { "zh-CN": Type.String({ minLength: 1 }), en: Type.Optional(Type.String({ minLength: 1 })) },
  { additionalProperties: false },
);
export type LocalText = Static<typeof LocalText>;

/** A name in our subjects, files and tables: lower-case ASCII, digits and hyphens, at most 40. */
export const NAME_PATTERN = "^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$";
export const Name = Type.String({ pattern: NAME_PATTERN });

/** A random id given by the kernel (UUIDv7 text) or another short ASCII id. */
export const Id = Type.String({ pattern: "^[A-Za-z0-9_-]{1,40}$" });

/** An instant as ISO 8601 in UTC with milliseconds, e.g. `2026-11-23T07:04:05.000Z`. */
export const Instant = Type.String({ format: "date-time" });

/** A day in China, `YYYY-MM-DD`. */
export const Day = Type.String({ pattern: "^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])$" });

/** Who did something, as shown to people; `id` is a user id, `plugin:<id>` or `client:<id>` of a machine. */
export const ActorRef = Type.Object({ id: Type.String(), name: Type.String() }, { additionalProperties: false });
export type ActorRef = Static<typeof ActorRef>;

/** Page size of every list: 1 to 200, 50 when not given. */
export const Limit = Type.Integer({ minimum: 1, maximum: 200 });
/** An opaque position in a list, as the previous page returned it. */
export const Cursor = Type.String({ maxLength: 2000 });
