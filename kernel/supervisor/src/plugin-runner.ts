import { type Bus, type Log, Postponed } from "@jinshui/bus";
import { randomBytes } from "node:crypto";
import { JinshuiError, type PluginDelivery, type PluginProtection, subject as subjects } from "@jinshui/contracts";
import type { BusCredential, PluginGrants } from "@jinshui/auth";
import { type InstalledPlugin } from "./installed-plugin.js";
import { type PluginChild, PluginProcess, type ProcessOptions } from "./plugin-process.js";
import type { Guard } from "./sandbox/guard.js";
import { type ConfinedCommand, residentMb } from "./sandbox/sandbox.js";
import { SettingsTeller, type TellerOptions } from "./settings/settings-teller.js";
import type { Guest, Taken } from "./shared-hosts.js";
import { INITIAL, type ProcessAction, type ProcessEvent, type ProcessState, reduce } from "./reducer.js";

/** How long a plugin's process is given for what. */
export interface Timings {
  readyMs: number;
  healthMs: number;
  /** For so long a version that took another's place goes back by itself when it fails. */
  probationMs: number;
  healthTimeoutMs: number;
  /** Life of a bus credential; it is renewed at half of it. */
  credentialSeconds: number;
}
export const TIMINGS: Timings = {
  readyMs: 10_000,
  healthMs: 5_000,
  healthTimeoutMs: 4_000,
  probationMs: 60_000,
  credentialSeconds: 3_600,
};
const DRAIN_MS = 10_000;
/** A plugin that is switched off, or may do less than before, has lost the bus after this time, whatever it is doing. */
const CUT_MS = 4_500;
const LOOK_MS = 1_000;
/** Of a process that is shared the memory is only shown; who watches over it is the process's own host. */
const SHARED_LOOK_MS = 10_000;
/** What Node.js and the system call a refusal. */
const DENIED = /\b(ERR_ACCESS_DENIED|ERR_DLOPEN_DISABLED|EACCES|EPERM)\b/;

export interface RunnerOptions {
  plugin: InstalledPlugin;
  bus: Bus;
  servers: string;
  log: Log;
  readable: string[];
  timings: Timings;
  guard: Guard;
  /** The process that it shares with others, if it does. */
  share?: (guest: Guest) => Promise<Taken | undefined>;
  /** Starts wait for each other: many at once would take so long that all of them fail. */
  inTurn: <T>(start: () => Promise<T>) => Promise<T>;
  /** Why the version must not run; asked before each start. */
  doubts: (plugin: InstalledPlugin) => Promise<string | undefined>;
  /** What the manifest is granted. */
  grants: PluginGrants;
  /** What is set in a bureau; nothing for a plugin without settings. */
  settingsIn: TellerOptions["settingsIn"];
  /** Called after every change of phase. */
  onChange: () => void;
  /** Called with what the process says of itself at a health check. */
  onFigures: (figures: Figures) => void;
}

/** Calls of a process since its start, and those among them that failed by the plugin's own fault. */
export interface Figures {
  calls: number;
  failures: number;
}

/** How long the kernel waits for a plugin to do one thing; a little more than the plugin's own limit, so that it can say why. */
const DELIVERY_MS = 32_000;
/** How soon what a process had in hand when it died comes again. */
const AGAIN_MS = 500;

/** Keeps the process of one version of a plugin as the reducer says: the thin edge between decisions and a real process. */
export class PluginRunner {
  state: ProcessState = INITIAL;
  problem: string | undefined;
  memoryMb: number | undefined;
  process: PluginChild | undefined;
  bureaus: string[] = [];
  /** What holds for the process. */
  protection: PluginProtection | undefined;
  /** What the last process left behind is ended; before that the next would be taken for a part of it. */
  #swept: Promise<void> = Promise.resolve();
  /** Credentials renewed since the start. */
  renewals = 0;
  /** Credentials the process was given. */
  #credentials: string[] = [];
  /** The process as the bus knows it. */
  #run = "";
  #lives = new AbortController();
  /** Another one has taken its place: it need not hurry. */
  #replaced = false;
  readonly #timers = new Set<NodeJS.Timeout>();
  #backOff: NodeJS.Timeout | undefined;
  #misses = 0;
  /** It has a process of its own. */
  #isAlone = true;
  readonly #settings: SettingsTeller;
  /** Why the supervisor itself has ended the process. */
  #cause: string | undefined;

