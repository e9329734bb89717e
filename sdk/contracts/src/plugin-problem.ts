/** What can be wrong with a plugin's folder, by code, as sentences that go on after the file's name; `{name}` is filled in. */
export const PLUGIN_PROBLEMS = {
  "missing-file": "is not there",
  "not-json": "is no JSON: {reason}",
  schema: "{path} {reason}",
  "kernel-name": '"{id}" is the name of a part of the kernel',
  "outside-name": '"{id}" is a name for other systems: "{beginning}" begins theirs',
  "data-version": "data of version {version} can't be readable from {readableFrom} on only",
  "foreign-permission": 'permission "{id}" must begin with "{own}"',
  "view-collection": 'view "{view}" shows collection "{collection}", which is not there',
  "view-element": 'view "{view}" needs "element" and a web module',
  "view-permission": 'view "{view}" asks for permission "{permission}", which is not declared',
  "menu-view": 'a menu item names view "{view}", which is not there',
  "not-built": "is named in the manifest but not there; build the plugin",
  "format-pattern": '"{pattern}" is no regular expression',
  "format-example": 'the example "{example}" does not match the pattern',
  "cases-of-op": 'has cases of the operation "{op}", which is not declared',
  "form-twice": 'two forms have the id "{id}"',
  "no-field": 'names field "{field}", which is not defined',
  "not-indexable": '"{field}" is of type {type}, which no key or index can hold',
  "no-permission": 'asks for permission "{permission}", which is not declared',
  "search-hidden": '"{field}" is searched, but not everybody may see all of it; name other fields in display.search',
  "board-field": '"{field}" makes the columns of the board, but is of type {type}, not enum',
  "calendar-field": '"{field}" stands in the calendar, but is of type {type}, neither date nor datetime',
  "chart-field": 'a chart can not use "{field}" like this: its type is {type}',
  "search-type": '"{field}" is searched, but is of type {type}, which has no text',
  "tree-field": 'tree field "{field}" is no reference to the collection itself',
  "owner-person": 'owner field "{field}" is no person',
  "owner-department": 'owner field "{field}" is no department',
  "children-name": 'children "{children}" have the name of a field',
  "children-collection": 'children "{children}" are of collection "{collection}", which is not there',
  "children-field": 'children "{children}": "{field}" of "{collection}" is no reference to this collection',
  "enum-options": 'enum "{field}" has no options',
  "reference-target": 'reference "{field}" points to collection "{collection}", which is not there',
  "serial-rule": '"{field}" is of type serial but says nothing about its numbers',
  "decimal-scale": 'decimal "{field}" has no scale',
  "field-pattern": 'the pattern of "{field}" is no regular expression',
  "format-type": '"{field}" has a format but is no string',
  "no-format": '"{field}" has format "{format}", which is not there',
  "format-plugin": '"{field}" has format "{format}", but the manifest requires no plugin "{plugin}" (requires.plugins)',
  "masked-type": '"{field}" is masked but no text',
  "computed-more": `computed "{field}" can't be required, a serial number, or have a default`,
  "serial-part": 'the number of "{field}" has part "{part}", which is neither a date nor a field',
} as const satisfies Record<string, string>;
export type PluginProblemCode = keyof typeof PLUGIN_PROBLEMS;

/** What is wrong, without the place. */
export interface ToldProblem {
  code: PluginProblemCode;
  params: Record<string, string>;
}

/** One thing that is wrong, with the file it is wrong in. */
export interface PluginProblem {
  file: string;
  /** In English, as logged. */
  message: string;
  /** For texts in other languages; absent where only a kernel says so. */
  code?: PluginProblemCode;
  params?: Record<string, string>;
}

/** A problem in words. */
export function pluginProblem(
  file: string,
  code: PluginProblemCode,
  params: Record<string, string> = {},
): PluginProblem {
  const message = PLUGIN_PROBLEMS[code].replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? "");
  return { file, message, code, params };
}
