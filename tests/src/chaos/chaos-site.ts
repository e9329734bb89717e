import { openBusAuthority } from "@jinshui/auth";
import { startTestServer, type TestServer } from "@jinshui/bus/testing";
import { TestSite } from "@jinshui/testing";
import type { TestMariaDb } from "@jinshui/storage/testing";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { writeChaosFiles } from "./chaos-files.js";

export interface ChaosSiteOptions {
  seed: number;
  /** How many random processes there are. */
  processes: number;
  /** SQLite when absent. */
  maria: TestMariaDb | undefined;
}

/** Two kernels that share a database and a bus, each of which can be ended and paused; the second one is off at first. */
export class ChaosSite {
  readonly kernels: TestSite[] = [];

  private constructor(
    readonly folder: string,
    readonly database: string,
    readonly nats: TestServer,
    readonly maria: TestMariaDb | undefined,
    readonly configs: string,
  ) {}

  static async start(options: ChaosSiteOptions): Promise<ChaosSite> {
    const folder = await mkdtemp(join(tmpdir(), "jinshui-chaos-"));
    const { configs } = await writeChaosFiles(folder, options);
    const accounts = join(folder, "first/nats/accounts.conf");
    await mkdir(join(folder, "first/nats"), { recursive: true });
    const authority = await openBusAuthority(join(folder, "first/keys"));
    await writeFile(accounts, `${await authority.serverConfig()}\n`);
    // what the kernel writes about credentials that were taken back holds after a restart too
    const nats = await startTestServer(`include "${relative(join(tmpdir(), "any"), accounts)}"`);
    const database = options.maria ? await options.maria.url() : `sqlite:${join(folder, "site.sqlite")}`;
    const site = new ChaosSite(folder, database, nats, options.maria, configs);
    await site.#add("first").catch(async (error: unknown) => {
      await site.stop();
      throw error;
    });
    return site;
  }

  /** Starts the second kernel, which has the keys of the first and is another owner of leases. */
  async startSecond(): Promise<TestSite> {
    const keys = join(this.folder, "second/keys");
    await cp(join(this.folder, "first/keys"), keys, { recursive: true });
    await rm(join(keys, "instance"), { force: true });
    return this.#add("second");
  }

  async #add(name: string): Promise<TestSite> {
    const kernel = await TestSite.start({
      configs: this.configs,
      data: join(this.folder, name),
      database: this.database,
      env: { JINSHUI_NATS_URL: this.nats.url },
    });
    this.kernels.push(kernel);
    return kernel;
  }

  /** Ends the second kernel as a crash would, and forgets it. */
  async dropSecond(): Promise<void> {
    await this.kernels.pop()?.kill();
  }

  get urls(): string[] {
    return this.kernels.map(({ url }) => url);
  }

  /** Processes of the plugin that a kernel has started. */
  async pluginPids(kernel: TestSite): Promise<number[]> {
    const found: number[] = [];
    for (const pid of await descendants(kernel.kernelPid)) {
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      if (command.includes("main.js") && command.includes(join(this.folder, "plugin"))) found.push(pid);
    }
    return found;
  }

  async stop(): Promise<void> {
    await Promise.all(this.kernels.map((kernel) => kernel.shutDown()));
    await this.nats.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** All processes below one. */
async function descendants(pid: number): Promise<number[]> {
  const parents = new Map<number, number[]>();
  for (const entry of await readdir("/proc")) {
    const stat = /^\d+$/.test(entry) ? await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "") : "";
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (stat !== "") parents.set(parent, [...(parents.get(parent) ?? []), Number(entry)]);
  }
  const below = (from: number): number[] => (parents.get(from) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}