  constructor(readonly options: RunnerOptions) {
    const { plugin, log, settingsIn } = options;
    this.#settings = new SettingsTeller({
      schema: plugin.content?.settings,
      settingsIn,
      give: (bureau, settings) => this.#control("settings", { bureau, settings }),
      failed: (bureau, error) =>
        log.warn({ plugin: plugin.id, bureau, error: String(error) }, "settings were not taken"),
    });
  }

  /** Starts the process, for no bureau yet. */
  launch(): void {
    this.#send({ type: "wanted", wanted: true });
  }

  /** Says which bureaus want the plugin from now on; resolves when a running process serves just these. */
  async setBureaus(bureaus: string[]): Promise<void> {
    const changed = bureaus.join() !== this.bureaus.join();
    this.bureaus = bureaus;
    this.#send({ type: "wanted", wanted: bureaus.length > 0 });
    if (changed && this.state.phase === "running") await this.#tellBureaus();
  }

  /** Another process serves its bureaus: what is under way is finished, for as long as the manifest says unless `atOnce`. */
  leave(atOnce: boolean): void {
    this.#replaced = !atOnce;
    void this.setBureaus([]).catch(() => undefined);
  }

  /** Whether a process just launched runs, as soon as that is known; `false` at its first failure. */
  async isUp(): Promise<boolean> {
    while (this.state.phase === "starting" && this.state.failures.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
    return this.state.phase === "running";
  }

  /** Hands a job or an event to the process. @throws Postponed when it dies over it. */
  async deliver(delivery: PluginDelivery): Promise<void> {
    const call = { timeoutMs: DELIVERY_MS, traceparent: delivery.traceparent, signal: this.#lives.signal };
    await this.options.bus.request(subjects.control(this.options.plugin.id, "deliver", this.#run), delivery, call);
  }

  /** Gives a running process what is set in a bureau by now; one that does not take it gets it with the next health check. */
  async tellSettings(bureau: string): Promise<void> {
    if (this.state.phase === "running" && this.bureaus.includes(bureau)) await this.#settings.offer(bureau);
  }

  /** Ends the process, which counts as a failure of the plugin's own. */
  cut(why: string): void {
    if (this.state.phase !== "running" && this.state.phase !== "starting") return;
    this.#cause = why;
    this.process?.kill();
  }

  /** The process says that it serves, on its first connection or a later one; it runs as soon as it serves just the bureaus wanted by now. */
  async ready(run: string): Promise<void> {
    const { process } = this;
    if (run !== this.#run) return;
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
    this.#clearTimers();
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #send(event: ProcessEvent): void {
    const before = this.state.phase;
    const { state, actions } = reduce(this.state, event, Date.now());
    this.state = state;
    // nothing that waits for the process has anything to wait for
    if (state.phase === "stopped") this.#clearTimers();
    for (const action of actions) this.#do(action);
    if (state.phase !== before) {
      const { id, version } = this.options.plugin;
      this.options.log.info(
        { plugin: id, version, from: before, to: state.phase, problem: this.problem },
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
      await this.options.inTurn(async () => {
        // switched off while it waited
        if (this.state.phase === "draining") return this.#send({ type: "exited" });
        await this.#start();
        while (this.state.phase === "starting") await new Promise((resolve) => setTimeout(resolve, 10));
      });
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
    await this.#swept.catch(() => undefined);
    const doubt = await this.options.doubts(plugin);
    if (doubt !== undefined) throw new JinshuiError("package-refused", doubt);
    this.#run = randomBytes(6).toString("hex");
    const credential = await this.#mint();
    const { folder } = plugin;
    const { main, memoryMb = 128 } = server;
    const { bureaus } = this;
    const settings = await this.#settings.first(bureaus);
    const start = { servers, plugin: plugin.id, run: this.#run, bureaus, settings, credential };
    const onLine = (line: string): string => {
      const shown = this.#settings.withoutSecrets(line);
      log.debug({ plugin: plugin.id, line: shown.slice(0, 500) }, "plugin says");
      // what the host denies it tells nobody but the process
      if (DENIED.test(shown)) this.options.guard.incidents.note(plugin.id, "host-denied", shown.slice(0, 200));
      return shown;
    };
    const onExit = (reason: string, displaced = false): void => this.#exited(started, reason, displaced);
    const shared = await this.options.share?.({ folder, main, heapMb: memoryMb, start, onLine, onExit });
    const { sandbox } = this.options.guard;
    const confined = { plugin: plugin.id, run: this.#run, folder, main, memoryMb, readable };
    const { command, child: started } =
      shared ?? alone(await sandbox.command(confined), { folder, start, onExit, onLine });
    this.protection = command.protection;
    this.#isAlone = !shared;
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
    this.#renewInTime(started);
    this.#watchMemory(started, command.limitMb);
  }

  async #mint(): Promise<BusCredential> {
    const { guard, plugin, timings, grants } = this.options;
    const credential = await guard.mint(plugin.id, this.#run, grants, timings.credentialSeconds);
    this.#credentials.push(credential.id);
    return credential;
  }

  #exited(process: PluginChild, reason: string, displaced: boolean): void {
    if (this.process !== process) return;
    const { guard, plugin } = this.options;
    // nobody answers for what it had in hand, so that comes again
    this.#lives.abort(new Postponed(AGAIN_MS));
    this.#lives = new AbortController();
    // a process of its own that it left behind, or what it passed on, is of no use from here on
    void guard.revoke(this.#credentials.splice(0));
    if (this.#isAlone)
      this.#swept = guard.sandbox.ended(plugin.id, this.#run).then(({ ranOutOfMemory }) => {
        if (ranOutOfMemory) guard.incidents.note(plugin.id, "memory", "ended by its control group");
      });
    if (this.state.phase !== "draining") {
      const why = this.#cause ?? reason;
      const { lastWords } = process;
      this.problem = lastWords === undefined || why.startsWith("ended by") ? why : `${why}: ${lastWords.slice(0, 300)}`;
    }
    this.#send({ type: displaced ? "displaced" : "exited" });
  }

  #drain(): void {
    const { process } = this;
    void this.#control("drain", {}).catch(() => process?.kill());
    const limitMs = this.#replaced ? this.#drainMs : Math.min(this.#drainMs, CUT_MS);
    this.#replaced = false;
    this.#later(limitMs, () => {
      if (this.process !== process || this.state.phase !== "draining") return;
      const { guard, plugin } = this.options;
      guard.incidents.note(plugin.id, "unresponsive", `did not end within ${limitMs / 1_000} s of being told to`);
      process?.kill();
    });
  }

  #watchHealth(): void {
    const { process } = this;
    const { healthMs, healthTimeoutMs } = this.options.timings;
    this.#misses = 0;
    this.#later(healthMs, () => void check());
    const check = async (): Promise<void> => {
      if (this.process !== process || this.state.phase !== "running") return;
      try {
        const { calls, failures } = (await this.#control("health", {}, healthTimeoutMs)) as Partial<Figures>;
        this.#misses = 0;
        this.#settings.retry();
        if (typeof calls === "number" && typeof failures === "number") this.options.onFigures({ calls, failures });
      } catch {
        // a plugin can't answer while the bus itself is away
        if (this.options.bus.isConnected()) this.#misses += 1;
      }
      if (this.#misses >= 2) {
        this.#cause = "did not answer two health checks";
        this.options.guard.incidents.note(this.options.plugin.id, "unresponsive", this.#cause);
        this.#send({ type: "unresponsive" });
      } else this.#later(this.#misses > 0 ? healthMs / 5 : healthMs, () => void check());
    };
  }

  /** By the host's word, not the plugin's own: memory outside of the heap counts too. Of a process that is shared nobody knows whose it is. */
  #watchMemory(process: PluginChild, limitMb: number): void {
    this.#later(this.#isAlone || this.memoryMb === undefined ? LOOK_MS : SHARED_LOOK_MS, () => {
      if (this.process !== process || process.pid === undefined) return;
      const memoryMb = residentMb(process.pid);
      if (memoryMb === undefined) return;
      this.memoryMb = memoryMb;
      if (memoryMb > limitMb && this.#isAlone) {
        this.options.guard.incidents.note(this.options.plugin.id, "memory", `used more than ${limitMb} MB`);
        this.cut(`used ${memoryMb} MB of memory; ${limitMb} are allowed`);
      }
      this.#watchMemory(process, limitMb);
    });
  }

  /** Gives the process a new credential, with which it connects anew. */
  async renew(): Promise<void> {
    const { process } = this;
    const { plugin, log } = this.options;
    try {
      process?.tell({ credential: await this.#mint() });
      this.renewals += 1;
    } catch (error) {
      log.error({ plugin: plugin.id, error: String(error) }, "credential was not renewed");
    }
  }

  #renewInTime(process: PluginChild): void {
    this.#later((this.options.timings.credentialSeconds / 2) * 1_000, () => {
      if (this.process !== process) return;
      void this.renew();
      this.#renewInTime(process);
    });
  }

  get #drainMs(): number {
    return this.options.plugin.content?.manifest.server?.drainMs ?? DRAIN_MS;
  }

  /** A bureau that was taken away is drained first; what takes too long loses its rights there all the same. */
  async #tellBureaus(): Promise<void> {
    for (const bureau of this.bureaus) await this.#settings.tell(bureau);
    await this.#control("bureaus", { bureaus: this.bureaus }, Math.min(this.#drainMs + 1_000, CUT_MS));
  }

  #control(verb: string, body: object, timeoutMs = 3_000): Promise<unknown> {
    return this.options.bus.request(subjects.control(this.options.plugin.id, verb, this.#run), body, { timeoutMs });
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

function alone(command: ConfinedCommand, options: Omit<ProcessOptions, "command">): Taken {
  return { command, child: new PluginProcess({ ...options, command }) };
}
