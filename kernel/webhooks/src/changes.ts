import type { ChangeKind } from "@jinshui/auth";
import { type ActorRef, JinshuiError, OUTSIDE_SOURCE } from "@jinshui/contracts";
import { newId } from "@jinshui/storage";
import type { EventType } from "./event-names.js";
import type { Addresses } from "./outgoing/addresses.js";

/** What a webhook is to be; `by`: who asks. */
export interface WebhookPayload {
  title: string;
  url: string;
  events: string[];
  by: ActorRef;
}

/** That another system be told of events. */
export function openWebhook(
  addresses: Addresses,
  eventTypes: (bureau: string) => readonly EventType[],
  changed: () => void,
): ChangeKind<WebhookPayload> {
  return {
    summary: ({ title, url, events }) =>
      Promise.resolve({
        "zh-CN": `向“${title}”（${url}）推送 ${events.length} 种事件`,
        en: `Tell ${title} (${url}) of ${events.length} kinds of events`,
      }),
    lines: ({ url, events }) => Promise.resolve([url, ...events].map((line) => ({ "zh-CN": line }))),
    check({ url, events }, bureau) {
      addresses.require(url);
      const known = new Set(eventTypes(bureau).map(({ name }) => name));
      const unknown = events.find((name) => !known.has(name));
      if (unknown === undefined) return Promise.resolve();
      return Promise.reject(
        new JinshuiError("invalid-request", `${bureau} has no event ${unknown} that other systems may be told of`, {
          details: { field: "events", event: unknown, reason: "unknown-event" },
        }),
      );
    },
    async apply(tx, { title, url, events, by }, bureau) {
      const id = newId();
      await tx.insert("webhook", {
        ...{ id, bureau, title, url, events, state: "new", secrets: [], created_by: by, created_at: tx.time },
      });
      tx.afterCommit(changed);
      return `webhook/${id}`;
    },
  };
}

/** What an inbound hook is to be. */
export interface InboundPayload {
  title: string;
  source: string;
  names: string[];
  by: ActorRef;
}

/** That another system may tell of events. */
export function openInboundHook(): ChangeKind<InboundPayload> {
  return {
    summary: ({ title, source, names }) =>
      Promise.resolve({
        "zh-CN": `接收“${title}”的事件（${OUTSIDE_SOURCE}${source}）：${names.join("、")}`,
        en: `Take events of ${title} (${OUTSIDE_SOURCE}${source}): ${names.join(", ")}`,
      }),
    async check({ source }, bureau, reader) {
      if (await reader.findOne("inbound_hook", { bureau, source }))
        throw new JinshuiError("not-unique", `${bureau} has a hook for ${source} already`, {
          details: { field: "source", value: source },
        });
    },
    async apply(tx, { title, source, names, by }, bureau) {
      const id = newId();
      await tx.insert("inbound_hook", {
        ...{ id, bureau, title, source, names, state: "new", secrets: [], created_by: by, created_at: tx.time },
      });
      return `inbound-hook/${id}`;
    },
  };
}
