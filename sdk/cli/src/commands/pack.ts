import { packedPaths, type PluginPackage, SBOM_FILE } from "@jinshui/contracts";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readArguments } from "../arguments.js";
import { findProblems, hasErrors } from "./check.js";
import { findingLine } from "./check/finding.js";
import { readFolder } from "./plugin-folder.js";
import { sbomOf } from "./sbom.js";
import { writePackage } from "./write-package.js";
import { t } from "../texts.js";

/** What serves those who write a plugin, not those who run it. */
const LEFT_OUT = /\.test\.|\.tsbuildinfo$|\.map$|(^|\/)node_modules(\/|$)/;

/** `pack`: a .tgz with just what the plugin needs at run time; refused while something does not fit. */
export async function pack(args: string[]): Promise<number> {
  const { words, values } = readArguments(args, { out: { type: "string" } });
  const { folder, content } = readFolder(words[0] ?? ".");
  const findings = await findProblems(folder);
  for (const finding of findings) process.stderr.write(`${findingLine(finding)}\n`);
  if (!content || hasErrors(findings)) return 1;
  const out = resolve(values["out"] ?? folder);
  mkdirSync(out, { recursive: true });
  const target = join(out, `${content.manifest.id}-${content.version}.tgz`);
  const staging = mkdtempSync(join(tmpdir(), "jinshui-pack-"));
  try {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PluginPackage;
    for (const path of packedPaths(manifest))
      if (existsSync(join(folder, path)))
        cpSync(join(folder, path), join(staging, path), {
          recursive: true,
          dereference: true,
          filter: (source) => !LEFT_OUT.test(source.slice(folder.length)),
        });
    writeFileSync(join(staging, SBOM_FILE), `${JSON.stringify(sbomOf(folder), undefined, 2)}\n`);
    await writePackage(staging, target);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  tellFile(target);
  return 0;
}

/** Prints a file's path, size and hash. */
export function tellFile(file: string): void {
  const digest = createHash("sha256").update(readFileSync(file)).digest("hex");
  process.stdout.write(`${t("pack.done", { file, bytes: statSync(file).size, digest })}\n`);
}
