import { JinshuiError, type SiteConfig } from "@jinshui/contracts";
import { readFile } from "node:fs/promises";
import { isAtLeast210 } from "./nats-server.js";
import { StoreSync } from "./store-sync.js";

/**
 * How a message survives a power cut once it is marked as published. `A`: the kernel writes the bus's store through to the
 * disk after each batch; `B`: the store is mounted with `-o sync`; `C`: the server writes through before it acknowledges;
 * `none`: nothing does, and the last minute can be lost with the machine.
 */
export interface Durability {
  profile: "A" | "B" | "C" | "none";
  /** Why, for the log and the console. */
  reason: string;
  settle: () => Promise<void>;
}

export interface BusFacts {
  /** `store_dir` of the embedded server. */
  store?: string;
  syncsAlways?: boolean;
  serverVersion: string;
  /** What the site's file says of the bus. */
  declared: NonNullable<SiteConfig["bus"]>;
  /** `/proc/mounts`, for tests. */
  mounts?: string;
}

const nothing = (): Promise<void> => Promise.resolve();

/**
 * Says which profile holds. What can be seen is looked at; what is said of a server elsewhere is believed as far as its
 * version allows.
 * @throws JinshuiError `invalid-file` when the site's file says what can't be true.
 */
export async function chooseDurability(facts: BusFacts): Promise<Durability> {
  const { serverVersion, declared, syncsAlways = false } = facts;
  const store = facts.store ?? declared.store;
  if (syncsAlways)
    return { profile: "C", reason: `nats-server ${serverVersion} runs with sync_interval: always`, settle: nothing };
  if (declared.durability === "sync-always") {
    if (!isAtLeast210(serverVersion))
      throw new JinshuiError(
        "invalid-file",
        `base.yaml says bus.durability: sync-always, but nats-server ${serverVersion} can't do that; it takes 2.10`,
      );
    return { profile: "C", reason: `declared: nats-server ${serverVersion} syncs always`, settle: nothing };
  }
  const mounted = store !== undefined && isMountedSync(store, facts.mounts ?? (await readMounts()));
  if (mounted) return { profile: "B", reason: `${store} is mounted with -o sync`, settle: nothing };
  if (declared.durability === "mount-sync") {
    if (store !== undefined)
      throw new JinshuiError(
        "invalid-file",
        `base.yaml says bus.durability: mount-sync, but ${store} is not mounted so`,
      );
    return { profile: "B", reason: "declared: the bus's store is mounted with -o sync", settle: nothing };
  }
  if (store === undefined)
    return {
      profile: "none",
      reason: `nats-server ${serverVersion} elsewhere may forget its last minute in a power cut; say bus.durability or bus.store in base.yaml`,
      settle: nothing,
    };
  const sync = new StoreSync(store);
  return {
    profile: "A",
    reason: `this kernel writes ${store} through to the disk after each batch`,
    settle: () => sync.settle(),
  };
}

/** Whether the file system that holds `path` writes everything through. */
export function isMountedSync(path: string, mounts: string): boolean {
  let longest = "";
  let options = "";
  for (const line of mounts.split("\n")) {
    const [, point = "", , given = ""] = line.split(" ");
    const folder = point.replace(/\\040/g, " ");
    const holds = folder === "/" || path === folder || path.startsWith(`${folder}/`);
    if (point === "" || !holds || folder.length < longest.length) continue;
    longest = folder;
    options = given;
  }
  return options.split(",").includes("sync");
}

function readMounts(): Promise<string> {
  return readFile("/proc/mounts", "utf8").catch(() => "");
}
