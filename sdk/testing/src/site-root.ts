import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Names the checkout whose kernel is started, in a plugin's folder outside of it; `create-plugin` writes it. */
const SITE_FILE = ".jinshui-site";

/**
 * The checkout with a built kernel: as `JINSHUI_SITE_ROOT` says, else the nearest folder upwards from the current one that is one,
 * or that names one in a file `.jinshui-site`.
 */
export function findRoot(from = process.cwd()): string {
  const named = process.env["JINSHUI_SITE_ROOT"];
  if (named !== undefined) return built(resolve(named), "JINSHUI_SITE_ROOT");
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (isBuilt(folder)) return folder;
    const file = join(folder, SITE_FILE);
    if (existsSync(file)) return built(resolve(folder, readFileSync(file, "utf8").trim()), file);
    if (folder === dirname(folder))
      throw new Error(
        `no built kernel is found upwards from ${from}: build the platform (npm run build), or name its folder in JINSHUI_SITE_ROOT`,
      );
  }
}

function built(folder: string, who: string): string {
  if (isBuilt(folder)) return folder;
  throw new Error(`${who} names ${folder}, where no built kernel is: run npm run build there, or name another folder`);
}

function isBuilt(folder: string): boolean {
  return existsSync(join(folder, "kernel/host/dist/main.js"));
}
