import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const HOST = "kernel/host/dist";
const BUNDLE = `${HOST}/bundle.js`;
/** What the bundle is made of, besides the kernel. */
const PARTS = ["sdk/bus", "sdk/cli", "sdk/contracts"];

/**
 * The module to run the kernel from: the bundle, which starts in three quarters of the time, unless it is missing or something it is
 * made of was compiled since, as while somebody works on the kernel.
 *
 * @returns A URL.
 */
export function kernelModule(root: string): string {
  const changedMs = (path: string): number => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const parts = [...PARTS, ...readdirSync(join(root, "kernel")).map((name) => `kernel/${name}`)];
  const compiledMs = parts.map((part) => changedMs(`${part}/dist/.tsbuildinfo`));
  const path = changedMs(BUNDLE) >= Math.max(...compiledMs, 1) ? BUNDLE : `${HOST}/run.js`;
  return pathToFileURL(join(root, path)).href;
}
