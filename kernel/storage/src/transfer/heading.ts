import type { Field } from "@jinshui/contracts";
import type { Standing } from "../collections/rights.js";
import { unreadable } from "./reading/refused.js";
import { letters, type SheetRow } from "./reading/sheet.js";
import { shownText } from "./cell-value.js";

/** Title of the column in which an error file says in words what its red cells say in notes; an import passes over it. */
export const REMARKS = "错误说明";
/** Names that a refusal lists. */
const LISTED = 20;

/** Which column of a file is which field. */
export interface Heading {
  fields: Map<number, string>;
  /** What the file calls each column, for the error file. */
  texts: [number, string][];
  /** Columns that are passed over: unknown ones where that is allowed, and values the kernel makes itself. */
  ignored: string[];
}

export interface HeadingOptions {
  ignoreUnknown: boolean;
  /** Field by which records are found; columns that other fields need may then be missing. */
  key: string | undefined;
}

/**
 * Reads columns by title, in either language, or by field name; a star that marks required ones does not count.
 * @throws JinshuiError `invalid-file` naming the columns that are unknown, missing or there twice, with their letters.
 */
export function headingOf(standing: Standing, row: SheetRow, name: string, options: HeadingOptions): Heading {
  const { definition } = standing.collection;
  const names = fieldNames(definition.fields, standing.fields.hidden);
  const heading: Heading = { fields: new Map(), texts: [], ignored: [] };
  const [unknown, duplicate]: [string[], string[]] = [[], []];
  const seen = new Set<string>();
  for (const [index, cell] of row.cells) {
    const text = shownText(cell);
    const plain = plainTitle(text);
    if (plain === REMARKS) continue;
    heading.texts.push([index, text]);
    const field = names.get(plain);
    if (field === undefined) unknown.push(`${plain.slice(0, 40)} (${letters(index)})`);
    else if (seen.has(field)) duplicate.push(`${plain} (${letters(index)})`);
    else if (isMade(definition.fields[field])) heading.ignored.push(plain);
    else heading.fields.set(index, field);
    if (field !== undefined) seen.add(field);
  }
  const missing = requiredFields(standing, options)
    .filter(([field]) => !seen.has(field))
    .map(([, { title }]) => title["zh-CN"]);
  if (
    missing.length > 0 ||
    duplicate.length > 0 ||
    (unknown.length > 0 && !options.ignoreUnknown) ||
    heading.fields.size === 0
  )
    throw unreadable(name, "heading", {
      row: row.number,
      missing: missing.slice(0, LISTED),
      unknown: options.ignoreUnknown ? [] : unknown.slice(0, LISTED),
      duplicate: duplicate.slice(0, LISTED),
      ...(unknown.length > LISTED ? { unknownCount: unknown.length } : {}),
    });
  heading.ignored.push(...unknown);
  return heading;
}

/** A field's value that nobody types. */
export function isMade(field: Field | undefined): boolean {
  return field?.computed !== undefined || field?.type === "serial";
}

function requiredFields({ collection, fields }: Standing, { key }: HeadingOptions): [string, Field][] {
  return Object.entries(collection.definition.fields).filter(([name, field]) => {
    if (key !== undefined) return name === key;
    return field.required === true && field.default === undefined && !fields.locked.has(name) && !isMade(field);
  });
}

/** Names come after titles: where two fields share a title the first has it, and the other is still reached by its name. */
function fieldNames(fields: Record<string, Field>, hidden: ReadonlySet<string>): Map<string, string> {
  const names = new Map<string, string>();
  const visible = Object.entries(fields).filter(([name]) => !hidden.has(name));
  for (const kind of ["zh-CN", "en", "name"] as const) {
    for (const [name, { title }] of visible) {
      const text = plainTitle((kind === "name" ? name : title[kind]) ?? "");
      if (text !== "" && !names.has(text)) names.set(text, name);
    }
  }
  return names;
}

function plainTitle(text: string): string {
  return text.normalize("NFKC").replace(/\*/g, "").trim();
}
