import type { Bus, Log } from "@jinshui/bus";
import { JinshuiError, subject as subjects } from "@jinshui/contracts";
import type { BusCredential } from "@jinshui/auth";
import { type InstalledPlugin } from "./installed-plugin.js";
import { PluginProcess } from "./plugin-process.js";
import { INITIAL, type ProcessAction, type ProcessEvent, type ProcessState, reduce } from "./reducer.js";

/** How long a plugin's process is given for what. */
export interface Timings {
  readyMs: number;
  healthMs: number;
  healthTimeoutMs: number;
  /** Life of a bus credential; it is renewed at half of it. */
  credentialSeconds: number;
}
export const TIMINGS: Timings = { readyMs: 10_000, healthMs: 5_000, healthTimeoutMs: 4_000, credentialSeconds: 3_600 };
const DRAIN_MS = 10_000;

export interface RunnerOptions {
  plugin: InstalledPlugin;
  bus: Bus;
  servers: string;
  log: Log;
  readable: string[];
  timings: Timings;
  mint(): Promise<BusCredential>;
  /** Called after every change of phase. */
  onChange(): void;
}

/** Keeps one plugin's process as the reducer says: the thin edge between decisions and a real process. */
export class PluginRunner {
  state: ProcessState = INITIAL;
  problem: string | undefined;
  memoryMb: number | undefined;
  process: PluginProcess | undefined;
  bureaus: string[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #backOff: NodeJS.Timeout | undefined;
  #misses = 0;
  /** Why the supervisor itself has ended the process. */
  #cause: string | undefined;

  constructor(readonly options: RunnerOptions) {}

  /** Says which bureaus want the plugin from now on; resolves when a running process serves just these. */
  async setBureaus(bureaus: string[]): Promise<void> {
    const changed = bureaus.join() !== this.bureaus.join();
    this.bureaus = bureaus;
    this.#send({ type: "wanted", wanted: bureaus.length > 0 });
    if (changed && this.state.phase === "running") await this.#tellBureaus();
  }

  restart(): void {
    this.#send({ type: "restart" });
  }

  /** The process says that it serves, on its first connection or a later one; it runs as soon as it serves just the bureaus wanted by now. */
  async ready(): Promise<void> {
    const { process } = this;
    if (this.state.phase === "running") await this.#tellBureaus().catch(() => undefined);
    if (this.state.phase !== "starting") return;
    for (let told: string[] = []; told !== this.bureaus;) {
      told = this.bureaus;
      await this.#tellBureaus().catch(() => process?.kill());
    }
    if (this.process !== process || this.state.phase !== "starting") return;
    this.problem = undefined;
    this.#send({ type: "ready" });
    this.#watchHealth();
  }

  /** Drains and ends the process, whatever its state. */
  async stop(): Promise<void> {
    await this.setBureaus([]);
    const end = Date.now() + this.#drainMs + 1_000;
    while (this.state.phase !== "stopped" && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    this.process?.kill();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #send(event: ProcessEvent): void {
    const before = this.state.phase;
    const { state, actions } = reduce(this.state, event, Date.now());
    this.state = state;
    for (const action of actions) this.#do(action);
    if (state.phase !== before) {
      this.options.log.info(
        { plugin: this.options.plugin.id, from: before, to: state.phase, problem: this.problem },
        "plugin changed its state",
      );
      this.options.onChange();
    }
  }

  #do(action: ProcessAction): void {
    if (action.type === "spawn") void this.#spawn();
    else if (action.type === "kill") this.process?.kill();
    else if (action.type === "drain") this.#drain();
    else {
      clearTimeout(this.#backOff);
      this.#backOff = this.#later(action.ms, () => this.#send({ type: "back-off-over" }));
    }
  }

  async #spawn(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      this.problem = `could not be started: ${error instanceof Error ? error.message : String(error)}`;
      this.#send({ type: "exited" });
    }
  }

  async #start(): Promise<void> {
    const { plugin, servers, log, readable, timings } = this.options;
    const server = plugin.content?.manifest.server;
    if (!server) throw new JinshuiError("internal", `${plugin.id} has no process`);
    this.#cause = undefined;
    const credential = await this.options.mint();
    const started = new PluginProcess({
      folder: plugin.folder,
      main: server.main,
      memoryMb: server.memoryMb ?? 128,
      readable,
      start: { servers, plugin: plugin.id, bureaus: this.bureaus, credential },
      onExit: (reason) => this.#exited(started, reason),
      onLine: (line) => log.debug({ plugin: plugin.id, line: line.slice(0, 500) }, "plugin says"),
    });
    this.process = started;
    if (this.state.phase === "draining") {
      started.kill(); // it was switched off while its credential was made
      return;
    }
    this.#later(timings.readyMs, () => {
      if (this.process !== started || this.state.phase !== "starting") return;
      this.#cause = `was not ready within ${timings.readyMs / 1_000} s`;
      this.#send({ type: "start-timeout" });
    });
    this.#renew(started);
  }

  #exited(process: PluginProcess, reason: string): void {
    if (this.process !== process) return;
    if (this.state.phase !== "draining") {
      const why = this.#cause ?? reason;
      const { lastWords } = process;
      this.problem = lastWords === undefined || why.startsWith("ended by") ? why : `${why}: ${lastWords.slice(0, 300)}`;
    }
    this.#send({ type: "exited" });
  }

  #drain(): void {
    const { process } = this;
    void this.#control("drain", {}).catch(() => process?.kill());
    this.#later(this.#drainMs, () => this.process === process && this.state.phase === "draining" && process?.kill());
  }

  #watchHealth(): void {
    const { process } = this;
    const { healthMs, healthTimeoutMs } = this.options.timings;
    this.#misses = 0;
    this.#later(healthMs, () => void check());
    const check = async (): Promise<void> => {
      if (this.process !== process || this.state.phase !== "running") return;
      try {
        const figures = (await this.#control("health", {}, healthTimeoutMs)) as { memoryMb?: number };
        this.memoryMb = figures.memoryMb;
        this.#misses = 0;
      } catch {
        // a plugin can't answer while the bus itself is away
        if (this.options.bus.isConnected()) this.#misses += 1;
      }
      if (this.#misses >= 2) {
        this.#cause = "did not answer two health checks";
        this.#send({ type: "unresponsive" });
      } else this.#later(healthMs, () => void check());
    };
  }

  #renew(process: PluginProcess): void {
    this.#later((this.options.timings.credentialSeconds / 2) * 1_000, () => {
      if (this.process !== process) return;
      this.options.mint().then(
        (credential) => process.tell({ credential }),
        (error: unknown) =>
          this.options.log.error(
            { plugin: this.options.plugin.id, error: String(error) },
            "credential was not renewed",
          ),
      );
      this.#renew(process);
    });
  }

  get #drainMs(): number {
    return this.options.plugin.content?.manifest.server?.drainMs ?? DRAIN_MS;
  }

  /** A bureau that was taken away is drained first, so this may take as long as a drain. */
  async #tellBureaus(): Promise<void> {
    await this.#control("bureaus", { bureaus: this.bureaus }, this.#drainMs + 1_000);
  }

  #control(verb: string, body: object, timeoutMs = 3_000): Promise<unknown> {
    return this.options.bus.request(subjects.control(this.options.plugin.id, verb), body, { timeoutMs });
  }

  #later(ms: number, work: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }
}
