import type { Auth, BusAuthority, BusKeeper } from "@jinshui/auth";
import type { Bus, Log, Misuse, Service } from "@jinshui/bus";
import { type ActorRef, type BureauConfig, JinshuiError, type PluginState } from "@jinshui/contracts";
import { type AuditTrail, type Database, type StorageService } from "@jinshui/storage";
import type { Definitions } from "@jinshui/workflow";
import { Deliveries, registerDeliveries } from "./deliveries.js";
import { DesiredPlugins } from "./desired.js";
import { assetFile, discoverPlugins, type InstalledPlugin } from "./installed-plugin.js";
import { mayLess } from "./may-less.js";
import { PluginRunner, type Timings, TIMINGS } from "./plugin-runner.js";
import type { Phase } from "./reducer.js";
import { dependentsOf, inOrder, requiredBy } from "./requirements.js";
import { Guard } from "./sandbox/guard.js";
import { SUPERVISOR_TABLES } from "./tables.js";

export interface SupervisorOptions {
  database: Database;
  bus: Bus;
  servers: string;
  authority: BusAuthority;
  keeper: BusKeeper;
  trail: AuditTrail;
  /** Log of the site's own nats-server, if it has one. */
  serverLog?: string;
  /** Tells sites on one host apart. */
  site: string;
  auth: Auth;
  storage: StorageService;
  bureaus: BureauConfig[];
  pluginFolders: string[];
  /** Folders every plugin may read: shared modules. */
  readable: string[];
  log: Log;
  timings?: Partial<Timings>;
}

/** Longest wait for a change of a plugin to come to its end. */
const SETTLED_MS = 12_000;
const STATE: Record<Phase, PluginState> = {
  stopped: "disabled",
  starting: "starting",
  running: "running",
  draining: "draining",
  waiting: "failed",
  quarantined: "quarantined",
};

/** Brings plugins to the state that files and administrators want: one loop, one pure reducer per process. */
export class Supervisor {
  readonly plugins = new Map<string, InstalledPlugin>();
  readonly desired: DesiredPlugins;
  readonly #runners = new Map<string, PluginRunner>();
  readonly #deployed = new Map<string, string>();
  readonly #failedDeployments = new Map<string, string>();
  #ready: Service | undefined;
  #guard: Guard | undefined;
  #definitions: Definitions | undefined;
  readonly #turns = new Map<string, Promise<void>>();
  readonly #since = Date.now().toString(36);
  #changes = 0;

  constructor(readonly options: SupervisorOptions) {
    this.desired = new DesiredPlugins(options.database, options.bureaus);
  }

  /** Enabled plugins of a bureau; never invalid ones, or those that ask for one which is not enabled there. */
  enabledPlugins(bureau: string): string[] {
    return [...this.plugins.keys()].filter((id) => this.#isOn(id, bureau) && this.stateOf(id) !== "invalid");
  }

  #isOn(id: string, bureau: string): boolean {
    const isWhole = this.plugins.get(id)?.problems.length === 0;
    return isWhole && this.desired.of(bureau, id).enabled && this.#lackedIn(id, bureau).length === 0;
  }

