import "reflect-metadata";
import { createInterface } from "node:readline";
import { pino } from "pino";
import type { Log } from "@jinshui/bus";
import type { DeliveredSettings } from "@jinshui/contracts";
import { PluginHost, type ServiceClass } from "./plugin-host.js";
import { SettingsStore } from "./settings.js";

/** Longest time to finish work when nobody waits for the end any more. */
const END_MS = 5_000;

interface Credential {
  jwt: string;
  seed: string;
}

/** A line of standard input; the first one has them all, the credential only where the bus asks for one. */
interface Told {
  /** Of the plugin; the current one when absent, which threads of one process can't choose. */
  folder?: string;
  servers?: string;
  plugin?: string;
  run?: string;
  bureaus?: string[];
  settings?: Record<string, DeliveredSettings>;
  credential?: Credential;
}

/**
 * Runs a plugin's service class: the last line of its main module. The supervisor writes JSON lines to standard input: first
 * the bus address, the name of this run, bureaus and credential, later renewed credentials. When the input closes, the plugin ends.
 */
export async function runPlugin(service: ServiceClass): Promise<void> {
  const log = pino({ level: "info", base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const run = new PluginRun(service, log);
  process.on("SIGTERM", () => run.end(END_MS));
  process.on("SIGINT", () => undefined); // Ctrl-C reaches the whole group; the supervisor says when to stop
  process.on("unhandledRejection", (err) => log.error({ err }, "unhandled rejection"));
  const lines = createInterface({ input: process.stdin });
  lines.on("close", () => run.end(END_MS));
  for await (const line of lines) await run.hear(JSON.parse(line) as Told);
}

/** One run of a plugin: a connection, and for a moment two when its credential is renewed. */
class PluginRun {
  readonly #hosts = new Set<PluginHost>();
  #servers: string | undefined;
  #run = "";
  #folder = process.cwd();
  #credential: Credential | undefined;
  #settings = new SettingsStore("");

  constructor(
    readonly service: ServiceClass,
    readonly log: Log,
  ) {}

  async hear(told: Told): Promise<void> {
    this.#credential = told.credential ?? this.#credential;
    if (told.servers !== undefined) {
      this.#servers = told.servers;
      this.#run = told.run ?? "";
      this.#folder = told.folder ?? this.#folder;
      this.#settings = new SettingsStore(told.plugin ?? "");
      for (const [bureau, settings] of Object.entries(told.settings ?? {})) this.#settings.take(bureau, settings);
      await this.#start(told.bureaus ?? []).catch((err: unknown) => {
        this.log.error({ err }, "error: the plugin could not start");
        process.exit(1);
      });
    } else if (told.credential) {
      // should this fail, the old connection is cut off when its credential runs out, and comes back with the new one
      await this.#replace().catch((err: unknown) => this.log.warn({ err }, "no new connection for the new credential"));
    }
  }

  /** Finishes what was taken and ends the process, after `limitMs` in any case. */
  end(limitMs?: number): void {
    if (limitMs !== undefined) setTimeout(() => process.exit(1), limitMs).unref();
    void Promise.all([...this.#hosts].map((host) => host.stop())).finally(() => process.exit(0));
  }

  /** A server cuts a connection off when its credential runs out, so the next one takes over before that. */
  async #replace(): Promise<void> {
    const [old] = this.#hosts;
    await this.#start(old?.bureaus ?? []);
    await old?.stop();
    if (old) this.#hosts.delete(old);
  }

  async #start(bureaus: string[]): Promise<void> {
    const host = await PluginHost.start(this.service, {
      servers: this.#servers ?? "",
      run: this.#run,
      bureaus,
      folder: this.#folder,
      settings: this.#settings,
      log: this.log,
      onDrain: () => this.end(),
      ...(this.#credential ? { credentials: () => this.#credential as Credential } : {}),
    });
    this.#hosts.add(host);
  }
}
