import type { PluginManifest, PluginState } from "@jinshui/contracts";
import type { Deliveries, Receiver } from "./deliveries.js";
import type { InstalledPlugin } from "./installed-plugin.js";
import { mayLess } from "./may-less.js";
import { PluginRunner, type RunnerOptions } from "./plugin-runner.js";
import type { Phase } from "./reducer.js";
import type { Guest, Taken } from "./shared-hosts.js";
import type { Placement } from "./wanted.js";

export interface LifeOptions extends Omit<
  RunnerOptions,
  "plugin" | "grants" | "settingsIn" | "onFigures" | "onChange" | "share"
> {
  id: string;
  deliveries: (receiver: Deliveries["receiver"]) => Deliveries;
  grantsOf: (plugin: InstalledPlugin) => RunnerOptions["grants"];
  settingsOf: (plugin: InstalledPlugin, bureau: string) => ReturnType<RunnerOptions["settingsIn"]>;
  /** A place in a process that a plugin shares, if it may. */
  share: (plugin: InstalledPlugin, guest: Guest) => Promise<Taken | undefined>;
  /** Called after every change of a process's phase. */
  onChange: (runner: PluginRunner) => void;
  onFigures: (runner: PluginRunner, figures: Parameters<RunnerOptions["onFigures"]>[0]) => void;
}

/** Worst first: what the state of the whole is called after. */
const STATES: [Phase, PluginState][] = [
  ["quarantined", "quarantined"],
  ["waiting", "failed"],
  ["starting", "starting"],
  ["running", "running"],
  ["draining", "draining"],
  ["stopped", "disabled"],
];

/**
 * The processes of one plugin: one for each version in use, and for a moment two where one takes another's place. The new one
 * runs before it is given a bureau, and serves that before the old one lets go of it, so no request finds nobody.
 */
export class PluginLife {
  #runners: PluginRunner[] = [];
  readonly #leaving = new Set<PluginRunner>();
  readonly #deliveries: Deliveries;

  constructor(readonly options: LifeOptions) {
    this.#deliveries = options.deliveries((bureau) => this.#receiver(bureau));
  }

  /** Processes of versions in use, the oldest version first. */
  get runners(): readonly PluginRunner[] {
    return this.#runners;
  }

  /** The process of a version as it was read, if there is one. */
  of(plugin: InstalledPlugin): PluginRunner | undefined {
    return this.#runners.find(({ options }) => options.plugin === plugin);
  }

