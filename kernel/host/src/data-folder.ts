import { JinshuiError } from "@jinshui/contracts";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Name below `keys` of the key that signs audit anchors. */
export const ANCHOR_KEY = "audit-anchor.pem";
/** Name below `keys` of the key that seals secrets among the settings of plugins. */
export const SETTINGS_KEY = "plugin-settings.key";

/** The folder with everything a site keeps, held by one kernel at a time. */
export class DataFolder {
  private constructor(readonly path: string) {}

  /** Makes and takes the folder; `conflict` while another kernel lives in it. `fresh` empties it first. */
  static async take(path: string, fresh: boolean): Promise<DataFolder> {
    const holder = await holderOf(path);
    if (holder !== undefined)
      throw new JinshuiError(
        "conflict",
        `Another kernel (process ${holder}) uses ${path}; stop it or choose another folder with --data`,
      );
    if (fresh && holdsSomething(path)) await rm(path, { recursive: true, force: true });
    await mkdir(join(path, "keys"), { recursive: true, mode: 0o700 });
    // plugins may run as users of their own, and nothing in here is for them
    await chmod(path, 0o700);
    await writeFile(join(path, "kernel.pid"), `${process.pid}\n`);
    return new DataFolder(path);
  }

  at(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** A secret made once, kept readable by the owner only. */
  async secret(name: string): Promise<Buffer> {
    const file = this.at("keys", name);
    if (!existsSync(file)) await writeFile(file, randomBytes(32), { mode: 0o600 });
    return readFile(file);
  }

  /** Id of the kernel that lives here, the same in all its lives. */
  async instance(): Promise<string> {
    return (await this.secret("instance")).toString("hex").slice(0, 32);
  }

  async release(): Promise<void> {
    await rm(this.at("kernel.pid"), { force: true });
  }
}

/**
 * Whether there is anything to be emptied.
 * @throws JinshuiError `conflict` when it is none of ours.
 */
export function holdsSomething(path: string): boolean {
  if (!existsSync(path)) return false;
  if (!existsSync(join(path, "keys")) && !existsSync(join(path, "kernel.pid")))
    throw new JinshuiError("conflict", `${path} is no data folder of this platform; it is not emptied`);
  return true;
}

async function holderOf(path: string): Promise<number | undefined> {
  const pid = Number(await readFile(join(path, "kernel.pid"), "utf8").catch(() => ""));
  if (!pid || pid === process.pid) return undefined;
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return command.includes("node") ? pid : undefined;
}
