import { Type, type Static } from "typebox";
import { Mask } from "./collection.js";
import { LocalText, Name } from "./text.js";

/**
 * `formats/<name>.json` of a plugin: what texts of a kind look like, e.g. a taxpayer's number. The kernel knows none by
 * itself; fields name them.
 */
export const FormatDefinition = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    name: Name,
    title: LocalText,
    /** Done to what people type before it is checked and stored, in this order. */
    normalize: Type.Optional(Type.Array(Type.Enum(["trim", "half-width", "upper", "lower", "no-spaces"]))),
    /** Regular expression for the whole text, and what to tell people. */
    pattern: Type.Object(
      { source: Type.String({ maxLength: 200 }), message: LocalText },
      { additionalProperties: false },
    ),
    /** FEEL over `value` that is true for a right one, e.g. that the check digit fits; asked after the pattern. */
    check: Type.Optional(
      Type.Object(
        { expression: Type.String({ minLength: 1, maxLength: 2000 }), message: LocalText },
        { additionalProperties: false },
      ),
    ),
    mask: Type.Optional(Mask),
    /** A right one, for people and tests. */
    example: Type.String(),
  },
  { additionalProperties: false },
);
export type FormatDefinition = Static<typeof FormatDefinition>;
