import {
  type ActorRef,
  type Delivery,
  HTTP_ROOT,
  type InboundHook,
  OUTSIDE_SOURCE,
  type Webhook,
} from "@jinshui/contracts";
import type { Row } from "@jinshui/storage";
import { formerUntil } from "./secrets.js";

/** A column under a name, where it has a value. */
function given<K extends string>(name: K, value: unknown): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [name]: String(value) } as Record<K, string>);
}

export function webhookOf(row: Row, counts: { pending: number; dead: number }, now: string): Webhook {
  return {
    id: String(row["id"]),
    title: String(row["title"]),
    url: String(row["url"]),
    events: row["events"] as string[],
    state: row["state"] as Webhook["state"],
    ...(row["state"] === "paused"
      ? { pausedBecause: row["paused_because"] as NonNullable<Webhook["pausedBecause"]> }
      : {}),
    createdAt: String(row["created_at"]),
    createdBy: row["created_by"] as ActorRef,
    ...given("lastSuccessAt", row["last_success_at"]),
    ...given("failingSince", row["failing_since"]),
    ...given("formerSecretUntil", formerUntil(row, now)),
    ...counts,
  };
}

export function deliveryOf(row: Row): Delivery {
  const { status, duration_ms: durationMs } = row;
  return {
    id: String(row["id"]),
    event: String(row["event"]),
    name: String(row["name"]),
    state: row["state"] as Delivery["state"],
    attempts: Number(row["attempts"]),
    createdAt: String(row["created_at"]),
    ...given("nextAt", row["next_at"]),
    ...given("doneAt", row["done_at"]),
    ...(status === undefined ? {} : { status: Number(status) }),
    ...given("error", row["error"]),
    ...(durationMs === undefined ? {} : { durationMs: Number(durationMs) }),
  };
}

export function inboundHookOf(row: Row, now: string): InboundHook {
  const id = String(row["id"]);
  return {
    id,
    title: String(row["title"]),
    source: OUTSIDE_SOURCE + String(row["source"]),
    names: row["names"] as string[],
    state: row["state"] as InboundHook["state"],
    path: `${HTTP_ROOT}/hooks/${id}`,
    createdAt: String(row["created_at"]),
    createdBy: row["created_by"] as ActorRef,
    ...given("lastReceivedAt", row["last_received_at"]),
    ...given("formerSecretUntil", formerUntil(row, now)),
  };
}
