import { supervisorApi } from "@jinshui/contracts";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findRoot } from "./site-root.js";
import { SiteTemplate } from "./site-template.js";
import { signIn, type TestPerson } from "./test-person.js";

export interface TestSiteOptions {
  /** The site's root with `configs`, `plugins` and the built kernel; found upwards from the current folder when absent. */
  root?: string;
  /** Another folder with `base.yaml`, `bureaus` and `demo`. */
  configs?: string;
  database?: string;
  /** Arguments of Node.js before the kernel's main module. */
  nodeArguments?: readonly string[];
  /** The data of a site that was shut down, to go on with; a new folder when absent. */
  data?: string;
  /**
   * Whether it is a site's very first start. Otherwise a site with the checkout's own configuration and an SQLite database goes on with
   * a copy of what a first start leaves, which takes a third of the time; the copy is made anew when something else was built.
   */
  first?: boolean;
  /** Folders of plugins, or of one each, besides those that the configuration names. */
  plugins?: string[];
  /** Whether `advance` may move the site's clock. */
  movableClock?: boolean;
  /** Variables of the kernel's environment besides those of the test. */
  env?: Readonly<Record<string, string>>;
}

/** The demo's administrator of the city, who switches plugins in all bureaus. */
const ADMINISTRATOR = "sunjie";
const MOVED_CLOCK = new URL("./moved-clock.js", import.meta.url).href;

/** A real site for a test: kernel, private nats-server and database in a process tree and a folder of its own. */
export class TestSite {
  readonly url: string;
  #child: ChildProcess | undefined;
  #output = "";
  #movedMs = 0;

  private constructor(
    readonly options: TestSiteOptions & { root: string },
    readonly port: number,
    readonly data: string,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts it. */
  static async start(options: TestSiteOptions = {}): Promise<TestSite> {
    const root = options.root ?? findRoot();
    const { configs, database, data, first } = options;
    const isUsual = configs === undefined && database === undefined && data === undefined && first !== true;
    const site = new TestSite({ ...options, root }, await freePort(), data ?? (await newFolder()));
    if (isUsual) await begin(root, site.data);
    // whoever waits for it in vain has nothing to stop it by
    await site.restart().catch(async (error: unknown) => {
      await site.stop();
      throw error;
    });
    return site;
  }

  /** Starts the kernel (again) on the same data and waits until it is ready. */
  async restart(): Promise<void> {
    const { root, configs, database, plugins = [], movableClock = false, nodeArguments = [], env } = this.options;
    const args = [
      "--port",
      String(this.port),
      "--data",
      this.data,
      ...(configs === undefined ? [] : ["--configs", configs]),
      ...(database === undefined ? [] : ["--database", database]),
      ...plugins.flatMap((folder) => ["--plugins", folder]),
    ];
    const flags = ["--max-semi-space-size=32", ...nodeArguments, ...(movableClock ? ["--import", MOVED_CLOCK] : [])];
    const child = spawn(process.execPath, [...flags, join(root, "kernel/host/dist/main.js"), ...args], {
      stdio: ["ignore", "pipe", "pipe", ...(movableClock ? (["ipc"] as const) : [])],
      // compiling its modules anew takes a tenth of the start, and collecting garbage often another
      env: { NODE_COMPILE_CACHE: join(root, "node_modules/.cache/jinshui/compiled-modules"), ...process.env, ...env },
    });
    this.#child = child;
    this.#movedMs = 0;
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => (this.#output = (this.#output + text).slice(-20_000)));
    for (const end = Date.now() + 90_000; Date.now() < end; await sleep(50)) {
      if (child.exitCode !== null) throw new Error(`the kernel ended with ${child.exitCode}:\n${this.#output}`);
      const ready = await fetch(`${this.url}/readyz`).then(
        (response) => response.ok,
        () => false,
      );
      if (ready) return;
    }
    throw new Error(`the site was not ready in time:\n${this.#output}`);
  }

  /** What the kernel has printed. */
  get output(): string {
    return this.#output;
  }

  get kernelPid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Process of the site's nats-server. */
  async natsPid(): Promise<number> {
    return Number(await readFile(join(this.data, "nats", "nats.pid"), "utf8"));
  }

  /** Ends the kernel as a crash would; its children end by themselves. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Signs a person of the site in; the demo's people all have the same password. */
  signIn(username: string, password = "jinshui-demo-2005"): Promise<TestPerson> {
    return signIn(this.url, username, password);
  }

  /**
   * Switches a plugin on in bureaus, as an administrator of the demo does, and waits until it runs.
   * @throws JinshuiError as the site answers; Error with the plugin's problem when it does not run.
   */
  async enable(plugin: string, ...bureaus: string[]): Promise<void> {
    const administrator = (await this.signIn(ADMINISTRATOR)).client(supervisorApi);
    for (const bureau of bureaus) {
      const { state, problem, log = [] } = await administrator.setEnabled({ plugin, bureau, enabled: true });
      if (state !== "running")
        throw new Error([`${plugin} is ${state} in ${bureau}: ${problem ?? "no reason given"}`, ...log].join("\n"));
    }
  }

  /**
   * Moves the site's clock on: what is due by then happens within three seconds. Sessions end as they would. Takes a site that
   * was started with `movableClock`. Processes of plugins keep the real time.
   */
  async advance({
    days = 0,
    hours = 0,
    minutes = 0,
  }: {
    days?: number;
    hours?: number;
    minutes?: number;
  }): Promise<void> {
    const child = this.#child;
    if (this.options.movableClock !== true || !child?.connected)
      throw new Error("the site's clock can't be moved: start it with movableClock: true");
    const ms = ((days * 24 + hours) * 60 + minutes) * 60_000;
    if (ms < 0)
      throw new Error("a site's clock goes forwards only: credentials of the bus would end before they begin");
    this.#movedMs += ms;
    await new Promise<void>((done) => {
      child.once("message", () => done());
      child.send({ movedMs: this.#movedMs });
    });
  }

  /** Drains and ends everything; the data stays, for `restart` or a look at it. */
  async shutDown(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** Drains and ends everything and removes the data. */
  async stop(): Promise<void> {
    await this.shutDown();
    // a server that was ended hard may still write its last file
    await rm(this.data, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await Promise.race([ended, sleep(25_000, undefined, { ref: false })]);
  }
}

/** Gives a site the data that a first start would leave; without a place for the template it starts as the first time. */
async function begin(root: string, data: string): Promise<void> {
  const template = SiteTemplate.of(root);
  if (!template.isThere)
    await template.make(async (folder) => {
      const site = await TestSite.start({ root, data: folder });
      await site.shutDown();
    });
  await template.copyTo(data);
}

function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "jinshui-site-"));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (typeof address !== "object" || address === null) throw new Error("no free port");
  return address.port;
}
