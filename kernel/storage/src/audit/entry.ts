import type { ActorRef } from "@jinshui/contracts";
import { entryDigest } from "../audit-hash.js";
import { isStorable } from "../database/storable.js";
import type { Row } from "../database/table.js";
import { AUDIT_ENTRY } from "./tables.js";
import { type AuditClient, servedRequest } from "./request.js";

/** One thing that somebody did or tried. What is absent of caller, client, delegation and trace is that of the request being served. */
export interface AuditEntry {
  bureau: string;
  actor: ActorRef;
  /** The person whose right was used, where the actor acts for another. */
  onBehalfOf?: ActorRef;
  /** `gateway`, a plugin or a part of the kernel; `kernel` when nobody asked. */
  caller?: string;
  client?: AuditClient;
  action: string;
  /** e.g. `asset-tracking.equipment/<id>`. */
  resource: string;
  /** Default `ok`. */
  result?: "ok" | "denied" | "failed";
  /** Error code of what was denied or failed. */
  reason?: string;
  before?: unknown;
  after?: unknown;
  trace?: string;
  /** ISO in UTC; the transaction's time when absent. */
  at?: string;
}

/** The entry with what the request being served tells about it. */
export function attributed(entry: AuditEntry): AuditEntry {
  const request = servedRequest();
  if (!request) return entry;
  return {
    caller: request.caller,
    trace: request.trace,
    ...(request.client ? { client: request.client } : {}),
    ...(request.onBehalfOf ? { onBehalfOf: request.onBehalfOf } : {}),
    ...entry,
  };
}

/** The entry as a row that is not linked yet. Texts are cut and cleaned: an odd name must not keep an entry out. */
export function auditRow(entry: AuditEntry, time: string): Row {
  const { bureau, actor, onBehalfOf, client, caller = "kernel", result = "ok" } = entry;
  const content: Row = {
    bureau,
    at: entry.at ?? time,
    actor_id: actor.id,
    actor_name: actor.name,
    for_id: onBehalfOf?.id,
    for_name: onBehalfOf?.name,
    caller,
    address: client?.address,
    session: client?.session,
    action: entry.action,
    resource: entry.resource,
    result,
    reason: entry.reason,
    before_value: asJson(entry.before),
    after_value: asJson(entry.after),
    trace: entry.trace,
  };
  for (const [name, length] of TEXTS) {
    const value = content[name];
    if (typeof value === "string") content[name] = cut(value, length);
  }
  return { ...content, digest: entryDigest(content) };
}

/** Columns of texts and how long they may be. */
const TEXTS = Object.entries(AUDIT_ENTRY.columns)
  .filter(([, { type }]) => type === "string")
  .map(([name, { length = 200 }]): [string, number] => [name, length]);

function cut(text: string, length: number): string {
  if (text.length <= length && isStorable(text)) return text;
  return text.slice(0, length).replaceAll("\0", "\ufffd").toWellFormed();
}

/** The value as it comes back from the database, so that an entry's digest is the same before and after. */
function asJson(value: unknown): unknown {
  if (isFlat(value)) return value;
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value) ?? "null") as unknown);
}

/** Whether a value is the same as JSON: what records are made of mostly is. */
function isFlat(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every(
    (part) => part === null || typeof part === "string" || typeof part === "boolean" || Number.isFinite(part),
  );
}
