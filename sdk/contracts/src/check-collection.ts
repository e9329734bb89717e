import type { CollectionDefinition, Field } from "./collection.js";
import { viewFields, viewProblems } from "./check-views.js";
import type { PluginProblemCode, ToldProblem } from "./plugin-problem.js";

/** What else a collection's definition may name. */
export interface Surroundings {
  /** Permissions the plugin declares. */
  permissions: ReadonlySet<string>;
  /** All collections of the plugin. */
  collections: readonly CollectionDefinition[];
  /** Formats of the plugin. */
  formats: ReadonlySet<string>;
  /** Plugins it requires, whose formats it may name. */
  plugins: ReadonlySet<string>;
  /** Names of collections and formats that are there and could not be read: what refers to them is no second problem. */
  unread: ReadonlySet<string>;
}

/** Types that a text rule, a key or an order can't be about. */
const UNORDERED: ReadonlySet<Field["type"]> = new Set(["text", "json", "attachments"]);

/** What in a definition does not fit together. */
export function collectionProblems(definition: CollectionDefinition, around: Surroundings): ToldProblem[] {
  const { fields, display } = definition;
  const found: ToldProblem[] = [];
  const tell = (code: PluginProblemCode, params: Record<string, string>): void => void found.push({ code, params });
  const named = [
    display.title,
    ...display.list,
    ...(display.search ?? []),
    ...(display.filters ?? []),
    ...(display.sections ?? []).flatMap((section) => section.fields),
    ...(definition.unique ?? []).flat(),
    ...(definition.indexes ?? []).flat(),
    ...(definition.checks ?? []).flatMap((check) => check.fields ?? []),
    ...(display.sort ?? []).map((field) => field.replace(/^-/, "")),
    ...viewFields(display),
    ...[definition.tree, definition.owner?.person, definition.owner?.department].filter((name) => name !== undefined),
  ];
  const has = (name: string): boolean => Object.hasOwn(fields, name);
  for (const name of new Set(named)) if (!has(name)) tell("no-field", { field: name });
  for (const name of new Set([...(definition.unique ?? []).flat(), ...(definition.indexes ?? []).flat()])) {
    const type = has(name) ? fields[name]?.type : undefined;
    if (type !== undefined && UNORDERED.has(type)) tell("not-indexable", { field: name, type });
  }
  for (const permission of permissionsOf(definition))
    if (!around.permissions.has(permission)) tell("no-permission", { permission });
  for (const [name, field] of Object.entries(fields)) found.push(...fieldProblems(definition, name, field, around));
  for (const name of display.search ?? [display.title]) {
    const field = has(name) ? fields[name] : undefined;
    if (field?.masked || field?.permissions?.read) tell("search-hidden", { field: name });
    if (field && (field.type === "json" || field.type === "attachments"))
      tell("search-type", { field: name, type: field.type });
  }
  found.push(...viewProblems(definition));
  const { tree, owner } = definition;
  if (tree !== undefined && has(tree) && fields[tree]?.collection !== definition.name)
    tell("tree-field", { field: tree });
  if (owner?.person !== undefined && has(owner.person) && fields[owner.person]?.type !== "person")
    tell("owner-person", { field: owner.person });
  if (owner?.department !== undefined && has(owner.department) && fields[owner.department]?.type !== "department")
    tell("owner-department", { field: owner.department });
  for (const [name, { collection, field }] of Object.entries(definition.children ?? {})) {
    const target = around.collections.find((other) => other.name === collection);
    if (has(name)) tell("children-name", { children: name });
    if (!target && around.unread.has(collection)) continue;
    if (!target) tell("children-collection", { children: name, collection });
    else if (target.fields[field]?.type !== "reference" || target.fields[field].collection !== definition.name)
      tell("children-field", { children: name, field, collection });
  }
  return found;
}

/** Whether a text is a regular expression. */
export function isPattern(source: string): boolean {
  try {
    return new RegExp(source, "u") instanceof RegExp;
  } catch {
    return false;
  }
}

function permissionsOf({ permissions, fields }: CollectionDefinition): Set<string> {
  const rights = [...permissions.read, ...permissions.write, ...(permissions.export ?? [])];
  const ofFields = Object.values(fields).flatMap((field) => [
    ...(field.permissions?.read ?? []),
    ...(field.permissions?.write ?? []),
    ...(field.masked?.unless ?? []),
  ]);
  return new Set([...rights.map((right) => (typeof right === "string" ? right : right.permission)), ...ofFields]);
}

function fieldProblems(
  { fields }: CollectionDefinition,
  name: string,
  field: Field,
  { collections, formats, plugins, unread }: Surroundings,
): ToldProblem[] {
  const found: ToldProblem[] = [];
  const tell = (code: PluginProblemCode, params: Record<string, string>): void => void found.push({ code, params });
  const { type, options, collection, pattern, format } = field;
  if (type === "enum" && !options) tell("enum-options", { field: name });
  if (
    type === "reference" &&
    !unread.has(collection ?? "") &&
    !collections.some(({ name: other }) => other === collection)
  )
    tell("reference-target", { field: name, collection: collection ?? "" });
  if (type === "serial" && !field.serial) tell("serial-rule", { field: name });
  if (type === "decimal" && field.scale === undefined) tell("decimal-scale", { field: name });
  if (pattern && !isPattern(pattern.source)) tell("field-pattern", { field: name });
  if (format !== undefined && type !== "string") tell("format-type", { field: name });
  if (format !== undefined && !format.includes(".") && !formats.has(format) && !unread.has(format))
    tell("no-format", { field: name, format });
  const [owner = ""] = format?.split(".") ?? [];
  if (format?.includes(".") && !plugins.has(owner)) tell("format-plugin", { field: name, format, plugin: owner });
  if (field.masked && type !== "string" && type !== "text") tell("masked-type", { field: name });
  if (field.computed !== undefined && (field.required || field.default !== undefined || field.serial))
    tell("computed-more", { field: name });
  const parts = [...(field.serial?.pattern.matchAll(/\{([^{}]*)\}/g) ?? [])].map(([, part = ""]) => part);
  for (const part of parts)
    if (
      !/^(year|month|day|bureau|seq(:[1-9])?)$/.test(part) &&
      !["enum", "string", "department"].includes(fields[part]?.type ?? "")
    )
      tell("serial-part", { field: name, part: `{${part}}` });
  return found;
}
