import { chmod, mkdir, readdir, readlink, rm, symlink } from "node:fs/promises";
import { join } from "node:path";

/** Where packages are unpacked, below the data folder. */
export const PACKAGES = "plugins";
/** What packages find without bringing it along. */
const SHARED = ["plugin", "contracts"];

/** Lets packages find the SDK of this kernel, where Node.js looks for modules: in `node_modules` above them. */
export async function linkSdk(sdk: string, packages: string): Promise<void> {
  const scope = join(packages, "node_modules", "@jinshui");
  await mkdir(scope, { recursive: true });
  for (const folder of [join(packages, "node_modules"), scope]) await chmod(folder, 0o755);
  for (const name of SHARED) {
    const [link, target] = [join(scope, name), join(sdk, name)];
    if ((await readlink(link).catch(() => undefined)) === target) continue;
    await rm(link, { recursive: true, force: true });
    await symlink(target, link);
  }
}

/**
 * Lets plugins, which have users of their own, through the data folder to their packages, and to nothing else in it: everything
 * beside them is closed first.
 */
export async function openWay(data: string): Promise<void> {
  for (const entry of await readdir(data, { withFileTypes: true }))
    if (entry.name !== PACKAGES) await chmod(join(data, entry.name), entry.isDirectory() ? 0o700 : 0o600);
  await chmod(data, 0o711);
}
