import { Type, type Static } from "typebox";
import { op } from "./api.js";
import { Instant, Name } from "./text.js";

const Words = Type.String({ minLength: 1, maxLength: 200 });
const Length = Type.Integer({ minimum: 0, maximum: 20_000 });
const Pattern = Type.String({ maxLength: 200 });
const English = Type.Optional(
  Type.Object({ title: Words, description: Type.Optional(Words) }, { additionalProperties: false }),
);

/** One setting of a plugin: JSON Schema, with what the form needs besides (`x-…`). */
export const Setting = Type.Object(
  {
    type: Type.Enum(["string", "integer", "number", "boolean", "array"]),
    /** In Chinese; `x-en` has the English. */
    title: Words,
    description: Type.Optional(Words),
    "x-en": English,
    /** A text that is kept sealed, is never shown again, and only the plugin's own process can read. */
    "x-secret": Type.Optional(Type.Boolean()),
    /** A text of several lines. */
    "x-multiline": Type.Optional(Type.Boolean()),
    default: Type.Optional(Type.Unknown()),
    /** Choices with their titles. */
    oneOf: Type.Optional(
      Type.Array(
        Type.Object(
          { const: Type.String({ minLength: 1 }), title: Words, "x-en": Type.Optional(Words) },
          { additionalProperties: false },
        ),
        { minItems: 1, maxItems: 100 },
      ),
    ),
    format: Type.Optional(Type.Enum(["date", "date-time", "email", "uri"])),
    pattern: Type.Optional(Pattern),
    minLength: Type.Optional(Length),
    maxLength: Type.Optional(Length),
    minimum: Type.Optional(Type.Number()),
    maximum: Type.Optional(Type.Number()),
    /** Of an `array`: texts, one a line on the form. */
    items: Type.Optional(
      Type.Object(
        {
          type: Type.Literal("string"),
          pattern: Type.Optional(Pattern),
          minLength: Type.Optional(Length),
          maxLength: Type.Optional(Length),
        },
        { additionalProperties: false },
      ),
    ),
    minItems: Type.Optional(Length),
    maxItems: Type.Optional(Length),
  },
  { additionalProperties: false },
);
export type Setting = Static<typeof Setting>;

/** What can be set of a plugin in each bureau: a JSON Schema (2020-12) of one flat object. */
export const SettingsSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    type: Type.Literal("object"),
    properties: Type.Record(Type.String({ pattern: "^[a-z][A-Za-z0-9]{0,39}$" }), Setting, {
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 100,
    }),
    required: Type.Optional(Type.Array(Type.String())),
    additionalProperties: Type.Literal(false),
  },
  { additionalProperties: false },
);
export type SettingsSchema = Static<typeof SettingsSchema>;

/** Values by name of the setting. */
export const SettingValues = Type.Record(Type.String(), Type.Unknown(), { maxProperties: 200 });
export type SettingValues = Static<typeof SettingValues>;

/** Whether a setting is kept sealed and never shown. */
export function isSecret({ "x-secret": secret }: Setting): boolean {
  return secret === true;
}

/** What holds where nobody has set anything. */
export function settingDefaults({ properties }: SettingsSchema): SettingValues {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Settings as a plugin's process gets them. */
export const DeliveredSettings = Type.Object({
  /** Rises with every change in the bureau; 0: nothing was ever set. */
  version: Type.Integer(),
  /** With defaults, and secrets in clear. */
  values: SettingValues,
  /** Why the values can't be used, e.g. `/endpoint must be there`; empty when they fit. */
  problems: Type.Array(Type.String()),
});
export type DeliveredSettings = Static<typeof DeliveredSettings>;

/** What is set of a plugin in a bureau, for the form. */
export const PluginSettings = Type.Object({
  plugin: Name,
  bureau: Name,
  /** Of the plugin, whose schema this is. */
  release: Type.String(),
  schema: SettingsSchema,
  /** Rises with every change; 0: nothing was ever set. */
  version: Type.Integer(),
  /** What was set; never secrets. Defaults are in the schema. */
  values: SettingValues,
  /** Names of secrets that are set. */
  secrets: Type.Array(Type.String()),
  /** What does not fit the schema, e.g. after another version of the plugin has come: it is kept until it is changed. */
  problems: Type.Array(Type.Object({ key: Type.String(), message: Type.String() })),
  changedAt: Type.Optional(Instant),
  changedBy: Type.Optional(Type.String()),
});
export type PluginSettings = Static<typeof PluginSettings>;

const place = { plugin: Name, bureau: Name };

/** Settings of plugins, by bureau; permission `site.plugins`. Part of `supervisorApi`. */
export const settingsOps = {
  /** 404 `not-found` for a plugin without settings. */
  settings: op({
    effect: "read",
    http: { method: "GET", path: "/plugins/:plugin/bureaus/:bureau/settings" },
    actor: "required",
    input: Type.Object(place, { additionalProperties: false }),
    output: PluginSettings,
  }),
  /**
   * Sets all values; what is left out has its default. The running plugin has them when this answers. 409 `stale-version` when
   * somebody else was faster, 400 `invalid-request` with `details.problems` when they don't fit.
   */
  setSettings: op({
    effect: "write",
    http: { method: "PUT", path: "/plugins/:plugin/bureaus/:bureau/settings" },
    actor: "required",
    input: Type.Object(
      {
        ...place,
        /** The version that was read. */
        version: Type.Integer({ minimum: 0 }),
        values: SettingValues,
        /** New secrets by name; `null` removes one, and those left out stay. */
        secrets: Type.Optional(
          Type.Record(Type.String(), Type.Union([Type.String({ maxLength: 20_000 }), Type.Null()]), {
            maxProperties: 100,
          }),
        ),
      },
      { additionalProperties: false },
    ),
    output: PluginSettings,
  }),
};
