import { type CollectionDefinition, type FormatDefinition, JinshuiError, type LocalText } from "@jinshui/contracts";
import { feelRule, type Rule } from "./feel-rule.js";

/** A format that is ready for use. */
export interface Format {
  /** `<plugin>.<name>`. */
  id: string;
  definition: FormatDefinition;
  /** What is stored of what was typed. */
  normalized(text: string): string;
  /** What is wrong with a normalized text, for people; nothing when it is right. */
  problem(text: string): LocalText | undefined;
}

const NORMALIZE: Record<string, (text: string) => string> = {
  trim: (text) => text.trim(),
  "half-width": (text) => text.normalize("NFKC"),
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  "no-spaces": (text) => text.replace(/\s/g, ""),
};

/** Formats of installed plugins; the kernel has none of its own. */
export class Formats {
  readonly #known = new Map<string, Format>();

  /**
   * Takes a plugin's formats in place of those it had.
   * @throws JinshuiError `invalid-request` when a check is no FEEL or refuses the format's own example.
   */
  set(plugin: string, definitions: readonly FormatDefinition[]): void {
    const formats = definitions.map((definition) => formatOf(plugin, definition));
    for (const id of this.#known.keys()) if (id.startsWith(`${plugin}.`)) this.#known.delete(id);
    for (const format of formats) this.#known.set(format.id, format);
  }

  /** A format by its full name. */
  get(id: string): Format | undefined {
    return this.#known.get(id);
  }

  /** @throws JinshuiError `invalid-request` naming the field whose format is not there. */
  ofFields(plugin: string, { name, fields }: CollectionDefinition): Map<string, Format> {
    const found = new Map<string, Format>();
    for (const [field, { format }] of Object.entries(fields)) {
      if (format === undefined) continue;
      const id = format.includes(".") ? format : `${plugin}.${format}`;
      const known = this.get(id);
      if (!known)
        throw new JinshuiError(
          "invalid-request",
          `Field "${field}" of ${plugin}.${name} has format ${id}, which is not there`,
          {
            details: { collection: `${plugin}.${name}`, field, format: id },
          },
        );
      found.set(field, known);
    }
    return found;
  }
}

function formatOf(plugin: string, definition: FormatDefinition): Format {
  const id = `${plugin}.${definition.name}`;
  const pattern = new RegExp(`^(?:${definition.pattern.source})$`, "u");
  const check: Rule | undefined =
    definition.check && feelRule(definition.check.expression, `the check of format ${id}`);
  const format: Format = {
    id,
    definition,
    normalized: (text) => (definition.normalize ?? []).reduce((left, step) => NORMALIZE[step]?.(left) ?? left, text),
    problem: (text) => {
      if (!pattern.test(text)) return definition.pattern.message;
      return check && check({ value: text }) !== true ? definition.check?.message : undefined;
    },
  };
  if (format.problem(definition.example) !== undefined)
    throw new JinshuiError("invalid-request", `Format ${id} refuses its own example "${definition.example}"`, {
      details: { format: id, example: definition.example },
    });
  return format;
}
