import { eventConsumer, STREAM } from "@jinshui/contracts";
import type { BusGrant } from "./authority.js";

/** The part of a manifest that decides about the bus. */
export interface PluginGrants {
  apis: readonly string[];
  events?: { subscribe: readonly string[] };
  plugins?: readonly string[];
}

/** A plugin speaks as itself, is asked as itself, and takes its own jobs and events: nothing else. */
export function pluginGrant(plugin: string, grants: PluginGrants, ttlSeconds: number): BusGrant {
  const pulls = [
    `${STREAM.jobs}.${plugin}`,
    ...(grants.events?.subscribe ?? []).map((event) => `${STREAM.events}.${eventConsumer(plugin, event)}`),
  ];
  return {
    name: plugin,
    publish: [
      ...grants.apis.map((api) => `jinshui.${api}.*.*.${plugin}.>`),
      ...(grants.plugins ?? []).map((target) => {
        const [other = "", op = ""] = target.split(".");
        return `jinshui.plugin.*.${other}.*.${op}.${plugin}`;
      }),
      ...["ready", "dead"].map((verb) => `jinshui.control.v1.${plugin}.${verb}`),
      ...pulls.flatMap((consumer) => [
        `$JS.API.CONSUMER.MSG.NEXT.${consumer}`,
        `$JS.API.CONSUMER.INFO.${consumer}`,
        `$JS.ACK.${consumer}.>`,
      ]),
    ],
    subscribe: [
      `jinshui.plugin.*.${plugin}.>`,
      ...["bureaus", "drain", "health"].map((verb) => `jinshui.control.v1.${plugin}.${verb}`),
    ],
    ttlSeconds,
  };
}

/** Parts of the kernel speak as themselves; only they reach JetStream's management. */
export function kernelGrant(part: string): BusGrant {
  return {
    name: part,
    publish: [
      `jinshui.*.*.*.${part}.>`,
      `jinshui.plugin.*.*.*.*.${part}`,
      "jinshui.event.>",
      "jinshui.job.>",
      "jinshui.control.v1.>",
      "$JS.API.>",
      "$JS.ACK.>",
    ],
    subscribe: [`jinshui.${part}.>`, "jinshui.event.>", "jinshui.control.v1.>"],
  };
}

/** The gateway asks and listens; it serves nothing and publishes no facts. */
export const gatewayGrant: BusGrant = {
  name: "gateway",
  publish: ["jinshui.*.*.*.gateway.>", "jinshui.plugin.*.*.*.*.gateway"],
  subscribe: ["jinshui.event.>"],
};
