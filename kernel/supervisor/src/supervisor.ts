import type { Misuse, Service } from "@jinshui/bus";
import { type ActorRef, JinshuiError, type PluginState } from "@jinshui/contracts";
import type { Definitions } from "@jinshui/workflow";
import { assetFile, type InstalledPlugin } from "./installed-plugin.js";
import { type PluginRunner, TIMINGS } from "./plugin-runner.js";
import { Reconciler } from "./reconciler.js";
import { PURGE_TABLE, Purges } from "./purges.js";
import type { Releases } from "./releases.js";
import { dependentsOf, inOrder, requiredBy } from "./requirements.js";
import { Guard } from "./sandbox/guard.js";
import { openClock } from "./schedules/open-clock.js";
import type { ScheduleClock } from "./schedules/schedule-clock.js";
import { PluginSettings } from "./settings/plugin-settings.js";
import type { SupervisorOptions } from "./supervisor-options.js";
import { SUPERVISOR_TABLES } from "./tables.js";
import { VersionChanges } from "./version-changes.js";
import { Wanted } from "./wanted.js";

/** Longest wait for a change of a plugin to come to its end. */
const SETTLED_MS = 12_000;

/** Brings plugins to the state that files and administrators want: one loop, one pure reducer per process. */
export class Supervisor {
  readonly wanted: Wanted;
  readonly purges: Purges;
  readonly settings: PluginSettings;
  readonly #schedules: ScheduleClock;
  readonly #versionChanges: VersionChanges;
  readonly #reconciler: Reconciler;
  #ready: Service | undefined;
  #guard: Guard | undefined;
  #definitions: Definitions | undefined;
  readonly #since = Date.now().toString(36);
  #changes = 0;

