import type { Log } from "@jinshui/bus";
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { ChildProcessLines, keepLine, lastWordsOf, type PluginChild, type StartMessage } from "./plugin-process.js";
import { canRead, type ConfinedCommand, residentMb, type Sandbox } from "./sandbox/sandbox.js";

/** Heap of the process itself; each thread in it has one of its own besides. */
const HEAP_MB = 64;
/** Most memory that all threads together may have, beside what Node.js itself takes. */
const THREADS_MB = 960;
/** How long a thread that was told to end may take before its process is ended. */
const END_MS = 1_500;
const LOOK_MS = 1_000;

export interface SharedHostsOptions {
  /** Main module of a process that plugins share. */
  main: string;
  /** Folders with plugins. */
  folders: readonly string[];
  readable: readonly string[];
  log: Log;
}

/** A plugin that takes a place in a process. */
export interface Guest {
  folder: string;
  main: string;
  /** Of its own heap. */
  heapMb: number;
  start: StartMessage;
  /** `displaced`: the whole process ended, and by whose fault is not known. */
  onExit: (reason: string, displaced: boolean) => void;
  /** Hears a line and says how it may be kept. */
  onLine: (line: string) => string;
}

/** A place, and what holds for it. */
export interface Taken {
  child: PluginChild;
  command: Pick<ConfinedCommand, "limitMb" | "protection">;
}

/**
 * Processes that plugins of one trust group share, a thread for each: less memory, and no wall between them. When a thread ends the others go
 * on; when the process ends by itself, nobody knows by whose fault, so the group is dissolved until the kernel starts again, and each
 * goes on in a process of its own.
 */
export class SharedHosts {
  readonly #hosts = new Map<string, Promise<SharedHost>>();
  readonly #dissolved = new Set<string>();

  constructor(
    readonly options: SharedHostsOptions,
    readonly sandbox: () => Sandbox,
  ) {}

  /**
   * A place in the process of a group, which is started for the first; nothing once the group is dissolved, or for a plugin whose
   * files the process's user may not read.
   */
  async take(group: string, guest: Guest): Promise<Taken | undefined> {
    if (this.#dissolved.has(group)) return undefined;
    const host = await (this.#hosts.get(group) ?? this.#start(group));
    const { user } = host.command;
    if (user !== undefined && !(await canRead(user, join(guest.folder, guest.main)))) return undefined;
    if (!host.isOver) return { child: host.seat(guest), command: host.command };
    this.#hosts.delete(group);
    return this.take(group, guest);
  }

  #start(group: string): Promise<SharedHost> {
    const { main, folders, readable, log } = this.options;
    const start = async (): Promise<SharedHost> => {
      const confined = { plugin: `shared-${group}`, run: randomBytes(6).toString("hex") };
      const sandbox = this.sandbox();
      const command = await sandbox.command({
        ...confined,
        folder: dirname(main),
        main: basename(main),
        memoryMb: HEAP_MB,
        threadsMb: THREADS_MB,
        readable: [...readable, ...folders],
      });
      const protection = { ...command.protection, shared: true };
      return new SharedHost({ ...command, protection }, dirname(main), (reason, guests) => {
        if (this.#hosts.get(group) === starting) this.#hosts.delete(group);
        void sandbox.ended(confined.plugin, confined.run);
        if (guests === 0) return;
        this.#dissolved.add(group);
        log.error({ group, guests, reason }, "a process that plugins share has ended; each goes on in one of its own");
      });
    };
    const starting = start();
    this.#hosts.set(group, starting);
    starting.catch(() => this.#hosts.delete(group));
    return starting;
  }
}

interface Seat {
  guest: Guest;
  log: string[];
}

class SharedHost {
  readonly #process: ChildProcessLines;
  readonly #seats = new Map<string, Seat>();
  readonly #watch: NodeJS.Timeout;
  isOver = false;

  constructor(
    readonly command: ConfinedCommand,
    folder: string,
    /** Called with how many guests lost their place by it. */
    onEnd: (reason: string, guests: number) => void,
  ) {
    this.#process = new ChildProcessLines(command, folder, {
      onLine: (line) => this.#hear(line),
      onExit: (reason) => {
        this.isOver = true;
        clearInterval(this.#watch);
        const guests = [...this.#seats.values()].map(({ guest }) => guest);
        this.#seats.clear();
        onEnd(reason, guests.length);
        for (const guest of guests) guest.onExit(reason, true);
      },
    });
    // what threads hold outside of their heaps
    this.#watch = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  #look(): void {
    const { pid } = this.#process;
    const memoryMb = pid === undefined ? undefined : residentMb(pid);
    if (memoryMb !== undefined && memoryMb > this.command.limitMb) this.#process.kill();
  }

  seat(guest: Guest): PluginChild {
    const { folder, main, heapMb, start } = guest;
    const seat = start.run;
    const log: string[] = [];
    const tell = (told: object, more: object = {}): void =>
      this.#process.write({ seat, text: JSON.stringify(told), ...more });
    this.#seats.set(seat, { guest, log });
    tell({ ...start, folder }, { main: join(folder, main), heapMb });
    return {
      log,
      startedAt: new Date().toISOString(),
      pid: this.#process.pid,
      get lastWords() {
        return lastWordsOf(log);
      },
      tell,
      kill: () => this.#end(seat),
    };
  }

  #end(seat: string): void {
    if (!this.#seats.has(seat)) return;
    this.#process.write({ seat, end: true });
    setTimeout(() => {
      if (this.#seats.has(seat)) this.#process.kill();
    }, END_MS).unref();
  }

  #hear(text: string): void {
    const { seat = "", line, ended } = read(text);
    const seated = this.#seats.get(seat);
    if (!seated) return;
    if (line !== undefined) {
      keepLine(seated.log, seated.guest.onLine(line));
    }
    if (ended === undefined) return;
    this.#seats.delete(seat);
    if (this.#seats.size === 0) {
      this.isOver = true;
      this.#process.close();
      setTimeout(() => this.#process.kill(), END_MS).unref();
    }
    seated.guest.onExit(ended, false);
  }
}

interface Said {
  seat?: string;
  line?: string;
  ended?: string;
}

function read(line: string): Said {
  try {
    return JSON.parse(line) as Said;
  } catch {
    return {};
  }
}
