import type { BusGrant } from "./authority.js";

/** The part of a manifest that decides about the bus. */
export interface PluginGrants {
  /** Parts of the kernel it may ask. */
  apis: readonly string[];
  /** Major versions of their API, by part; all when absent. */
  majors?: Readonly<Record<string, readonly number[]>>;
  plugins?: readonly string[];
  /** Whether others can contribute to points of it. */
  points?: boolean;
}

/**
 * A plugin speaks as itself and is asked as itself: nothing else. Jobs and events are handed to it; JetStream it does not reach.
 * What the supervisor says to one run of its process no other run hears.
 */
export function pluginGrant(plugin: string, grants: PluginGrants, ttlSeconds: number, run: string): BusGrant {
  return {
    name: plugin,
    publish: [
      ...grants.apis.flatMap((api) =>
        (grants.majors?.[api]?.map((major) => `v${major}`) ?? ["*"]).map(
          (major) => `jinshui.${api}.${major}.*.${plugin}.*`,
        ),
      ),
      ...(grants.plugins ?? []).map((target) => {
        const [other = "", op = ""] = target.split(".");
        return `jinshui.plugin.*.${other}.*.${op}.${plugin}`;
      }),
      ...(grants.points === true ? [`jinshui.supervisor.v1.*.${plugin}.contributed`] : []),
      // the supervisor decides which ones, and passes the person on
      ...(grants.points === true || (grants.plugins ?? []).length > 0 ? [`jinshui.supervisor.v1.*.${plugin}.ask`] : []),
      `jinshui.control.v1.${plugin}.ready.${run}`,
    ],
    subscribe: [
      `jinshui.plugin.*.${plugin}.>`,
      ...["bureaus", "deliver", "drain", "health", "settings"].map(
        (verb) => `jinshui.control.v1.${plugin}.${verb}.${run}`,
      ),
    ],
    ttlSeconds,
  };
}

/** What parts of the kernel need besides being asked. Stored messages are written and pulled by these alone. */
const PART_NEEDS: Record<string, { publish: string[]; subscribe: string[] }> = {
  storage: { publish: ["jinshui.event.>", "jinshui.job.>", "$JS.API.>", "$JS.ACK.>"], subscribe: [] },
  webhooks: { publish: ["$JS.API.>", "$JS.ACK.>"], subscribe: [] },
  supervisor: {
    publish: ["jinshui.control.v1.*.*.*", "jinshui.plugin.*.*.*.*.supervisor", "$JS.API.>", "$JS.ACK.>"],
    subscribe: ["jinshui.control.v1.*.ready.*"],
  },
};

/** A part of the kernel is asked as itself; what it answers goes where the question came from. */
export function kernelGrant(part: string): BusGrant {
  const { publish = [], subscribe = [] } = PART_NEEDS[part] ?? {};
  return { name: part, publish, subscribe: [`jinshui.${part}.>`, ...subscribe] };
}

/** The gateway asks and listens; it serves nothing and publishes no facts. */
export const gatewayGrant: BusGrant = {
  name: "gateway",
  publish: ["jinshui.*.*.*.gateway.*", "jinshui.plugin.*.*.*.*.gateway"],
  subscribe: ["jinshui.event.>"],
};

/** Who may exchange the accounts and hear of connections; in the server's own account. */
export function systemGrant(account: string): BusGrant {
  return {
    name: "authority",
    publish: [`$SYS.REQ.ACCOUNT.${account}.CLAIMS.UPDATE`],
    subscribe: [`$SYS.ACCOUNT.${account}.CONNECT`, `$SYS.ACCOUNT.${account}.DISCONNECT`],
  };
}
