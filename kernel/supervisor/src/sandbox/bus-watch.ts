import type { BusKeeper } from "@jinshui/auth";
import type { ConnectionNotice, Misuse } from "@jinshui/bus";
import type { Incidents } from "./incidents.js";
import { type Refusal, ServerLog } from "./server-log.js";

/** A plugin has one connection, and two while its credential is renewed. */
const MAX_CONNECTIONS = 4;
/** Refusals within a window that no plugin reaches by mistake. */
const MAX_REFUSALS = 500;
const WINDOW_MS = 10_000;
/** How long what the server tells later is still understood. */
const KEPT_MS = 60_000;
/** How servers end a connection in good order. */
const ORDERLY = ["Client Closed", "Write Error", "Read Error", "Authentication Expired", "Authentication Revoked"];
/** How a server ends a connection whose credential was taken back. */
const REVOKED = "Credentials Revoked";

export interface BusWatchOptions {
  keeper: BusKeeper;
  incidents: Incidents;
  /** Log of the site's own server; absent on a bus of the operator's. */
  serverLog?: string;
  /** Ends the plugin's process and so its right to the bus. */
  cut: (plugin: string, why: string) => void;
  /** Gives a plugin new credentials, since those it has were taken back by another kernel. */
  renew: (plugin: string) => void;
}

/** Watches what plugins do on the bus: tells of what is refused, and cuts off who goes on and on. */
export class BusWatch {
  /** Plugins by the public key of their credentials. */
  readonly #plugins = new Map<string, string>();
  /** Credentials that are not used any more. */
  readonly #ended = new Set<string>();
  /** Connections of plugins by number and server; for a while also those that are closed, since the log is read later. */
  readonly #connections = new Map<string, { plugin: string; isOpen: boolean }>();
  readonly #refused = new Map<string, number>();
  readonly #log: ServerLog | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(readonly options: BusWatchOptions) {
    options.keeper.onConnections((notice) => this.#connection(notice));
    this.#timer = setInterval(() => this.#refused.clear(), WINDOW_MS);
    this.#timer.unref();
    if (options.serverLog !== undefined)
      this.#log = new ServerLog(options.serverLog, (refusal) => this.#refusal(refusal));
  }

  async start(): Promise<void> {
    await this.#log?.start();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#log?.stop();
  }

  /** A credential and the plugin it was made for. */
  issued(plugin: string, credential: string): void {
    this.#plugins.set(credential, plugin);
  }

  /** Credentials that are not used any more; what the server still tells of them comes within seconds. */
  forget(credentials: readonly string[]): void {
    for (const credential of credentials) this.#ended.add(credential);
    setTimeout(() => {
      for (const credential of credentials) {
        this.#plugins.delete(credential);
        this.#ended.delete(credential);
      }
    }, KEPT_MS).unref();
  }

  /** What a part of the kernel has told of a caller. */
  misuse({ caller, kind, subject }: Misuse): void {
    if (![...this.#plugins.values()].includes(caller)) return;
    this.options.incidents.note(caller, kind, subject);
    if (kind === "flood") this.options.cut(caller, "flooded the kernel with requests");
    else this.#count(caller);
  }

  #connection({ kind, connection, server, credential, reason = "" }: ConnectionNotice): void {
    const plugin = this.#plugins.get(credential);
    if (plugin === undefined) return;
    const key = `${connection} ${server}`;
    this.#connections.set(key, { plugin, isOpen: kind === "connect" });
    if (kind === "disconnect") setTimeout(() => this.#connections.delete(key), KEPT_MS).unref();
    if (kind === "disconnect" && reason.startsWith(REVOKED) && !this.#ended.has(credential)) {
      // a kernel that starts beside this one takes back all that was issued before it
      this.options.renew(plugin);
      return;
    }
    if (kind === "disconnect" && reason !== "" && !ORDERLY.some((words) => reason.startsWith(words)))
      this.options.incidents.note(plugin, "bus-denied", reason);
    const open = [...this.#connections.values()].filter((held) => held.isOpen && held.plugin === plugin).length;
    if (kind === "disconnect" || open <= MAX_CONNECTIONS) return;
    this.options.incidents.note(plugin, "bus-connections", `more than ${MAX_CONNECTIONS} at once`);
    this.options.cut(plugin, `opened more than ${MAX_CONNECTIONS} connections to the bus`);
  }

  #refusal({ connection, what }: Refusal): void {
    const plugin = this.#holderOf(connection);
    if (plugin === undefined) return;
    this.options.incidents.note(plugin, "bus-denied", what);
    this.#count(plugin);
  }

  /** Who tries again and again is cut off. */
  #count(plugin: string): void {
    const times = (this.#refused.get(plugin) ?? 0) + 1;
    this.#refused.set(plugin, times);
    if (times === MAX_REFUSALS) this.options.cut(plugin, "tried again and again what its credential does not allow");
  }

  /** Only a server of our own has a log here, so the number is enough. */
  #holderOf(connection: number): string | undefined {
    return [...this.#connections].find(([key]) => key.startsWith(`${connection} `))?.[1].plugin;
  }
}
