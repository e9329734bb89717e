import type { Bus, Log } from "@jinshui/bus";
import { JinshuiError, type PluginState } from "@jinshui/contracts";
import type { Database, StorageService } from "@jinshui/storage";
import type { Definitions } from "@jinshui/workflow";
import { availableParallelism } from "node:os";
import limitFunctions from "p-limit";
import { API_VERSIONS, type ApiVersions, majorsOf } from "./api-versions.js";
import { Deliveries } from "./deliveries.js";
import { deployVersions } from "./deploy.js";
import type { InstalledPlugin } from "./installed-plugin.js";
import { PluginLife } from "./plugin-life.js";
import type { Figures, PluginRunner, Timings } from "./plugin-runner.js";
import { isWorse } from "./probation.js";
import type { PackageSource } from "./releases.js";
import { dependentsOf, requiredBy } from "./requirements.js";
import { SharedHosts } from "./shared-hosts.js";
import type { Guard } from "./sandbox/guard.js";
import type { PluginSettings } from "./settings/plugin-settings.js";
import type { Placement, Wanted } from "./wanted.js";

export interface ReconcilerOptions {
  database: Database;
  bus: Bus;
  servers: string;
  storage: StorageService;
  readable: string[];
  packages?: PackageSource;
  /** Versions of the kernel's APIs that are served; those of this kernel when absent. */
  apis?: ApiVersions;
  /** Main module of processes that plugins share, and the folders with plugins; absent where each has its own. */
  sharedHost?: { main: string; folders: readonly string[] };
  log: Log;
  timings: Timings;
  wanted: Wanted;
  settings: PluginSettings;
  guard: () => Guard;
  definitions: () => Definitions | undefined;
  /** Called before versions of packages are placed. */
  keep: (placements: readonly Placement[]) => Promise<void>;
  /** Called when a version in use fails. */
  failed: (plugin: InstalledPlugin, reason: string) => void;
  /** What bureaus have is other than before. */
  publish: () => void;
  /** The state of a plugin's process is another. */
  changed: (plugin: string) => void;
}

/** Brings each plugin to what is wanted of it, one change at a time: its data, and its processes. */
export class Reconciler {
  readonly #lives = new Map<string, PluginLife>();
  /** What bureaus have now, by plugin; not yet what is wanted while one version takes another's place. */
  readonly #placed = new Map<string, ReadonlyMap<string, InstalledPlugin>>();
  readonly #deployed = new Map<string, string>();
  readonly #failedDeployments = new Map<string, string>();
  /** Calls and failures of the version that was there before, by plugin. */
  readonly #before = new Map<string, Figures>();
  readonly #figures = new WeakMap<PluginRunner, Figures>();
  readonly #turns = new Map<string, Promise<void>>();
  readonly #starts = limitFunctions(Math.max(2, availableParallelism()));

  readonly #shared: SharedHosts | undefined;

  constructor(readonly options: ReconcilerOptions) {
    const { sharedHost, guard } = options;
    if (sharedHost) this.#shared = new SharedHosts({ ...options, ...sharedHost }, () => guard().sandbox);
  }

  /** The version that a bureau has. */
  releaseIn(id: string, bureau: string): InstalledPlugin | undefined {
    return this.#placed.get(id)?.get(bureau) ?? this.options.wanted.in(bureau, id);
  }

  /** Processes of a plugin's versions in use, the oldest version first. */
  runners(plugin: string): readonly PluginRunner[] {
    return this.#lives.get(plugin)?.runners ?? [];
  }

  stateOf(plugin: string): PluginState {
    const used = this.options.wanted.inUse(plugin);
    if (used.length === 0 || this.#failedDeployments.has(plugin)) return "invalid";
    if (used.every(({ problems }) => problems.length > 0)) return "invalid";
    const life = this.#lives.get(plugin);
    if (life) return life.state;
    return this.#deployed.has(plugin) && this.options.wanted.bureausOf(plugin).length > 0 ? "running" : "disabled";
  }

  problemOf(plugin: string): string | undefined {
    const [first] = this.options.wanted.inUse(plugin).flatMap(({ problems }) => problems);
    if (first) return `${first.file}: ${first.message}`;
    const ofProcess = this.runners(plugin).find(({ problem }) => problem !== undefined)?.problem;
    return this.#failedDeployments.get(plugin) ?? ofProcess ?? this.#lack(plugin);
  }

  #lack(plugin: string): string | undefined {
    for (const bureau of this.options.wanted.releases.get(plugin) ? this.options.wanted.desired.bureausOf(plugin) : [])
      for (const { id } of this.options.wanted.lackedIn(plugin, bureau))
        return `asks for ${id}, which is ${this.stateOf(id) === "invalid" ? "invalid" : `not enabled in ${bureau}`}`;
    return undefined;
  }

  /** Brings a plugin, and those that ask for it, to what is wanted. */
  async reconcileAll(plugin: string): Promise<void> {
    await this.reconcile(plugin);
    for (const id of dependentsOf(plugin, this.options.wanted.releases.requirements())) await this.reconcile(id);
  }

  /**
   * Brings a plugin to what is wanted.
   * @throws JinshuiError `plugin-failed` when a version that is to take another's place does not start; that one then goes on.
   */
  reconcile(id: string): Promise<void> {
    const turn = (this.#turns.get(id) ?? Promise.resolve()).then(() => this.#change(id));
    this.#turns.set(
      id,
      turn.catch(() => undefined),
    );
    return turn;
  }

