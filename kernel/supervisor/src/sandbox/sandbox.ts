import type { Log } from "@jinshui/bus";
import type { PluginProtection } from "@jinshui/contracts";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Cgroups } from "./cgroups.js";
import { Firewall } from "./firewall.js";

const run = promisify(execFile);

/** Users that plugins run as; nobody's by the conventions of Debian and systemd. */
const USERS = { first: 70_000, count: 20_000 };
/** What Node.js itself takes on top of the heap that the manifest asks for. */
const RUNTIME_MB = 128;
/** Address space that Node.js takes for itself at its start: stacks, code, heaps that are not used yet. */
const RUNTIME_DATA_MB = 768;
const MAX_FILES = 256;
/** What V8 keeps for speed alone, in each thread anew; it still optimises what runs often. */
const SMALL = ["--optimize-for-size", "--max-lazy", "--no-sparkplug", "--no-maglev"];
/** Writes itself into the control groups named before `--`, then becomes what follows. */
const JOIN = 'while [ "$1" != -- ]; do echo $$ > "$1"; shift; done; shift; unset PWD OLDPWD; exec "$@"';

export interface SandboxOptions {
  servers: string;
  log: Log;
  /** Tells sites on one host apart. */
  site: string;
  /** Conditions of package exports that hold in plugins' processes. */
  conditions?: readonly string[];
}

/** What is confined. */
export interface Confined {
  plugin: string;
  /** Tells processes of one plugin apart. */
  run: string;
  folder: string;
  main: string;
  memoryMb: number;
  /** Of a process that plugins share: what its threads may have besides. */
  threadsMb?: number;
  /** Folders the process may read besides its own. */
  readable: string[];
}

/** How to start a process, and what then holds. */
export interface ConfinedCommand {
  file: string;
  args: string[];
  user: number | undefined;
  /** Most memory it may have in all. */
  limitMb: number;
  protection: PluginProtection;
}

/**
 * Confines plugins' processes as far as the host allows. Always: an environment of their own, the permission model of Node.js (a
 * seat belt, no wall), a limit of memory by looking at it, no files written, few files open, ended together with the kernel. As
 * root, or with the capabilities for it: a user of their own, a control group, and a firewall that leaves the bus alone.
 */
export class Sandbox {
  readonly #users = new Map<string, number>();
  /** "user program" of those that could be read. */
  readonly #read = new Set<string>();

  private constructor(
    readonly options: SandboxOptions,
    readonly canWrap: boolean,
    readonly cgroups: Cgroups | undefined,
    readonly firewall: Firewall | undefined,
    /** Why something does not hold. */
    readonly reasons: Readonly<Partial<Record<"ownUser" | "memory" | "network", string>>>,
  ) {}

