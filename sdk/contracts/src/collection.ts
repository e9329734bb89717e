import { Type, type Static } from "typebox";
import { BoardView, CalendarDates, ChartView } from "./collection-views.js";
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

/** Permissions (manifest `contributes.permissions`), any of which suffices. */
const Permissions = Type.Array(Type.String(), { minItems: 1 });

/**
 * How numbers of documents are given: `芜税[{year}]{seq:4}号` makes 芜税[2026]0001号. Parts: `{year}`, `{month}`, `{day}`,
 * `{bureau}`, the value of an enum, string or department field by its name, and `{seq}` or `{seq:<digits>}` once.
 */
export const SerialRule = Type.Object(
  {
    pattern: Type.String({ minLength: 5, maxLength: 100, pattern: "\\{seq(:[1-9])?\\}" }),
    /** When counting begins again; every other part of the text counts for itself too. */
    reset: Type.Optional(Type.Enum(["never", "year", "month", "day"])),
    /**
     * `forbidden`: a number is given in the transaction of the record, so that writers of one series wait for each other and
     * no number is missing. `allowed`: faster; a write that fails leaves its number unused.
     */
    gaps: Type.Optional(Type.Enum(["forbidden", "allowed"])),
  },
  { additionalProperties: false },
);
export type SerialRule = Static<typeof SerialRule>;

/** What of a value people see who may not see all of it: `keepStart` and `keepEnd` characters, `*` for the rest. */
export const Mask = Type.Object(
  {
    keepStart: Type.Integer({ minimum: 0, maximum: 20 }),
    keepEnd: Type.Integer({ minimum: 0, maximum: 20 }),
  },
  { additionalProperties: false },
);
export type Mask = Static<typeof Mask>;

/**
 * A field of a collection. On the wire: `string`/`text`/`enum`/`serial`/`reference`/`person`/`department` are strings (ids for
 * the last three), `integer` a safe integer, `money` an integer number of 分, `decimal` a text such as `"12.50"`, `date`
 * `YYYY-MM-DD`, `datetime` an instant, `attachments` a list of file ids.
 */