  /** Plugins a plugin asks for that are not enabled in a bureau. */
  #lackedIn(id: string, bureau: string): InstalledPlugin[] {
    return requiredBy(this.require(id)).flatMap((required) => {
      const plugin = this.plugins.get(required);
      // one that is not installed makes the plugin invalid, which is said elsewhere
      return plugin && plugin.id !== id && !this.#isOn(required, bureau) ? [plugin] : [];
    });
  }

  /** Bureaus in which a plugin is on. */
  #bureausOf(id: string): string[] {
    return this.desired.bureausOf(id).filter((bureau) => this.#lackedIn(id, bureau).length === 0);
  }

  /** Changes whenever a plugin does. */
  get revision(): string {
    return `${this.#since}-${this.#changes}`;
  }

  /** Finds plugins and what is wanted of them; before anybody is served, or a matter of theirs would be told not to exist. */
  async load(): Promise<void> {
    await this.options.database.ensureTables(SUPERVISOR_TABLES);
    this.discover();
    await this.desired.load();
  }

  /** Finds plugins, deploys those that are wanted and starts their processes. Definitions come late: workflow asks this one what is enabled. */
  async start(definitions: Definitions): Promise<void> {
    this.#definitions = definitions;
    await this.load();
    this.#guard = await Guard.open({
      ...this.options,
      bureausOf: (plugin) => this.#concernedBy(plugin),
      cut: (plugin, why) => this.#runners.get(plugin)?.cut(why),
    });
    this.#ready = await this.options.bus.respond("jinshui.control.v1.*.ready", "supervisor", (_input, { subject }) => {
      void this.#runners.get(subject.split(".")[3] ?? "")?.ready();
      return Promise.resolve({});
    });
    for (const { id } of inOrder(this.plugins)) await this.#reconcile(id);
    this.#publishCatalogue();
  }

  /** Where it is on; of one that is on nowhere the bureaus above all others hear. */
  #concernedBy(plugin: string): string[] {
    const on = this.desired.bureausOf(plugin);
    return on.length > 0
      ? on
      : this.options.bureaus.flatMap(({ bureau, parent }) => (parent === undefined ? [bureau] : []));
  }

  /** Why something does not hold for plugins on this host; nothing before the start. */
  get confinement(): Guard["sandbox"]["reasons"] | undefined {
    return this.#guard?.sandbox.reasons;
  }

  /** Takes note of what a part of the kernel has told of a caller. */
  misuse(misuse: Misuse): void {
    this.#guard?.misuse(misuse);
  }

  /** Takes up plugins whose folders have come since. */
  discover(): void {
    for (const plugin of discoverPlugins(this.options.pluginFolders, this.options.readable)) {
      if (this.plugins.has(plugin.id)) continue;
      this.plugins.set(plugin.id, plugin);
      this.#changes += 1;
      if (plugin.problems.length > 0)
        this.options.log.error({ plugin: plugin.id, problems: plugin.problems }, "plugin is invalid and stays off");
    }
  }

  /**
   * Switches a plugin in a bureau and brings it there; the switch is kept, audited and announced.
   * @throws JinshuiError `conflict` for an invalid one, `plugin-missing` when it asks for one that is not enabled there,
   * `plugin-required` when enabled ones ask for it.
   */
  async setEnabled(plugin: string, bureau: string, enabled: boolean, by: ActorRef, trace: string): Promise<void> {
    if (!this.plugins.has(plugin)) this.discover();
    const installed = this.require(plugin);
    if (enabled && installed.problems.length > 0) {
      throw new JinshuiError("conflict", `${plugin} is invalid: ${installed.problems[0]?.message ?? ""}`, {
        details: { plugin, problems: installed.problems },
      });
    }
    this.#checkOthers(plugin, bureau, enabled);
    await this.options.database.transaction(async (tx) => {
      await this.desired.set(tx, bureau, plugin, enabled, by);
      tx.audit({
        bureau,
        actor: by,
        action: enabled ? "enable" : "disable",
        resource: `plugin/${plugin}`,
        after: { version: installed.version },
        trace,
      });
    });
    await this.#reconcile(plugin);
    for (const { id } of dependentsOf(plugin, this.plugins)) await this.#reconcile(id);
    await this.settled(plugin, SETTLED_MS);
    // only now, so that what was under way in the bureau could be finished
    this.#publishCatalogue();
    await this.#announce(bureau);
  }

  #checkOthers(plugin: string, bureau: string, enabled: boolean): void {
    const others = enabled
      ? this.#lackedIn(plugin, bureau)
      : [...this.plugins.values()].filter(
          (other) => requiredBy(other).includes(plugin) && other.id !== plugin && this.#isOn(other.id, bureau),
        );
    if (others.length === 0) return;
    const ids = others.map(({ id }) => id).join(", ");
    const details = {
      plugin,
      bureau,
      plugins: others.map(({ id, content }) => ({ id, title: content?.manifest.title ?? { "zh-CN": id } })),
    };
    throw enabled
      ? new JinshuiError("plugin-missing", `${plugin} asks for ${ids}; enable that in ${bureau} first`, { details })
      : new JinshuiError("plugin-required", `${ids} of ${bureau} asks for ${plugin}; disable that first`, { details });
  }

  /**
   * Reads a plugin's folder again, deploys what changed and exchanges the process in good order; also of one in quarantine.
   * Plugins that ask for it are deployed again too: what they take from it may have changed.
   * @throws JinshuiError `conflict` when the folder is invalid by now, or no longer fits one that asks for it: what runs goes on
   * as it is.
   */
  async restart(plugin: string, bureau: string, by: ActorRef, trace: string): Promise<void> {
    const before = this.require(plugin);
    await this.#readAgain(plugin);
    const { version } = this.require(plugin);
    await this.options.database.transaction((tx) => {
      tx.audit({ bureau, actor: by, action: "restart", resource: `plugin/${plugin}`, after: { version }, trace });
      return Promise.resolve();
    });
    this.#deployed.delete(plugin);
    await this.#reconcile(plugin);
    for (const { id } of dependentsOf(plugin, this.plugins)) {
      this.#deployed.delete(id);
      await this.#reconcile(id);
    }
    this.#runners.get(plugin)?.restart(mayLess(before, this.require(plugin)));
    await this.settled(plugin, SETTLED_MS);
    this.#publishCatalogue();
    for (const enabled of this.#bureausOf(plugin)) await this.#announce(enabled);
  }

  async #readAgain(plugin: string): Promise<void> {
    const before = this.require(plugin);
    const found = discoverPlugins(this.options.pluginFolders, this.options.readable);
    const now = found.find(({ id }) => id === plugin);
    if (!now || (now.problems.length > 0 && before.problems.length === 0)) {
      const [problem] = now?.problems ?? [{ file: "package.json", message: "is not there" }];
      throw new JinshuiError("conflict", `${plugin} can't be read anew: ${problem?.file}: ${problem?.message}`, {
        details: { plugin, problems: now?.problems ?? [] },
      });
    }
    const unfit = found.find(
      (other) =>
        requiredBy(other).includes(plugin) &&
        other.problems.length > 0 &&
        this.plugins.get(other.id)?.problems.length === 0 &&
        this.#bureausOf(other.id).length > 0,
    );
    if (unfit)
      throw new JinshuiError(
        "conflict",
        `${plugin} ${now.version} does not fit ${unfit.id}, which ${unfit.problems[0]?.message ?? ""}`,
        { details: { plugin, problems: unfit.problems } },
      );
    await this.options.storage.checkCollections(plugin, now.content?.collections ?? [], now.content?.manifest.data);
    this.plugins.set(plugin, now);
    const runner = this.#runners.get(plugin);
    if (runner) runner.options.plugin = now;
  }

  /** The plugin's state as soon as it neither starts nor drains, or after `waitMs`. */
  async settled(plugin: string, waitMs: number): Promise<PluginState> {
    for (const end = Date.now() + waitMs; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 15))) {
      if (!["starting", "draining"].includes(this.stateOf(plugin))) break;
    }
    return this.stateOf(plugin);
  }

  require(plugin: string): InstalledPlugin {
    const installed = this.plugins.get(plugin);
    if (!installed) throw new JinshuiError("not-found", `There is no plugin ${plugin}`, { details: { plugin } });
    return installed;
  }

  runner(plugin: string): PluginRunner | undefined {
    return this.#runners.get(plugin);
  }

  stateOf(plugin: string): PluginState {
    const installed = this.plugins.get(plugin);
    if (!installed || installed.problems.length > 0 || this.#failedDeployments.has(plugin)) return "invalid";
    const runner = this.#runners.get(plugin);
    if (runner) return STATE[runner.state.phase];
    return this.#deployed.has(plugin) && this.#bureausOf(plugin).length > 0 ? "running" : "disabled";
  }

  problemOf(plugin: string): string | undefined {
    const [first] = this.plugins.get(plugin)?.problems ?? [];
    return first
      ? `${first.file}: ${first.message}`
      : (this.#failedDeployments.get(plugin) ?? this.#runners.get(plugin)?.problem ?? this.#lack(plugin));
  }

  #lack(plugin: string): string | undefined {
    for (const bureau of this.plugins.has(plugin) ? this.desired.bureausOf(plugin) : [])
      for (const { id } of this.#lackedIn(plugin, bureau))
        return `asks for ${id}, which is ${this.stateOf(id) === "invalid" ? "invalid" : `not enabled in ${bureau}`}`;
    return undefined;
  }

  /** A file of an enabled plugin that browsers may have, or nothing. */
  assetPath(plugin: string, version: string, path: string): string | undefined {
    const installed = this.plugins.get(plugin);
    if (!installed?.content || installed.version !== version || this.#bureausOf(plugin).length === 0) return undefined;
    return assetFile(installed, path);
  }

  /** Drains all plugins. */
  async stop(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
    await this.#ready?.drain();
    await this.#guard?.stop();
  }

  /** One change of a plugin at a time. */
  #reconcile(id: string): Promise<void> {
    const turn = (this.#turns.get(id) ?? Promise.resolve()).then(() => this.#change(id));
    this.#turns.set(
      id,
      turn.catch(() => undefined),
    );
    return turn;
  }

  async #change(id: string): Promise<void> {
    const plugin = this.plugins.get(id);
    if (!plugin?.content || plugin.problems.length > 0) return;
    const bureaus = this.#bureausOf(id);
    let runner = this.#runners.get(id);
    if (bureaus.length > 0) {
      await this.#deploy(plugin);
      if (this.#failedDeployments.has(id)) return;
      if (!runner && plugin.content.manifest.server) this.#runners.set(id, (runner = this.#newRunner(plugin)));
      // rights of new bureaus come before their first request
      if (bureaus.some((bureau) => !runner?.bureaus.includes(bureau))) this.#publishCatalogue();
    }
    await runner
      ?.setBureaus(bureaus)
      .catch((error: unknown) =>
        this.options.log.warn({ plugin: id, error: String(error) }, "plugin did not take its bureaus"),
      );
  }

  #newRunner(plugin: InstalledPlugin): PluginRunner {
    const { bus, servers, log, readable, database } = this.options;
    const guard = this.#guard;
    if (!guard) throw new JinshuiError("internal", "plugins are not started yet");
    const timings = { ...TIMINGS, ...this.options.timings };
    return new PluginRunner({
      plugin,
      bus,
      servers,
      log,
      readable,
      timings,
      deliveries: new Deliveries(plugin.id, bus, database, log),
      guard,
      grants: () => this.plugins.get(plugin.id)?.content?.manifest.grants ?? { apis: [] },
      onChange: () => {
        this.#changes += 1;
        for (const bureau of this.#bureausOf(plugin.id)) void this.#announce(bureau).catch(() => undefined);
      },
    });
  }

  /** Hands a plugin's data to storage, workflow and the bus; once per version of the process. A failure keeps the plugin off. */
  async #deploy(plugin: InstalledPlugin): Promise<void> {
    const { content } = plugin;
    if (!content || this.#deployed.get(plugin.id) === plugin.version) return;
    const { manifest, collections, formats, processes, forms } = content;
    try {
      const invalid = requiredBy(plugin).find((id) => this.stateOf(id) === "invalid");
      if (invalid !== undefined)
        throw new Error(`asks for ${invalid}, which is invalid: ${this.problemOf(invalid) ?? ""}`);
      await this.options.storage.ensureCollections(plugin.id, collections, formats, manifest.data);
      await this.#definitions?.deployPlugin(plugin.id, processes, forms, manifest.contributes.jobs ?? []);
      await registerDeliveries(this.options.database, this.options.bus, manifest);
      this.#deployed.set(plugin.id, plugin.version);
      this.#failedDeployments.delete(plugin.id);
    } catch (error) {
      this.#failedDeployments.set(plugin.id, error instanceof Error ? error.message : String(error));
      this.options.log.error({ plugin: plugin.id, error: String(error) }, "plugin could not be deployed and stays off");
    }
  }

  #publishCatalogue(): void {
    const permissions = new Map(
      [...this.plugins.values()].map(({ id, content }) => [id, content?.manifest.contributes.permissions ?? []]),
    );
    const enabled = new Map(this.options.bureaus.map(({ bureau }) => [bureau, new Set(this.enabledPlugins(bureau))]));
    this.options.auth.access.setCatalogue({ permissions, enabled });
    this.#changes += 1;
  }

  async #announce(bureau: string): Promise<void> {
    await this.options.database.transaction((tx) =>
      Promise.resolve(tx.event({ bureau, source: "supervisor", name: "plugins-changed", data: {} })),
    );
  }
}
