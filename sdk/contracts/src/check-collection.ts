import type { CollectionDefinition, Field } from "./collection.js";

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

/** What in a definition does not fit together, as sentences that go on after the file's name. */
export function collectionProblems(definition: CollectionDefinition, around: Surroundings): string[] {
  const { fields, display } = definition;
  const found: string[] = [];
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
    ...[definition.tree, definition.owner?.person, definition.owner?.department].filter((name) => name !== undefined),
  ];
  const has = (name: string): boolean => Object.hasOwn(fields, name);
  for (const name of new Set(named)) if (!has(name)) found.push(`names field "${name}", which is not defined`);
  for (const name of new Set([...(definition.unique ?? []).flat(), ...(definition.indexes ?? []).flat()])) {
    const type = has(name) ? fields[name]?.type : undefined;
    if (type !== undefined && UNORDERED.has(type))
      found.push(`"${name}" is of type ${type}, which no key or index can hold`);
  }
  for (const permission of permissionsOf(definition))
    if (!around.permissions.has(permission)) found.push(`asks for permission "${permission}", which is not declared`);
  for (const [name, field] of Object.entries(fields)) found.push(...fieldProblems(definition, name, field, around));
  for (const name of display.search ?? [display.title]) {
    const field = has(name) ? fields[name] : undefined;
    if (field?.masked || field?.permissions?.read)
      found.push(`"${name}" is searched, but not everybody may see all of it; name other fields in display.search`);
    if (field && (field.type === "json" || field.type === "attachments"))
      found.push(`"${name}" is searched, but is of type ${field.type}, which has no text`);
  }
  const { tree, owner } = definition;
  if (tree !== undefined && has(tree) && fields[tree]?.collection !== definition.name)
    found.push(`tree field "${tree}" is no reference to the collection itself`);
  if (owner?.person !== undefined && has(owner.person) && fields[owner.person]?.type !== "person")
    found.push(`owner field "${owner.person}" is no person`);
  if (owner?.department !== undefined && has(owner.department) && fields[owner.department]?.type !== "department")
    found.push(`owner field "${owner.department}" is no department`);
  for (const [name, { collection, field }] of Object.entries(definition.children ?? {})) {
    const target = around.collections.find((other) => other.name === collection);
    if (has(name)) found.push(`children "${name}" have the name of a field`);
    if (!target && around.unread.has(collection)) continue;
    if (!target) found.push(`children "${name}" are of collection "${collection}", which is not there`);
    else if (target.fields[field]?.type !== "reference" || target.fields[field].collection !== definition.name)
      found.push(`children "${name}": "${field}" of "${collection}" is no reference to this collection`);
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
): string[] {
  const found: string[] = [];
  const { type, options, collection, pattern, format } = field;
  if (type === "enum" && !options) found.push(`enum "${name}" has no options`);
  if (
    type === "reference" &&
    !unread.has(collection ?? "") &&
    !collections.some(({ name: other }) => other === collection)
  )
    found.push(`reference "${name}" points to collection "${collection ?? ""}", which is not there`);
  if (type === "serial" && !field.serial) found.push(`"${name}" is of type serial but says nothing about its numbers`);
  if (type === "decimal" && field.scale === undefined) found.push(`decimal "${name}" has no scale`);
  if (pattern && !isPattern(pattern.source)) found.push(`the pattern of "${name}" is no regular expression`);
  if (format !== undefined && type !== "string") found.push(`"${name}" has a format but is no string`);
  if (format !== undefined && !format.includes(".") && !formats.has(format) && !unread.has(format))
    found.push(`"${name}" has format "${format}", which is not there`);
  const [owner = ""] = format?.split(".") ?? [];
  if (format?.includes(".") && !plugins.has(owner))
    found.push(`"${name}" has format "${format}", but the manifest requires no plugin "${owner}" (requires.plugins)`);
  if (field.masked && type !== "string" && type !== "text") found.push(`"${name}" is masked but no text`);
  if (field.computed !== undefined && (field.required || field.default !== undefined || field.serial))
    found.push(`computed "${name}" can't be required, a serial number, or have a default`);
  const parts = [...(field.serial?.pattern.matchAll(/\{([^{}]*)\}/g) ?? [])].map(([, part = ""]) => part);
  for (const part of parts)
    if (
      !/^(year|month|day|bureau|seq(:[1-9])?)$/.test(part) &&
      !["enum", "string", "department"].includes(fields[part]?.type ?? "")
    )
      found.push(`the number of "${name}" has part "{${part}}", which is neither a date nor a field`);
  return found;
}