  /** Finds out what the host allows, by trying. */
  static async open(options: SandboxOptions): Promise<Sandbox> {
    const reasons: Partial<Record<"ownUser" | "memory" | "network", string>> = {};
    const attempt = async <T>(name: keyof typeof reasons, work: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await work();
      } catch (error) {
        reasons[name] = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
        return undefined;
      }
    };
    const canWrap = await run("setpriv", ["--no-new-privs", "prlimit", "--core=0", "true"]).then(
      () => true,
      () => false,
    );
    const canChangeUser =
      canWrap &&
      (await attempt("ownUser", () =>
        run("setpriv", [...become(USERS.first), "true"]).catch(() =>
          Promise.reject(
            new Error("the kernel may not change users: it is neither root nor has CAP_SETUID and CAP_SETGID"),
          ),
        ),
      )) !== undefined;
    if (!canWrap) reasons.ownUser = "setpriv or prlimit is missing: install util-linux";
    const name = createHash("sha256").update(options.site).digest("hex").slice(0, 8);
    const cgroups = await attempt("memory", () => Cgroups.open(name));
    // users are what it goes by
    const firewall = canChangeUser ? await attempt("network", () => Firewall.open(name, options.servers)) : undefined;
    if (!canChangeUser) reasons.network = "it takes users of their own";
    return new Sandbox(options, canWrap, cgroups, firewall, reasons);
  }

  /** The command that starts a plugin's process confined. */
  async command(confined: Confined): Promise<ConfinedCommand> {
    const { plugin, run: name, folder, main, memoryMb, threadsMb = 0, readable } = confined;
    const limitMb = memoryMb + threadsMb + RUNTIME_MB;
    const program = join(folder, main);
    const threads = threadsMb > 0 ? ["--allow-worker", ...SMALL] : [];
    const conditions = (this.options.conditions ?? []).map((condition) => `--conditions=${condition}`);
    const flags = [...nodeFlags([folder, ...readable], memoryMb), ...conditions, ...threads];
    const node = [process.execPath, ...flags, program];
    if (!this.canWrap) return this.#plain(node, limitMb);
    const reasons = [this.reasons.memory, this.reasons.network];
    let user = this.reasons.ownUser === undefined ? this.#userOf(plugin) : undefined;
    if (user !== undefined && !(await this.#canRead(user, program))) {
      reasons.push(`user ${user} can't read ${dirname(program)} or ${process.execPath}`);
      user = undefined;
    } else reasons.push(this.reasons.ownUser);
    if (user !== undefined) await this.firewall?.confine(user);
    const groups = this.cgroups ? await this.cgroups.make(`${plugin}-${name}`, limitMb) : [];
    const limits = [
      `--nofile=${MAX_FILES}`,
      "--fsize=0",
      "--core=0",
      // each thread takes address space for its own heap before it is used
      ...(threadsMb > 0 ? [] : [`--data=${(RUNTIME_DATA_MB + 2 * memoryMb) * 1_048_576}`]),
    ];
    const identity = user === undefined ? stay() : become(user);
    return {
      file: "/bin/sh",
      args: ["-c", JOIN, "jinshui-plugin", ...groups, "--", "prlimit", ...limits, "setpriv", ...identity, ...node],
      user,
      limitMb,
      protection: {
        permissionModel: true,
        ownUser: user !== undefined,
        memoryLimit: this.cgroups ? "enforced" : "watched",
        networkLimit: user !== undefined && this.firewall !== undefined,
        reasons: reasons.filter((reason) => reason !== undefined),
      },
    };
  }

  /** Ends what a process has left behind; says whether it had run out of memory. */
  async ended(plugin: string, name: string): Promise<{ ranOutOfMemory: boolean }> {
    const ranOutOfMemory = (await this.cgroups?.ranOutOfMemory(`${plugin}-${name}`)) ?? false;
    await this.cgroups?.remove(`${plugin}-${name}`);
    return { ranOutOfMemory };
  }

  /** Plugins that have tried to reach the network since the last time, as far as a firewall counts it. */
  async refusedConnections(seen: Map<string, number>): Promise<string[]> {
    if (!this.firewall) return [];
    const packets = await this.firewall.refused();
    return [...this.#users].flatMap(([plugin, user]) => {
      const now = packets.get(user) ?? 0;
      const isNew = now > (seen.get(plugin) ?? 0);
      seen.set(plugin, now);
      return isNew ? [plugin] : [];
    });
  }

  async close(): Promise<void> {
    await this.firewall?.close().catch(() => undefined);
  }

  #plain(node: string[], limitMb: number): ConfinedCommand {
    const [file = "", ...args] = node;
    const reasons = Object.values(this.reasons);
    const protection = { permissionModel: true, ownUser: false, memoryLimit: "watched" as const, networkLimit: false };
    return { file, args, user: undefined, limitMb, protection: { ...protection, reasons } };
  }

  /** A process more takes a kernel some 30 ms in which it answers nobody; who could read a program goes on being able to. */
  async #canRead(user: number, program: string): Promise<boolean> {
    const key = `${user} ${program}`;
    if (this.#read.has(key)) return true;
    const may = await canRead(user, program);
    if (may) this.#read.add(key);
    return may;
  }

  /** The same at every start, and another than any other plugin's. */
  #userOf(plugin: string): number {
    const known = this.#users.get(plugin);
    if (known !== undefined) return known;
    const taken = new Set(this.#users.values());
    const hash = createHash("sha256").update(`${this.options.site}/${plugin}`).digest().readUInt32BE();
    let user = USERS.first + (hash % USERS.count);
    while (taken.has(user)) user = user + 1 < USERS.first + USERS.count ? user + 1 : USERS.first;
    this.#users.set(plugin, user);
    return user;
  }
}

/** No privileges, now or later; and no life without the kernel. */
const UNPRIVILEGED = ["--inh-caps=-all", "--ambient-caps=-all", "--no-new-privs", "--pdeathsig", "KILL"];
const UNBOUND = "--bounding-set=-all";

function become(user: number): string[] {
  return [`--reuid=${user}`, `--regid=${user}`, "--clear-groups", UNBOUND, ...UNPRIVILEGED];
}

/** Who has no other user to become: root keeps its name, but nothing that comes with it. */
function stay(): string[] {
  return process.getuid?.() === 0 ? [UNBOUND, ...UNPRIVILEGED] : UNPRIVILEGED;
}

/** Whether a user may read a program, and run Node.js. */
export async function canRead(user: number, program: string): Promise<boolean> {
  const test = ["/bin/sh", "-c", 'test -r "$1" && test -x "$2"', "sh", program, process.execPath];
  return run("setpriv", [...become(user), ...test]).then(
    () => true,
    () => false,
  );
}

function nodeFlags(readable: string[], memoryMb: number): string[] {
  const known = process.allowedNodeEnvironmentFlags;
  return [
    known.has("--permission") ? "--permission" : "--experimental-permission",
    // from the version on that has it, no flag means no network
    ...(known.has("--allow-net") ? ["--allow-net"] : []),
    // a signal must not open a debugger: others may run as the same user
    ...(known.has("--disable-sigusr1") ? ["--disable-sigusr1"] : []),
    ...readable.map((folder) => `--allow-fs-read=${folder}`),
    "--no-warnings",
    "--disable-proto=delete",
    `--max-old-space-size=${memoryMb}`,
    // of what is new: sixteen times as much takes memory, and hardly less time
    "--max-semi-space-size=2",
  ];
}

/**
 * Memory that a process has in use, in MB; nothing when it is gone, or the host does not tell. Asked for often, and the kernel has it ready: read at
 * once it takes a fifth of what a file read beside takes.
 */
export function residentMb(pid: number): number | undefined {
  let pages: number;
  try {
    pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
  } catch {
    return undefined;
  }
  return Number.isFinite(pages) ? Math.round((pages * 4_096) / 1_048_576) : undefined;
}
