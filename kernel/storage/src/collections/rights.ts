import { type Context, type Field, JinshuiError, type Mask, type RowRight, type RowScope } from "@jinshui/contracts";
import { identify } from "../audit/request.js";
import type { Access, Actor, ResolvedCall } from "../access.js";
import type { Row, Where } from "../database/table.js";
import { columnOf } from "./columns.js";
import type { Collection } from "./registry.js";

export type Right = "read" | "write" | "export";

/** What of a collection's fields a caller gets to see and change. */
export interface FieldRights {
  hidden: ReadonlySet<string>;
  masked: ReadonlyMap<string, Mask>;
  /** Those that others see masked and this person, by a right of their own, does not. */
  clear: ReadonlySet<string>;
  locked: ReadonlySet<string>;
}

/** Fields and records that were shown in clear, by the collection's id. */
export type Disclosed = Map<string, { fields: Set<string>; records: Set<string> }>;

/** A caller's standing towards one collection: rights of plugin ∩ person ∩ bureau ∩ row ∩ field. */
export interface Standing {
  collection: Collection;
  call: ResolvedCall;
  bureau: string;
  right: Right;
  rows: RowScope;
  fields: FieldRights;
  /** The rows it reaches, live or not. */
  reach: Where;
  /** What was shown in clear by a right that others lack, by collection: such looks are audited. */
  disclosed: Disclosed;
}

const SCOPES: RowScope[] = ["own", "department", "bureau", "subtree"];
const NONE: FieldRights = { hidden: new Set(), masked: new Map(), clear: new Set(), locked: new Set() };
/** What is kept of a masked value when neither the field nor its format says more. */
const MASK: Mask = { keepStart: 1, keepEnd: 1 };

/**
 * Where a caller stands; `wanted` looks less far than the right would reach, "all" as far as it does, which is for records
 * that are named by their id. Without it nobody looks beyond the bureau.
 * @throws JinshuiError `forbidden`.
 */
export function standing(
  access: Access,
  collection: Collection,
  call: ResolvedCall,
  context: Pick<Context, "bureau" | "caller">,
  right: Right,
  wanted?: RowScope | "all",
  disclosed: Disclosed = new Map(),
): Standing {
  const reached = rowScope(call, collection, right);
  if (!reached) throw forbidden(collection, call, context, right);
  if (wanted !== undefined && wanted !== "all" && SCOPES.indexOf(wanted) > SCOPES.indexOf(reached))
    throw forbidden(collection, call, context, right, wanted);
  if (call.actor?.delegated) tellOfDelegation(call, collection, right);
  const within = reached === "subtree" && right !== "write" ? "bureau" : reached;
  const rows = wanted === "all" ? reached : (wanted ?? within);
  const reach = reachOf(access, collection, call.actor, context.bureau, rows);
  return {
    collection,
    call,
    bureau: context.bureau,
    right,
    rows,
    reach,
    fields: fieldRights(collection, call),
    disclosed,
  };
}

/** The widest scope of rows that a caller may read or write; nothing without any right. A plugin alone acts for itself. */
export function rowScope(call: ResolvedCall, collection: Collection, right: Right): RowScope | undefined {
  if (call.plugin !== undefined && call.plugin !== collection.plugin) return undefined;
  const { actor } = call;
  if (!actor) return call.plugin === collection.plugin ? "bureau" : undefined;
  const held = rightsOf(collection, right)
    .filter(({ permission }) => actor.permissions.has(permission))
    .map(({ rows }) => SCOPES.indexOf(rows));
  return SCOPES[Math.max(-1, ...held)];
}

/** Tells the audit trail for whom a person acts who has a right only because another gave it for a while. */
function tellOfDelegation({ actor }: ResolvedCall, collection: Collection, right: Right): void {
  const held = rightsOf(collection, right).filter(({ permission }) => actor?.permissions.has(permission));
  const others = held.map(({ permission }) => actor?.delegated?.get(permission));
  const [onBehalfOf] = others;
  if (onBehalfOf && !others.includes(undefined)) identify({ onBehalfOf });
}

