import type { ActorRef } from "@jinshui/contracts";
import type { Command, Variables } from "@jinshui/engine";
import { newId, type Transaction } from "@jinshui/storage";
import { createHash } from "node:crypto";
import { later } from "../runtime/later.js";

/** How long a message waits for somebody to wait for it, unless its sender says otherwise. */
export const MESSAGE_LIFE_MS = 7 * 86_400_000;

/** Whose process or plugin sends; a bureau's own process has no plugin, and reaches all. */
export interface Sender {
  plugin?: string;
  /** Who becomes the applicant of what begins with it. */
  applicant: ActorRef;
  department?: string;
  departmentTitle?: string;
}

/**
 * What is done to another instance in a transaction of its own, once, after the sender's has committed: so no command holds two
 * instances, and nothing is lost or doubled when a kernel dies in between.
 */
export type Parcel =
  | {
      kind: "call";
      caller: string;
      call: string;
      process: string;
      version?: string;
      idVariable?: string;
      variables: Variables;
      sender: Sender;
    }
  /** To one instance, where it still waits for it. */
  | { kind: "command"; instance: string; command: Command }
  | { kind: "cancel"; instance: string; reason: string }
  | { kind: "message"; name: string; correlation?: string; variables: Variables; sender: Sender }
  | { kind: "signal"; name: string; variables: Variables; sender: Sender }
  | { kind: "start"; definition: string; startEvent: string; variables: Variables; sender: Sender };

/** Sends a parcel if, and only if, the transaction commits. */
export async function send(tx: Transaction, bureau: string, parcel: Parcel, lifeMs = MESSAGE_LIFE_MS): Promise<string> {
  const id = newId();
  const isMessage = parcel.kind === "message";
  await tx.insert("wf_parcel", {
    id,
    bureau,
    kind: parcel.kind,
    content: parcel,
    next_at: tx.time,
    ...(isMessage ? { name: parcel.name, expires_at: later(tx.time, lifeMs) } : {}),
  });
  return id;
}

/** Messages that nobody had waited for are looked at again: somebody does now. */
export async function offerWaiting(tx: Transaction, bureau: string, name: string): Promise<void> {
  await tx.update("wf_parcel", { bureau, name, next_at: null }, { next_at: tx.time });
}

/** A correlation value in a form that can be compared and indexed: 1 and "1" are the same, as models of others expect. */
export function correlationKey(value: unknown): string {
  const text = typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
  return createHash("sha256").update(text).digest("hex");
}
