import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";
const PREFIX = "jinshui-";
const MAX_TASKS = 64;

/** Control groups of plugins, version 1 or 2, where this process may make some. */
export class Cgroups {
  private constructor(
    /** Folders below which each plugin gets one of its own; one in version 2, one for each controller in version 1. */
    readonly parents: string[],
    readonly version: 1 | 2,
    /** Tells sites in one process apart. */
    readonly site: string,
  ) {}

  /** Finds out by trying. Throws with the reason when there can't be any. */
  static async open(site: string, root = ROOT): Promise<Cgroups> {
    const lines = (await readFile("/proc/self/cgroup", "utf8")).split("\n").map((line) => line.split(":"));
    const own = (controller: string): string =>
      lines.find(([, controllers]) => controllers?.split(",").includes(controller) === true)?.[2] ?? "";
    const cgroups = existsSync(join(root, "memory", "cgroup.procs"))
      ? new Cgroups(
          ["memory", "pids"].map((controller) => join(root, controller, own(controller))),
          1,
          site,
        )
      : new Cgroups([join(root, own(""))], 2, site);
    if (cgroups.version === 2) await delegated(cgroups.parents[0] ?? root);
    await cgroups.#sweep();
    await cgroups.make("probe", 64);
    await cgroups.remove("probe");
    return cgroups;
  }

  /** Makes a plugin's group; returns the files that a process writes itself into. */
  async make(plugin: string, memoryMb: number): Promise<string[]> {
    const limits: Record<string, number> =
      this.version === 1
        ? { "memory.limit_in_bytes": memoryMb * 1_048_576, "pids.max": MAX_TASKS }
        : { "memory.max": memoryMb * 1_048_576, "memory.swap.max": 0, "pids.max": MAX_TASKS };
    const folders = this.#foldersOf(plugin);
    for (const folder of folders) {
      await mkdir(folder, { recursive: true });
      for (const [file, value] of Object.entries(limits))
        if (existsSync(join(folder, file))) await writeFile(join(folder, file), String(value));
    }
    return folders.map((folder) => join(folder, "cgroup.procs"));
  }

  /** Whether a process of the plugin was ended because there was no more memory for it. */
  async ranOutOfMemory(plugin: string): Promise<boolean> {
    const file = join(this.#foldersOf(plugin)[0] ?? "", this.version === 1 ? "memory.oom_control" : "memory.events");
    return /^oom_kill [1-9]/m.test(await readFile(file, "utf8").catch(() => ""));
  }

  /** Ends what is left in a plugin's group, and the group. */
  async remove(plugin: string): Promise<void> {
    for (const folder of this.#foldersOf(plugin)) {
      for (const pid of (await readFile(join(folder, "cgroup.procs"), "utf8").catch(() => "")).split("\n"))
        if (pid !== "") end(Number(pid));
      await rmdir(folder).catch(() => undefined); // one that is still busy goes at the next start
    }
  }

  #foldersOf(plugin: string): string[] {
    return this.parents.map((parent) => join(parent, `${PREFIX}${process.pid}-${this.site}-${plugin}`));
  }

  /** Groups of kernels that were killed. */
  async #sweep(): Promise<void> {
    for (const parent of this.parents)
      for (const name of await readdir(parent).catch(() => []))
        if (name.startsWith(PREFIX) && !existsSync(`/proc/${name.slice(PREFIX.length).split("-")[0]}`))
          await rmdir(join(parent, name)).catch(() => undefined);
  }
}

/** Version 2 has limits only below groups without processes: a service of systemd with `Delegate=yes` makes room for them. */
async function delegated(folder: string): Promise<void> {
  if (!folder.endsWith(".service")) throw new Error("the kernel is no service of systemd with Delegate=yes");
  const inner = join(folder, "kernel");
  await mkdir(inner, { recursive: true });
  for (const pid of (await readFile(join(folder, "cgroup.procs"), "utf8")).split("\n"))
    if (pid !== "") await writeFile(join(inner, "cgroup.procs"), pid);
  await writeFile(join(folder, "cgroup.subtree_control"), "+memory +pids");
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it has ended by itself
  }
}