  get state(): PluginState {
    const runners = [...this.#runners, ...this.#leaving];
    return STATES.find(([phase]) => runners.some(({ state }) => state.phase === phase))?.[1] ?? "disabled";
  }

  /**
   * Starts processes for versions that are to take a running one's place, without giving them anything to do.
   * @returns Those processes, or why one did not start; then none of them is left.
   */
  async prepare(wanted: readonly Placement[]): Promise<{ candidates: PluginRunner[]; failed?: PluginRunner }> {
    const served = new Set(this.#runners.flatMap(({ state, bureaus }) => (state.phase === "running" ? bureaus : [])));
    const candidates = wanted
      .filter(({ plugin, bureaus }) => !this.of(plugin) && bureaus.some((bureau) => served.has(bureau)))
      .map(({ plugin }) => this.#runner(plugin));
    for (const candidate of candidates) {
      this.#leaving.add(candidate);
      candidate.launch();
    }
    const up = await Promise.all(candidates.map((candidate) => candidate.isUp()));
    const failed = candidates[up.indexOf(false)];
    if (failed) this.discard(candidates);
    return { candidates, ...(failed ? { failed } : {}) };
  }

  /** Ends processes that were prepared and are not wanted after all. */
  discard(candidates: readonly PluginRunner[]): void {
    for (const candidate of candidates) candidate.leave(true);
  }

  /**
   * Gives each version its bureaus. Those that come get them first; `flip` is called when all serve, and then those that go are
   * told. A process that may do less than the one before it takes its place at once.
   */
  async place(wanted: readonly Placement[], candidates: readonly PluginRunner[], flip: () => void): Promise<void> {
    const next = wanted.map(({ plugin, bureaus }) => {
      const runner =
        this.of(plugin) ?? candidates.find(({ options }) => options.plugin === plugin) ?? this.#runner(plugin);
      return { runner, bureaus };
    });
    const going = this.#runners.filter((runner) => !next.some((each) => each.runner === runner));
    // one that nobody wants may be wanted again: it stays, as the plugin's own
    const last = next.length === 0 ? going.splice(-1) : [];
    const before = this.#runners;
    this.#runners = [...next.map(({ runner }) => runner), ...last];
    for (const { runner } of next) this.#leaving.delete(runner);
    for (const runner of going) this.#leaving.add(runner);
    try {
      await Promise.all(
        next.map(async ({ runner, bureaus }) => {
          const taken = runner.setBureaus([...new Set([...runner.bureaus, ...bureaus])]);
          // what takes no one's place is told again when it comes to itself
          await (candidates.includes(runner) ? taken : taken.catch(() => undefined));
        }),
      );
    } catch (error) {
      this.#runners = before;
      for (const runner of going) this.#leaving.delete(runner);
      this.discard(candidates);
      throw error;
    }
    flip();
    for (const runner of going) {
      const heirs = next.filter(({ bureaus }) => bureaus.some((bureau) => runner.bureaus.includes(bureau)));
      runner.leave(
        heirs.length === 0 || heirs.some((heir) => mayLess(runner.options.plugin, heir.runner.options.plugin)),
      );
    }
    this.#changed();
    await Promise.all([
      ...next.map(({ runner, bureaus }) => runner.setBureaus(bureaus)),
      ...last.map((runner) => runner.setBureaus([])),
    ]);
  }

  /** A process says that it serves. */
  ready(run: string): void {
    for (const runner of [...this.#runners, ...this.#leaving]) void runner.ready(run);
  }

  /** Ends its processes, which counts as failures of the plugin's own. */
  cut(why: string): void {
    for (const runner of [...this.#runners, ...this.#leaving]) runner.cut(why);
  }

  /** Gives its processes new credentials. */
  renew(): void {
    for (const runner of [...this.#runners, ...this.#leaving]) void runner.renew();
  }

  /** Drains and ends all processes. */
  async stop(): Promise<void> {
    await Promise.all([...this.#runners, ...this.#leaving].map((runner) => runner.stop()));
    await this.#deliveries.stop();
  }

  #runner(plugin: InstalledPlugin): PluginRunner {
    const runner: PluginRunner = new PluginRunner({
      ...this.options,
      plugin,
      grants: this.options.grantsOf(plugin),
      share: (guest) => this.options.share(plugin, guest),
      settingsIn: (bureau) => this.options.settingsOf(plugin, bureau),
      onChange: () => {
        this.#changed();
        this.options.onChange(runner);
      },
      onFigures: (figures) => this.options.onFigures(runner, figures),
    });
    return runner;
  }

  /** Jobs and events are pulled while a process runs. */
  #changed(): void {
    for (const runner of this.#leaving)
      if (runner.state.phase === "stopped" && !runner.state.wanted) this.#leaving.delete(runner);
    const manifests = this.#runners.flatMap(({ options }): PluginManifest[] =>
      options.plugin.content ? [options.plugin.content.manifest] : [],
    );
    if (this.#runners.some(({ state }) => state.phase === "running")) this.#deliveries.start(manifests);
    else void this.#deliveries.stop();
  }

  #receiver(bureau: string): Receiver | "nobody" | undefined {
    const runner = this.#runners.find(({ bureaus }) => bureaus.includes(bureau));
    if (!runner) return "nobody";
    return runner.state.phase === "running" ? runner : undefined;
  }
}
