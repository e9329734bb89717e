import { PACKAGE_ROOT } from "@jinshui/contracts";
import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { create } from "tar";

/** All files below a folder, by their paths from there, sorted; the same on every system. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** Packs a folder: of the same files it always makes the same archive, whoever packs them, and when. */
export async function writePackage(folder: string, target: string): Promise<void> {
  await create(
    {
      gzip: { level: 9 },
      file: target,
      cwd: folder,
      portable: true,
      noMtime: true,
      prefix: PACKAGE_ROOT,
      onWriteEntry: ({ stat }) => {
        if (stat) stat.mode = 0o100644;
      },
    },
    filesBelow(folder),
  );
}