function rightsOf({ definition }: Collection, right: Right): { permission: string; rows: RowScope }[] {
  const { permissions } = definition;
  const list: RowRight[] = right === "export" ? (permissions.export ?? permissions.read) : permissions[right];
  return list.map((entry) => (typeof entry === "string" ? { permission: entry, rows: "bureau" } : entry));
}

function reachOf(
  access: Access,
  { definition }: Collection,
  actor: Actor | undefined,
  bureau: string,
  rows: RowScope,
): Where {
  const person = definition.owner?.person;
  const department = definition.owner?.department;
  switch (rows) {
    case "subtree":
      return { bureau: { in: [bureau, ...access.below(bureau)] } };
    case "bureau":
      return { bureau };
    case "department":
      return {
        bureau,
        [department === undefined ? "made_in" : columnOf(department)]: { in: [...(actor?.departments ?? [])] },
      };
    case "own":
      return { bureau, [person === undefined ? "made_by" : columnOf(person)]: actor?.id ?? "" };
  }
}

/** Whether a row that is about to be written is one the caller may have: nobody writes records out of the own reach. */
export function reaches({ rows, call, collection, bureau }: Standing, row: Row): boolean {
  const { owner } = collection.definition;
  if (rows === "department") {
    const department = row[owner?.department === undefined ? "made_in" : columnOf(owner.department)];
    return row["bureau"] === bureau && call.actor?.departments.includes(String(department)) === true;
  }
  if (rows === "own") return row[owner?.person === undefined ? "made_by" : columnOf(owner.person)] === call.actor?.id;
  return true;
}

/** What of its fields a caller gets to see and change. */
export function fieldRights({ definition, formats }: Collection, { actor, plugin }: ResolvedCall): FieldRights {
  const entries = Object.entries(definition.fields);
  const locked = entries.filter(([, field]) => isLocked(field, actor, plugin)).map(([name]) => name);
  if (!actor) return { ...NONE, locked: new Set(locked) };
  const lacks = (permissions: string[] | undefined): boolean =>
    permissions !== undefined && !permissions.some((permission) => actor.permissions.has(permission));
  const hidden = entries.filter(([, field]) => lacks(field.permissions?.read)).map(([name]) => name);
  const masked = entries
    .filter(([, field]) => lacks(field.masked?.unless))
    .map(([name, field]): [string, Mask] => [name, field.masked?.mask ?? formats.get(name)?.definition.mask ?? MASK]);
  const clear = entries.filter(([, field]) => field.masked?.unless !== undefined && !lacks(field.masked.unless));
  return {
    hidden: new Set(hidden),
    masked: new Map(masked),
    clear: new Set(clear.map(([name]) => name)),
    locked: new Set([...locked, ...hidden]),
  };
}

function isLocked(field: Field, actor: Actor | undefined, plugin: string | undefined): boolean {
  if (field.computed !== undefined || field.type === "serial") return true;
  if (field.writableBy === "plugin" && plugin === undefined) return true;
  const { write } = field.permissions ?? {};
  return actor !== undefined && write !== undefined && !write.some((permission) => actor.permissions.has(permission));
}

/** A value of which only some characters are shown; a short one keeps a third of them at most. */
export function masked(value: unknown, { keepStart, keepEnd }: Mask): unknown {
  if (typeof value !== "string" || value === "") return value;
  const characters = [...value];
  const short = keepStart + keepEnd >= characters.length;
  const start = short ? Math.floor(characters.length / 3) : keepStart;
  const end = short ? 0 : keepEnd;
  const middle = "*".repeat(characters.length - start - end);
  return characters.slice(0, start).join("") + middle + characters.slice(characters.length - end).join("");
}

function forbidden(
  collection: Collection,
  { actor }: ResolvedCall,
  context: Pick<Context, "caller">,
  right: Right,
  rows?: RowScope,
): JinshuiError {
  const rights = rightsOf(collection, right).map(({ permission }) => permission);
  return new JinshuiError(
    "forbidden",
    `${actor ? actor.name : context.caller} may not ${right} ${collection.id}${rows === undefined ? "" : ` (${rows})`}; it takes one of ${rights.join(", ")}`,
    { details: { collection: collection.id, title: collection.definition.title, permissions: rights, right } },
  );
}
