import { Type, type Static } from "typebox";
import { LocalText, Name } from "./text.js";

const FieldName = Type.String({ pattern: "^[a-z][A-Za-z0-9]{0,39}$" });

/** A choice of an `enum` field; `tone` colours its badge in lists. */
export const EnumOption = Type.Object(
  {
    value: Name,
    title: LocalText,
    tone: Type.Optional(Type.Enum(["ok", "warn", "error", "neutral"])),
  },
  { additionalProperties: false },
);
export type EnumOption = Static<typeof EnumOption>;

/**
 * A field of a collection. On the wire: `string`/`text`/`enum`/`reference`/`person`/`department` are strings (ids for the
 * last three), `integer` a safe integer, `money` an integer number of 分, `date` `YYYY-MM-DD`, `datetime` an instant.
 */
export const Field = Type.Object(
  {
    type: Type.Enum([
      "string",
      "text",
      "integer",
      "money",
      "boolean",
      "date",
      "datetime",
      "enum",
      "reference",
      "person",
      "department",
      "json",
    ]),
    title: LocalText,
    description: Type.Optional(LocalText),
    required: Type.Optional(Type.Boolean()),
    default: Type.Optional(Type.Unknown()),
    /** Longest text in characters; `string` 1 to 500, 200 when not given. */
    maxLength: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    /** Regular expression the whole text must match, and what to tell people when it doesn't. */
    pattern: Type.Optional(Type.Object({ source: Type.String({ maxLength: 200 }), message: LocalText })),
    minimum: Type.Optional(Type.Number()),
    maximum: Type.Optional(Type.Number()),
    options: Type.Optional(Type.Array(EnumOption, { minItems: 1 })),
    /** Target of a `reference`: a collection of the same plugin. */
    collection: Type.Optional(Name),
    /** `plugin`: people can't write it directly, only the owning plugin's processes do. */
    writableBy: Type.Optional(Type.Enum(["anyone", "plugin"])),
  },
  { additionalProperties: false },
);
export type Field = Static<typeof Field>;
export type FieldType = Field["type"];

/** `collections/<name>.json` of a plugin: a table, its rules and how it is shown. */
export const CollectionDefinition = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    name: Name,
    title: LocalText,
    fields: Type.Record(FieldName, Field),
    /** Sets of fields that are unique together within a bureau. */
    unique: Type.Optional(Type.Array(Type.Array(FieldName, { minItems: 1 }))),
    indexes: Type.Optional(Type.Array(Type.Array(FieldName, { minItems: 1 }))),
    display: Type.Object(
      {
        /** The field that names a record in titles and pickers. */
        title: FieldName,
        /** Columns of the list, in order. */
        list: Type.Array(FieldName, { minItems: 1 }),
        /** Fields that the list's search box looks in. */
        search: Type.Optional(Type.Array(FieldName)),
        /** Fields with a filter above the list (enum, boolean, reference, department). */
        filters: Type.Optional(Type.Array(FieldName)),
        /** Sections of the record page; all fields in one when absent. */
        sections: Type.Optional(
          Type.Array(Type.Object({ title: LocalText, fields: Type.Array(FieldName, { minItems: 1 }) })),
        ),
        sort: Type.Optional(Type.Array(Type.String())),
      },
      { additionalProperties: false },
    ),
    /** Ids of permissions (manifest `contributes.permissions`), any of which suffices. */
    permissions: Type.Object(
      { read: Type.Array(Type.String(), { minItems: 1 }), write: Type.Array(Type.String(), { minItems: 1 }) },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type CollectionDefinition = Static<typeof CollectionDefinition>;
