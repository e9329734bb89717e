import { readPlugin, type ReadPlugin } from "@jinshui/contracts/plugin-folder";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { t } from "../texts.js";
import { UsageError } from "../usage-error.js";

/** A plugin's folder as the kernel would read it. */
export function readFolder(folder: string): ReadPlugin & { folder: string } {
  const base = resolve(folder);
  if (!existsSync(base)) throw new UsageError(t("folder.missing", { folder: base }));
  const found = readPlugin({
    read: (path) => (existsSync(join(base, path)) ? readFileSync(join(base, path), "utf8") : undefined),
    list: (path) => (existsSync(join(base, path)) ? readdirSync(join(base, path)) : []),
  });
  return { folder: base, ...found };
}
