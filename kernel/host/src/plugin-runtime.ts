import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What the SDK's one file for plugins' processes is made of. */
const PARTS = ["sdk/plugin/dist", "sdk/bus/dist", "sdk/contracts/dist"];
const RUNTIME = "sdk/plugin/dist/runtime";

/**
 * Conditions by which plugins' processes find the SDK: in one file, which starts in less than half of the time, unless it is missing
 * or older than what it is made of, as while somebody works on the SDK.
 */
export function runtimeConditions(root: string): string[] {
  const changedMs = (path: string): number => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const parts = PARTS.flatMap((part) => modulesOf(root, part)).map(changedMs);
  return changedMs(`${RUNTIME}/index.js`) >= Math.max(...parts, 1) ? ["jinshui-runtime"] : [];
}

function modulesOf(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return path === RUNTIME ? [] : modulesOf(root, path);
      return /(?<!\.test)\.js$/.test(entry.name) ? [path] : [];
    });
  } catch {
    return [];
  }
}