  /** What was deployed of a plugin is deployed anew next time. */
  forget(id: string): void {
    this.#deployed.delete(id);
  }

  /** A process says that it serves. */
  ready(plugin: string, run: string): void {
    this.#lives.get(plugin)?.ready(run);
  }

  /** Ends a plugin's processes, which counts as failures of its own. */
  cut(plugin: string, why: string): void {
    this.#lives.get(plugin)?.cut(why);
  }

  /** Gives a plugin's processes new credentials. */
  renew(plugin: string): void {
    this.#lives.get(plugin)?.renew();
  }

  /** Drains all plugins. */
  async stop(): Promise<void> {
    await Promise.all([...this.#lives.values()].map((life) => life.stop()));
  }

  async #change(id: string): Promise<void> {
    const { log, keep, publish } = this.options;
    const wanted = this.options.wanted.placements(id);
    await keep(wanted);
    const placed = new Map(wanted.flatMap(({ plugin, bureaus }) => bureaus.map((bureau) => [bureau, plugin] as const)));
    const served = wanted.filter(({ plugin }) => plugin.content?.manifest.server);
    let life = this.#lives.get(id);
    const { candidates = [], failed } = (await life?.prepare(served)) ?? {};
    if (failed) throw this.#notStarted(failed);
    if (wanted.length > 0) {
      try {
        await this.#deploy(id, wanted);
      } catch (error) {
        life?.discard(candidates);
        log.error({ plugin: id, error: String(error) }, "plugin could not be deployed");
        // what runs goes on; what does not run stays off
        if ((this.#placed.get(id)?.size ?? 0) > 0) throw error;
        this.#failedDeployments.set(id, messageOf(error));
        return;
      }
      if (!life && served.length > 0) this.#lives.set(id, (life = this.#newLife(id)));
    }
    const leaving = life?.runners.find(({ options }) => !served.some(({ plugin }) => plugin === options.plugin));
    const flip = (): void => {
      const figures = leaving && this.#figures.get(leaving);
      if (figures) this.#before.set(id, figures);
      this.#placed.set(id, placed);
    };
    // rights of new bureaus come before their first request
    if ([...placed.keys()].some((bureau) => !this.#placed.get(id)?.has(bureau))) publish();
    if (!life) return flip();
    await life.place(served, candidates, flip).catch((error: unknown) => {
      if (candidates.length > 0) throw error;
      log.warn({ plugin: id, error: String(error) }, "plugin did not take its bureaus");
    });
  }

  #notStarted({ options, problem, process }: PluginRunner): JinshuiError {
    const { id, version } = options.plugin;
    return new JinshuiError("plugin-failed", `${id} ${version} did not start: ${problem ?? "no reason given"}`, {
      details: { plugin: id, version, problem, log: process?.log.slice(-40) ?? [] },
    });
  }

  #newLife(id: string): PluginLife {
    const { bus, servers, log, readable, packages, database, timings, guard, changed, failed } = this.options;
    return new PluginLife({
      id,
      bus,
      servers,
      log,
      readable,
      timings,
      guard: guard(),
      inTurn: (start) => this.#starts(start),
      share: async (plugin, guest) => {
        if (plugin.content?.manifest.server?.isolation !== "shared") return undefined;
        return this.#shared?.take(plugin.packaged === true ? (plugin.signedBy ?? "unsigned") : "site", guest);
      },
      doubts: async ({ packaged, version }) => (packaged === true ? packages?.problemOf(id, version) : undefined),
      deliveries: (receiver) => new Deliveries(id, bus, database, log, receiver),
      grantsOf: ({ content }) => {
        const { grants = { apis: [] }, requires, provides } = content?.manifest ?? {};
        const points = Object.keys(provides?.points ?? {}).length > 0;
        return { ...grants, points, majors: majorsOf(requires?.apis ?? {}, this.options.apis ?? API_VERSIONS) };
      },
      settingsOf: async ({ content }, bureau) =>
        content?.settings && this.options.settings.delivered({ plugin: id, bureau }, content.settings),
      onChange: (runner) => {
        changed(id);
        const { phase } = runner.state;
        if ((phase === "waiting" || phase === "quarantined") && this.runners(id).includes(runner))
          failed(runner.options.plugin, runner.problem ?? "its process ended");
      },
      onFigures: (runner, figures) => {
        this.#figures.set(runner, figures);
        if (isWorse(figures, this.#before.get(id)))
          failed(runner.options.plugin, `${figures.failures} of ${figures.calls} calls failed`);
      },
    });
  }

  /** Hands over the data of a plugin's versions; once while they stay the same. */
  async #deploy(id: string, wanted: readonly Placement[]): Promise<void> {
    const key = JSON.stringify(wanted.map(({ plugin, bureaus }) => [plugin.version, plugin.folder, bureaus]));
    if (this.#deployed.get(id) === key) return;
    for (const { plugin } of wanted) {
      const invalid = requiredBy(plugin).find((required) => this.stateOf(required) === "invalid");
      if (invalid !== undefined)
        throw new Error(`asks for ${invalid}, which is invalid: ${this.problemOf(invalid) ?? ""}`);
    }
    await deployVersions({ ...this.options, definitions: this.options.definitions() }, id, wanted);
    this.#deployed.set(id, key);
    this.#failedDeployments.delete(id);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