export const Field = Type.Object(
  {
    type: Type.Enum([
      "string",
      "text",
      "integer",
      "money",
      "decimal",
      "boolean",
      "date",
      "datetime",
      "enum",
      "reference",
      "person",
      "department",
      "serial",
      "attachments",
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
    /** `string`: a format by name, of the same plugin or as `<plugin>.<format>` of one it requires. */
    format: Type.Optional(Type.String({ pattern: "^(?:[a-z0-9-]{1,40}\\.)?[a-z0-9-]{1,40}$" })),
    /** `decimal`: digits behind the point. */
    scale: Type.Optional(Type.Integer({ minimum: 1, maximum: 6 })),
    /** Target of a `reference`: a collection of the same plugin. */
    collection: Type.Optional(Name),
    /** `reference`: what happens to it when its target is removed; `restrict`, the default, refuses that. */
    onRemove: Type.Optional(Type.Enum(["restrict", "clear"])),
    /** `serial`: how the number is made. Nobody writes it. */
    serial: Type.Optional(SerialRule),
    /** `attachments`: how many, 20 when not given. */
    maxFiles: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
    /** FEEL over the record's other fields, e.g. `price * quantity`; calculated at every write. Nobody writes it. */
    computed: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    /** `plugin`: people can't write it directly, only the owning plugin's processes do. */
    writableBy: Type.Optional(Type.Enum(["anyone", "plugin"])),
    /** Who may see or change the field, besides having the collection's permission; everybody who has that when absent. */
    permissions: Type.Optional(
      Type.Object(
        { read: Type.Optional(Permissions), write: Type.Optional(Permissions) },
        { additionalProperties: false },
      ),
    ),
    /** Shown only in part, by its own rule or its format's; `unless` one has one of these permissions. */
    masked: Type.Optional(
      Type.Object({ unless: Permissions, mask: Type.Optional(Mask) }, { additionalProperties: false }),
    ),
  },
  { additionalProperties: false },
);
export type Field = Static<typeof Field>;
export type FieldType = Field["type"];

/**
 * A permission with the rows it reaches: `own` those one has made or owns, `department` those of one's departments, `bureau`
 * all of one's bureau, `subtree` those of the bureaus below as well. A text alone means `bureau`.
 */
export const RowRight = Type.Union([
  Type.String(),
  Type.Object(
    { permission: Type.String(), rows: Type.Enum(["own", "department", "bureau", "subtree"]) },
    { additionalProperties: false },
  ),
]);
export type RowRight = Static<typeof RowRight>;
export type RowScope = Exclude<RowRight, string>["rows"];

/** `collections/<name>.json` of a plugin: a table, its rules and how it is shown. */
export const CollectionDefinition = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    name: Name,
    title: LocalText,
    /** What one of its records is called, where the title names the list: 设备 of a 设备台账. */
    itemTitle: Type.Optional(LocalText),
    fields: Type.Record(FieldName, Field),
    /** Sets of fields that are unique together within a bureau. */
    unique: Type.Optional(Type.Array(Type.Array(FieldName, { minItems: 1 }))),
    indexes: Type.Optional(Type.Array(Type.Array(FieldName, { minItems: 1 }))),
    /** Rules of a record as a whole: FEEL over its fields; a record for which one is `false` is refused with its message. */
    checks: Type.Optional(
      Type.Array(
        Type.Object(
          {
            expression: Type.String({ minLength: 1, maxLength: 1000 }),
            message: LocalText,
            /** Fields the message is shown at. */
            fields: Type.Optional(Type.Array(FieldName)),
          },
          { additionalProperties: false },
        ),
      ),
    ),
    /** A reference of the collection to itself: records then are a tree, without circles and at most 20 deep. */
    tree: Type.Optional(FieldName),
    /** Records of other collections that refer to a record of this one, by a name of their own: order → lines. */
    children: Type.Optional(
      Type.Record(
        FieldName,
        Type.Object({ title: LocalText, collection: Name, field: FieldName }, { additionalProperties: false }),
      ),
    ),
    /** Fields that say whose a record is, for row rights; who made it and that person's department when absent. */
    owner: Type.Optional(
      Type.Object(
        { person: Type.Optional(FieldName), department: Type.Optional(FieldName) },
        { additionalProperties: false },
      ),
    ),
    display: Type.Object(
      {
        /** The field that names a record in titles and pickers. */
        title: FieldName,
        /** Columns of the list, in order. */
        list: Type.Array(FieldName, { minItems: 1 }),
        /** Fields that search looks in, the title when absent; none that is `masked` or has `permissions.read`. */
        search: Type.Optional(Type.Array(FieldName)),
        /** Fields with a filter above the list (enum, boolean, reference, department). */
        filters: Type.Optional(Type.Array(FieldName)),
        /** Sections of the record page; all fields in one when absent. */
        sections: Type.Optional(
          Type.Array(Type.Object({ title: LocalText, fields: Type.Array(FieldName, { minItems: 1 }) })),
        ),
        sort: Type.Optional(Type.Array(Type.String())),
        /** Other ways to look at the list, with the same search and filters. */
        board: Type.Optional(BoardView),
        calendar: Type.Optional(Type.Array(CalendarDates, { minItems: 1, maxItems: 4 })),
        charts: Type.Optional(Type.Array(ChartView, { minItems: 1, maxItems: 8 })),
      },
      { additionalProperties: false },
    ),
    /** Who may do what with which rows; any right of a list suffices. `export`: those who may read, when absent. */
    permissions: Type.Object(
      {
        read: Type.Array(RowRight, { minItems: 1 }),
        write: Type.Array(RowRight, { minItems: 1 }),
        export: Type.Optional(Type.Array(RowRight, { minItems: 1 })),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type CollectionDefinition = Static<typeof CollectionDefinition>;
