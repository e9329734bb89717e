import {
  type ActorRef,
  type Context,
  type Filter,
  isJinshuiError,
  JinshuiError,
  type RowScope,
} from "@jinshui/contracts";
import type { Access, ResolvedCall } from "../access.js";
import type { AuditEntry } from "../audit/entry.js";
import type { AuditTrail } from "../audit/trail.js";
import type { Database, TransactionOptions } from "../database/database.js";
import { onceByKey } from "../database/once.js";
import type { Transaction } from "../database/transaction.js";
import type { FileStore } from "../files/file-store.js";
import { comparedMasked } from "./filter.js";
import type { Writer } from "./records.js";
import { type Collection, type CollectionRegistry } from "./registry.js";
import { type Disclosed, type Right, rowScope, type Standing, standing } from "./rights.js";
import type { SerialNumbers } from "./serial-numbers.js";

/** What the operations of the storage API work with. */
export interface Storage {
  readonly database: Database;
  readonly access: Access;
  readonly files: FileStore;
  readonly collections: CollectionRegistry;
  readonly numbers: SerialNumbers;
  readonly trail: AuditTrail;
}

/** The standing of a call's caller towards a collection. @throws JinshuiError `forbidden`, `not-found`. */
export async function standingOf(
  storage: Storage,
  context: Context,
  collection: string,
  right: Right,
  rows?: RowScope | "all",
): Promise<Standing> {
  const call = await storage.access.resolve(context);
  return standing(storage.access, storage.collections.get(collection, context.bureau), call, context, right, rows);
}

/** The same caller's standing towards another collection of the plugin, or nothing when it may not be read. */
export function towards(
  storage: Storage,
  from: Standing,
): (collection: Collection, name: string) => Standing | undefined {
  return (collection, name) => {
    const other = storage.collections.get(`${collection.plugin}.${name}`, from.bureau);
    const caller = { bureau: from.bureau, caller: from.call.plugin ?? "" };
    if (!rowScope(from.call, other, "read")) return undefined;
    return standing(
      storage.access,
      other,
      from.call,
      caller,
      "read",
      from.rows === "subtree" ? "all" : undefined,
      from.disclosed,
    );
  };
}

/**
 * Writes down that a person was shown what others see masked, before they are shown it.
 * @throws JinshuiError `unavailable` when that can't be written: then nothing is shown.
 */
export async function noteDisclosed(
  storage: Storage,
  context: Context,
  { call, disclosed }: Pick<Standing, "call" | "disclosed">,
): Promise<void> {
  for (const entry of disclosures(context, call, disclosed)) await storage.trail.audit(entry);
}

/** One entry for each collection of which something was shown in clear. */
function disclosures(context: Context, { actor }: ResolvedCall, disclosed: Disclosed): AuditEntry[] {
  if (!actor) return [];
  return [...disclosed].map(([collection, { fields, records }]) => {
    const [only, ...more] = records;
    return {
      bureau: context.bureau,
      actor: { id: actor.id, name: actor.name },
      action: "read-unmasked",
      resource: only !== undefined && more.length === 0 ? `${collection}/${only}` : collection,
      after: { fields: [...fields].sort(), records: [...records] },
      trace: context.traceId,
    };
  });
}

/** Comparisons of masked fields that one person may make in an hour: enough to look people up, too few to guess a number. */
export const COMPARED_PER_HOUR = 60;

/**
 * Writes down that a person asks which records have a certain value in a field that is masked for them. It is written first
 * and counted afterwards, so that questions asked at the same time count each other.
 * @throws JinshuiError `too-many-requests` for somebody who asks as if to guess.
 */
export async function noteCompared(
  storage: Storage,
  context: Context,
  standing: Standing,
  filter: Filter = {},
): Promise<void> {
  const { call, collection } = standing;
  const fields = comparedMasked(standing, filter);
  if (!call.actor || fields.length === 0) return;
  const { id, name } = call.actor;
  const action = "compare-masked";
  await storage.trail.audit({
    bureau: context.bureau,
    actor: { id, name },
    action,
    resource: collection.id,
    after: { fields: fields.map((field) => `${collection.id}.${field}`) },
    trace: context.traceId,
  });
  const since = new Date((await storage.database.now()).getTime() - 3_600_000).toISOString();
  const asked = await storage.database.countTo(COMPARED_PER_HOUR + 1, "audit_entry", {
    actor_id: id,
    at: { gt: since },
    action,
  });
  if (asked <= COMPARED_PER_HOUR) return;
  throw new JinshuiError(
    "too-many-requests",
    `${name} has compared masked fields ${COMPARED_PER_HOUR} times in an hour`,
    {
      retryAfterMs: 600_000,
      details: { limit: COMPARED_PER_HOUR, fields },
    },
  );
}

/** Who is written down as having done it. */
function actorOf(context: Context, { actor, plugin = context.caller }: ResolvedCall): ActorRef {
  return actor ? { id: actor.id, name: actor.name } : { id: `plugin:${plugin}`, name: plugin };
}

export interface WriteOptions extends TransactionOptions {
  /** Where the work notes what its answer shows in clear. */
  disclosed?: Disclosed;
}

/** Does a write in one transaction, once for its idempotency key. */
export async function write<T>(
  storage: Storage,
  context: Context,
  call: ResolvedCall,
  input: unknown,
  work: (tx: Transaction, writer: Writer) => Promise<T>,
  { disclosed = new Map(), ...options }: WriteOptions = {},
): Promise<T> {
  const writer = writerOf(storage, actorOf(context, call), context);
  const attempt = async (tx: Transaction): Promise<T> => {
    disclosed.clear();
    const answer = await work(tx, writer);
    for (const entry of disclosures(context, call, disclosed)) tx.audit(entry);
    return answer;
  };
  // another person, plugin or bureau may use the same key
  const who = `${context.caller}/${actorOf(context, call).id}`;
  try {
    return await onceByKey(storage.database, context, who, input, attempt, options);
  } catch (error) {
    // what a refusal tells is a look as well
    if (isJinshuiError(error) && error.status === 409) await noteDisclosed(storage, context, { call, disclosed });
    throw error;
  }
}

/** Somebody who writes records of a bureau. */
export function writerOf(
  { collections, numbers, files }: Storage,
  actor: ActorRef,
  { bureau, traceId }: Pick<Context, "bureau" | "traceId">,
): Writer {
  return {
    actor,
    trace: traceId,
    numbers,
    sibling: ({ plugin }, name) => collections.get(`${plugin}.${name}`, bureau),
    siblings: ({ plugin }) => collections.of(plugin, bureau),
    files,
  };
}
