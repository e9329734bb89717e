import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { t } from "../../texts.js";
import { UsageError } from "../../usage-error.js";
import { writePackage } from "../write-package.js";
import { packageJson } from "./options.js";

interface SdkPackage {
  name: string;
  version: string;
  files: string[];
  dependencies?: Record<string, string>;
}

/**
 * Packs packages of a checkout's SDK as npm would, each for itself, with the versions of one another in place of `workspace:*`.
 * The hash in a name changes with the content, since npm takes the same name for the same thing.
 * @returns Names of the archives, by package.
 */
export async function packSdk(
  checkout: string,
  names: readonly string[],
  target: string,
): Promise<Map<string, string>> {
  mkdirSync(target, { recursive: true });
  const archives = new Map<string, string>();
  for (const name of names) {
    const folder = join(checkout, "sdk", name);
    if (!existsSync(join(folder, "dist/index.js"))) throw new UsageError(t("create.noSdk", { folder: checkout }));
    archives.set(name, await packOne(folder, name, target));
  }
  return archives;
}

async function packOne(folder: string, name: string, target: string): Promise<string> {
  const staging = mkdtempSync(join(tmpdir(), "jinshui-sdk-"));
  try {
    const own = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as SdkPackage;
    for (const path of own.files.filter((path) => !path.startsWith("!")))
      cpSync(join(folder, path), join(staging, path), {
        recursive: true,
        filter: (source) => !/\.test\.|\.map$|\.tsbuildinfo$|[\\/]testing[\\/]/.test(source.slice(folder.length)),
      });
    // all of the SDK has one version, and the checkout has no other
    const dependencies = Object.fromEntries(
      Object.entries(own.dependencies ?? {}).map(([other, version]) => [
        other,
        version.startsWith("workspace:") ? own.version : version,
      ]),
    );
    writeFileSync(join(staging, "package.json"), packageJson({ ...own, dependencies }));
    const made = join(target, `${name}.tgz`);
    await writePackage(staging, made);
    const hash = createHash("sha256").update(readFileSync(made)).digest("hex").slice(0, 8);
    const archive = `jinshui-${name}-${own.version}-${hash}.tgz`;
    renameSync(made, join(target, archive));
    return archive;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}
