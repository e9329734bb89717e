import { type BusAuthority, type BusCredential, type BusKeeper, pluginGrant, type PluginGrants } from "@jinshui/auth";
import type { Log, Misuse } from "@jinshui/bus";
import type { AuditTrail } from "@jinshui/storage";
import { BusWatch } from "./bus-watch.js";
import { Incidents } from "./incidents.js";
import { Sandbox } from "./sandbox.js";

export interface GuardOptions {
  servers: string;
  authority: BusAuthority;
  keeper: BusKeeper;
  trail: AuditTrail;
  log: Log;
  /** Log of the site's own nats-server, if it has one. */
  serverLog?: string;
  /** Tells sites on one host apart. */
  site: string;
  /** Conditions of package exports that hold in plugins' processes. */
  conditions?: readonly string[];
  bureausOf: (plugin: string) => string[];
  /** Ends a plugin's process, with the reason. */
  cut: (plugin: string, why: string) => void;
  /** Gives a plugin's processes new credentials. */
  renew: (plugin: string) => void;
}

const LOOK_MS = 2_000;

/** Keeps plugins apart from kernel, host and each other: who may do what on the bus, how processes are confined, and what is noted. */
export class Guard {
  readonly #watch: BusWatch;
  readonly #seen = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  private constructor(
    readonly options: GuardOptions,
    readonly sandbox: Sandbox,
    readonly incidents: Incidents,
  ) {
    const { keeper, serverLog, cut, renew } = options;
    this.#watch = new BusWatch({ keeper, incidents, cut, renew, ...(serverLog === undefined ? {} : { serverLog }) });
    this.#timer = setInterval(() => void this.#lookAtNetwork(), LOOK_MS);
    this.#timer.unref();
  }

  static async open(options: GuardOptions): Promise<Guard> {
    const { trail, log, bureausOf, servers, site, conditions = [] } = options;
    const sandbox = await Sandbox.open({ servers, log, site, conditions });
    const guard = new Guard(options, sandbox, new Incidents({ trail, log, bureausOf }));
    await guard.#watch.start();
    log.info({ missing: sandbox.reasons }, "plugins are confined");
    return guard;
  }

  /** A credential for a plugin's process. */
  async mint(plugin: string, run: string, grants: PluginGrants, seconds: number): Promise<BusCredential> {
    const credential = await this.options.authority.mint(pluginGrant(plugin, grants, seconds, run));
    this.#watch.issued(plugin, credential.id);
    return credential;
  }

  /** Takes credentials back; resolves when the bus knows. */
  async revoke(credentials: readonly string[]): Promise<void> {
    if (credentials.length === 0) return;
    this.#watch.forget(credentials);
    await this.options.keeper.revoke(credentials);
  }

  misuse(misuse: Misuse): void {
    this.#watch.misuse(misuse);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#watch.stop();
    await this.#lookAtNetwork();
    this.incidents.stop();
    await this.sandbox.close();
  }

  async #lookAtNetwork(): Promise<void> {
    const plugins = await this.sandbox.refusedConnections(this.#seen).catch(() => []);
    for (const plugin of plugins) this.incidents.note(plugin, "network-denied", "a connection to anything but the bus");
  }
}
