import type { Bus, Log } from "@jinshui/bus";
import { subject as subjects } from "@jinshui/contracts";
import type { BusCredential } from "@jinshui/auth";
import { type InstalledPlugin } from "./installed-plugin.js";
import { PluginProcess } from "./plugin-process.js";
import { INITIAL, type ProcessAction, type ProcessEvent, type ProcessState, reduce } from "./reducer.js";

const READY_MS = 10_000;
const HEALTH_MS = 5_000;
const HEALTH_TIMEOUT_MS = 4_000;
export const CREDENTIAL_SECONDS = 3_600;

export interface RunnerOptions {
  plugin: InstalledPlugin;
  bus: Bus;
  servers: string;
  log: Log;
  readable: string[];
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
  #timers = new Set<NodeJS.Timeout>();
  #misses = 0;

  constructor(readonly options: RunnerOptions) {}

  /** Says which bureaus want the plugin from now on; resolves when a running process serves just these. */
  async setBureaus(bureaus: string[]): Promise<void> {
    const changed = bureaus.join() !== this.bureaus.join();
    this.bureaus = bureaus;
    this.#send({ type: "wanted", wanted: bureaus.length > 0 });
    if (changed && this.state.phase === "running") await this.#control("bureaus", { bureaus });
  }

  restart(): void {
    this.#send({ type: "restart" });
  }

  ready(): void {
    this.#send({ type: "ready" });
    this.problem = undefined;
    // bureaus may have changed while it started
    void this.#control("bureaus", { bureaus: this.bureaus }).catch(() => undefined);
    this.#watchHealth();
  }

  /** Drains and ends the process, whatever its state. */
  async stop(): Promise<void> {
    await this.setBureaus([]);
    const end = Date.now() + (this.options.plugin.content?.manifest.server?.drainMs ?? 10_000) + 1_000;
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
      this.options.log.info({ plugin: this.options.plugin.id, from: before, to: state.phase, problem: this.problem }, "plugin changed its state");
      this.options.onChange();
    }
  }

  #do(action: ProcessAction): void {
    if (action.type === "spawn") void this.#spawn();
    else if (action.type === "kill") this.process?.kill();
    else if (action.type === "back-off") this.#later(action.ms, () => this.#send({ type: "back-off-over" }));
    else this.#drain();
  }

  async #spawn(): Promise<void> {
    const { plugin, servers, log, readable, mint } = this.options;
    const server = plugin.content?.manifest.server;
    if (!server) return;
    const credential = await mint();
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
    this.#later(READY_MS, () => {
      if (this.process === started && this.state.phase === "starting") {
        this.problem = `was not ready within ${READY_MS / 1_000} s`;
        this.#send({ type: "start-timeout" });
      }
    });
    this.#renew(started);
  }

  #exited(process: PluginProcess, reason: string): void {
    if (this.process !== process) return;
    const expected = this.state.phase === "draining";
    if (!expected) {
      const last = process.log.findLast((line) => /error/i.test(line)) ?? process.log.at(-1);
      this.problem = `${this.problem?.includes("not ready") ? this.problem : reason}${last === undefined ? "" : `: ${last.slice(0, 300)}`}`;
    }
    this.#send({ type: "exited" });
  }

  #drain(): void {
    const drainMs = this.options.plugin.content?.manifest.server?.drainMs ?? 10_000;
    const { process } = this;
    void this.#control("drain", {}).catch(() => process?.kill());
    this.#later(drainMs, () => this.process === process && this.state.phase === "draining" && process?.kill());
  }

  #watchHealth(): void {
    const { process } = this;
    this.#misses = 0;
    this.#later(HEALTH_MS, () => void check());
    const check = async (): Promise<void> => {
      if (this.process !== process || this.state.phase !== "running") return;
      try {
        const figures = (await this.#control("health", {}, HEALTH_TIMEOUT_MS)) as { memoryMb?: number };
        this.memoryMb = figures.memoryMb;
        this.#misses = 0;
      } catch {
        // a plugin can't answer while the bus itself is away
        if (this.options.bus.isConnected()) this.#misses += 1;
      }
      if (this.#misses >= 2) {
        this.problem = "did not answer two health checks";
        this.#send({ type: "unresponsive" });
      } else this.#later(HEALTH_MS, () => void check());
    };
  }

  #renew(process: PluginProcess): void {
    this.#later((CREDENTIAL_SECONDS / 2) * 1_000, () => {
      if (this.process !== process) return;
      void this.options.mint().then((credential) => process.tell({ credential }));
      this.#renew(process);
    });
  }

  #control(verb: string, body: object, timeoutMs = 3_000): Promise<unknown> {
    return this.options.bus.request(subjects.control(this.options.plugin.id, verb), body, { timeoutMs });
  }

  #later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }
}
