import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "./workspace.mjs";

const NOT_SOURCE = new Set(["node_modules", "dist"]);

/**
 * One value for the present state of files: their names, sizes and times, not their contents; a thousand files take some 30 ms.
 * @param {string[]} paths Files and folders, relative to the root; those that don't exist count as absent.
 */
export function fingerprint(paths) {
  const hash = createHash("sha256");
  for (const file of paths.flatMap((path) => filesBelow(join(root, path))).sort()) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(root, file)}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/**
 * Does the work unless it was done for this very state before.
 * The memory lies in node_modules, so that it goes with it.
 * @param {string} name
 * @param {() => string} state Taken before and after: work may write one of its own inputs.
 * @param {() => Promise<void>} work
 */
export async function unlessDone(name, state, work) {
  const stamp = join(root, "node_modules/.cache/jinshui", name);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === state()) return;
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, state());
}

function filesBelow(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => !NOT_SOURCE.has(name) && !name.startsWith("."))
    .flatMap((name) => filesBelow(join(path, name)));
}