  constructor(readonly options: SupervisorOptions) {
    const { safeMode = false, ...others } = options;
    this.wanted = new Wanted({ ...others, folders: options.pluginFolders, safeMode });
    this.purges = new Purges({
      ...others,
      versions: (plugin) => this.releases.versions(plugin),
      isOn: (plugin, bureau) => this.wanted.desired.of(bureau, plugin).enabled,
    });
    this.settings = new PluginSettings(options.database, options.seal);
    this.#schedules = openClock(this);
    const timings = { ...TIMINGS, ...options.timings };
    const announce = async (bureaus: readonly string[]): Promise<void> => {
      for (const bureau of bureaus) await this.#announce(bureau);
    };
    this.#versionChanges = new VersionChanges({
      ...others,
      wanted: this.wanted,
      probationMs: timings.probationMs,
      reconcile: (plugin) => this.#reconciler.reconcileAll(plugin),
      changed: (bureaus) => {
        this.#publishCatalogue();
        return announce(bureaus);
      },
    });
    this.#reconciler = new Reconciler({
      ...others,
      timings,
      wanted: this.wanted,
      settings: this.settings,
      guard: () => {
        if (!this.#guard) throw new JinshuiError("internal", "plugins are not started yet");
        return this.#guard;
      },
      definitions: () => this.#definitions,
      keep: (placements) => this.#versionChanges.keep(placements),
      failed: (plugin, reason) => this.#versionChanges.failed(plugin, reason),
      publish: () => this.#publishCatalogue(),
      changed: (plugin) => {
        this.#changes += 1;
        void announce(this.wanted.bureausOf(plugin)).catch(() => undefined);
      },
    });
  }

  /** What is installed. */
  get releases(): Releases {
    return this.wanted.releases;
  }

  /** Enabled plugins of a bureau; never invalid ones, or those that ask for one which is not enabled there. */
  enabledPlugins(bureau: string): string[] {
    return this.releases.ids().filter((id) => this.wanted.isOn(id, bureau) && this.stateOf(id) !== "invalid");
  }

  /** Whether a plugin's jobs may lend archives and dispose of them, in the version that a bureau has. */
  mayKeepArchives(plugin: string, bureau: string): boolean {
    return this.releaseIn(plugin, bureau)?.content?.manifest.grants.archives === true;
  }

  /** Changes whenever a plugin does. */
  get revision(): string {
    return `${this.#since}-${this.#changes}`;
  }

  /** Finds plugins and what is wanted of them; before anybody is served, or a matter of theirs would be told not to exist. */
  async load(): Promise<void> {
    await this.options.database.ensureTables([...SUPERVISOR_TABLES, PURGE_TABLE]);
    await this.discover();
    await this.wanted.load();
  }

  /** Finds plugins, deploys those that are wanted and starts their processes. Definitions come late: workflow asks this one what is enabled. */
  async start(definitions: Definitions): Promise<void> {
    this.#definitions = definitions;
    await this.load();
    this.#guard = await Guard.open({
      ...this.options,
      bureausOf: (plugin) => this.#concernedBy(plugin),
      cut: (plugin, why) => this.#reconciler.cut(plugin, why),
      renew: (plugin) => this.#reconciler.renew(plugin),
    });
    this.#ready = await this.options.bus.respond(
      "jinshui.control.v1.*.ready.*",
      "supervisor",
      (_input, { subject }) => {
        const [, , , plugin = "", , run = ""] = subject.split(".");
        this.#reconciler.ready(plugin, run);
        return Promise.resolve({});
      },
    );
    for (const id of inOrder(this.releases.requirements())) await this.#reconciler.reconcile(id).catch(() => undefined);
    this.#publishCatalogue();
    await this.purges.resume();
    this.#schedules.start();
  }

  /** Where it is on; of one that is on nowhere the bureaus above all others hear. */
  #concernedBy(plugin: string): string[] {
    const on = this.wanted.desired.bureausOf(plugin);
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

  /** Takes up plugins that have come since. */
  async discover(): Promise<void> {
    for (const { id, version, problems } of await this.releases.discover()) {
      this.#changes += 1;
      if (problems.length > 0)
        this.options.log.error({ plugin: id, version, problems }, "plugin is invalid and stays off");
    }
  }

  /**
   * Switches a plugin in a bureau and brings it there; the switch is kept, audited and announced.
   * @throws JinshuiError `conflict` for an invalid one, `plugin-missing` when it asks for one that is not enabled there,
   * `plugin-required` when enabled ones ask for it.
   */
  async setEnabled(plugin: string, bureau: string, enabled: boolean, by: ActorRef, trace: string): Promise<void> {
    if (!this.releases.get(plugin)) await this.discover();
    this.releases.require(plugin);
    const installed = this.wanted.in(bureau, plugin);
    if (enabled && installed) requireWhole(installed);
    this.wanted.requireSwitchable(plugin, bureau, enabled);
    if (enabled) this.purges.requireNone(plugin, bureau);
    if (enabled && installed) await this.#requirePassed(installed);
    await this.options.database.transaction(async (tx) => {
      await this.wanted.desired.set(tx, bureau, plugin, enabled, by);
      tx.audit({
        bureau,
        actor: by,
        action: enabled ? "enable" : "disable",
        resource: `plugin/${plugin}`,
        after: { version: installed?.version },
        trace,
      });
    });
    await this.#reconciler.reconcileAll(plugin);
    await this.settled(plugin, SETTLED_MS);
    // only now, so that what was under way in the bureau could be finished
    this.#publishCatalogue();
    await this.#announce(bureau);
  }

  /**
   * Gives bureaus another version of a plugin: it runs beside the one they have, takes its place without a request being lost,
   * and goes back by itself when it fails within the next minute. Nothing changes for anybody when it does not start.
   * @throws JinshuiError `not-found`, `conflict` (invalid, does not fit what others ask for, or what is stored),
   * `plugin-failed` when it did not start.
   */
  async setVersion(plugin: string, version: string, bureaus: string[], by: ActorRef, trace: string): Promise<void> {
    await this.discover();
    const next = this.releases.require(plugin, version);
    requireWhole(next);
    this.wanted.requireFit(next, bureaus);
    await this.#checkStored(next, bureaus);
    await this.#requirePassed(next);
    await this.#versionChanges.make(plugin, version, bureaus, by, trace);
  }

  /** Plugins by id, each in the version that runs or would: what a new one has to fit. */
  inUse(): Map<string, InstalledPlugin> {
    return new Map(
      this.releases.ids().flatMap((id) => {
        const plugin = this.wanted.inUse(id).at(-1);
        return plugin ? [[id, plugin] as const] : [];
      }),
    );
  }

  /** @throws JinshuiError when what bureaus have stored does not fit a plugin's collections, or its version of them. */
  async checkStored(plugin: InstalledPlugin): Promise<void> {
    await this.#checkStored(plugin, this.wanted.bureausOf(plugin.id));
  }

  /** Tries a package in the background, so that who enables it later need not wait. */
  tryOut(plugin: string, version: string): void {
    const { trials, log } = this.options;
    const installed = this.releases.get(plugin, version);
    if (installed)
      void trials?.start(installed, this.#requiredBy(installed)).catch((error: unknown) => {
        log.error({ plugin, version, error: String(error) }, "package could not be tried");
      });
  }

  async #requirePassed(plugin: InstalledPlugin): Promise<void> {
    await this.options.trials?.require(plugin, this.#requiredBy(plugin));
  }

  /** Plugins that one asks for, and what those ask for, as they are in use. */
  #requiredBy(plugin: InstalledPlugin): InstalledPlugin[] {
    const known = this.inUse();
    const found = new Map<string, InstalledPlugin>();
    const add = (asking: InstalledPlugin): void => {
      for (const id of requiredBy(asking)) {
        const required = known.get(id);
        if (!required || found.has(id) || id === plugin.id) continue;
        found.set(id, required);
        add(required);
      }
    };
    add(plugin);
    return [...found.values()];
  }

  async #checkStored({ id, content }: InstalledPlugin, bureaus: string[]): Promise<void> {
    const { collections = [], manifest } = content ?? {};
    const data = manifest?.data;
    await this.options.storage.checkCollections(id, { collections, bureaus, ...(data ? { data } : {}) });
  }

  /**
   * Reads a plugin's folder again, deploys what changed and exchanges the process in good order; also of one in quarantine.
   * Plugins that ask for it are deployed again too: what they take from it may have changed.
   * @throws JinshuiError `conflict` when the folder is invalid by now, or no longer fits one that asks for it, `plugin-failed` when
   * it does not start any more: what runs goes on as it is.
   */
  async restart(plugin: string, bureau: string, by: ActorRef, trace: string): Promise<void> {
    const exchanged = this.wanted.inUse(plugin);
    const again: [InstalledPlugin, InstalledPlugin][] = [];
    for (const before of exchanged) again.push([before, await this.#readAgain(before)]);
    const versions = again.map(([, { version }]) => version).join(", ");
    await this.options.database.transaction((tx) => {
      tx.audit({
        bureau,
        actor: by,
        action: "restart",
        resource: `plugin/${plugin}`,
        after: { version: versions },
        trace,
      });
      return Promise.resolve();
    });
    for (const [before, now] of again) this.releases.replace(before, now);
    this.#reconciler.forget(plugin);
    try {
      await this.#reconciler.reconcile(plugin);
    } catch (error) {
      for (const [before, now] of again) this.releases.replace(now, before);
      this.#reconciler.forget(plugin);
      await this.#reconciler.reconcile(plugin);
      throw error;
    }
    for (const id of dependentsOf(plugin, this.releases.requirements())) {
      this.#reconciler.forget(id);
      await this.#reconciler.reconcile(id);
    }
    await this.settled(plugin, SETTLED_MS);
    this.#publishCatalogue();
    for (const enabled of this.wanted.bureausOf(plugin)) await this.#announce(enabled);
  }

  async #readAgain(before: InstalledPlugin): Promise<InstalledPlugin> {
    const { id } = before;
    const now = this.releases.readAgain(before);
    if (now.problems.length > 0 && before.problems.length === 0) {
      const [problem] = now.problems;
      throw new JinshuiError("conflict", `${id} can't be read anew: ${problem?.file}: ${problem?.message}`, {
        details: { plugin: id, problems: now.problems },
      });
    }
    const bureaus = this.wanted.bureausOf(id).filter((bureau) => this.wanted.in(bureau, id) === before);
    this.wanted.requireFit(now, bureaus);
    await this.#checkStored(now, bureaus);
    return now;
  }

  /** The plugin's state as soon as it neither starts nor drains, or after `waitMs`. */
  async settled(plugin: string, waitMs: number): Promise<PluginState> {
    for (const end = Date.now() + waitMs; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 15))) {
      if (!["starting", "draining"].includes(this.stateOf(plugin))) break;
    }
    return this.stateOf(plugin);
  }

  /** The version that a bureau has. */
  releaseIn(id: string, bureau: string): InstalledPlugin | undefined {
    return this.#reconciler.releaseIn(id, bureau);
  }

  /** Processes of a plugin's versions in use, the oldest version first. */
  runners(plugin: string): readonly PluginRunner[] {
    return this.#reconciler.runners(plugin);
  }

  runner(plugin: string): PluginRunner | undefined {
    return this.runners(plugin).at(-1);
  }

  stateOf(plugin: string): PluginState {
    return this.#reconciler.stateOf(plugin);
  }

  problemOf(plugin: string): string | undefined {
    return this.#reconciler.problemOf(plugin);
  }

  /** A file of an enabled plugin that browsers may have, or nothing; of any version installed, since pages are open for hours. */
  assetPath(plugin: string, version: string, path: string): string | undefined {
    const installed = this.releases.get(plugin, version);
    if (!installed?.content || this.wanted.bureausOf(plugin).length === 0) return undefined;
    return assetFile(installed, path);
  }

  /** Drains all plugins. */
  async stop(): Promise<void> {
    await this.purges.stop();
    await this.#schedules.stop();
    await this.#reconciler.stop();
    await this.#ready?.drain();
    await this.#guard?.stop();
  }

  #publishCatalogue(): void {
    const catalogue = this.options.bureaus.map(({ bureau }) => {
      const plugins = this.enabledPlugins(bureau).map((id) => {
        const { manifest } = this.releaseIn(id, bureau)?.content ?? {};
        return [id, manifest?.contributes.permissions ?? []] as const;
      });
      return [bureau, new Map(plugins)] as const;
    });
    this.options.auth.access.setCatalogue(new Map(catalogue));
    this.#changes += 1;
  }

  async #announce(bureau: string): Promise<void> {
    await this.options.database.transaction((tx) =>
      Promise.resolve(tx.event({ bureau, source: "supervisor", name: "plugins-changed", data: {} })),
    );
  }
}

function requireWhole({ id, version, problems }: InstalledPlugin): void {
  if (problems.length === 0) return;
  throw new JinshuiError("conflict", `${id} is invalid: ${problems[0]?.message ?? ""}`, {
    details: { plugin: id, version, problems },
  });
}
