import { readArguments } from "../arguments.js";
import { readFolder } from "./plugin-folder.js";
import { findProblems } from "./check.js";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { create } from "tar";

/** `pack`: a .tgz with just what the plugin needs at run time; refused while something does not fit. */
export async function pack(args: string[]): Promise<number> {
  const { words, values } = readArguments(args, { out: { type: "string" } });
  const { folder, content } = readFolder(words[0] ?? ".");
  const problems = await findProblems(folder);
  if (!content || problems.length > 0) {
    for (const { file, message } of problems) process.stderr.write(`${file}: ${message}\n`);
    return 1;
  }
  const { contributes, provides } = content.manifest;
  const wanted = [
    "package.json",
    "README.md",
    "CHANGELOG.md",
    "dist",
    contributes.collections,
    contributes.processes,
    contributes.forms,
    contributes.locales,
    ...Object.values(provides?.ops ?? {}).flatMap(({ input, output }) => [input, output]),
  ];
  const files = [...new Set(wanted.filter((path) => path !== undefined && existsSync(join(folder, path))))] as string[];
  const out = resolve(values["out"] ?? folder);
  mkdirSync(out, { recursive: true });
  const target = join(out, `${content.manifest.id}-${content.version}.tgz`);
  await create(
    {
      gzip: true,
      file: target,
      cwd: folder,
      portable: true,
      prefix: "package",
      filter: (path) => !/\.test\.|\.tsbuildinfo$|\.map$/.test(path),
    },
    files,
  );
  const digest = createHash("sha256").update(readFileSync(target)).digest("hex");
  process.stdout.write(`${target}\n${statSync(target).size} bytes, sha256 ${digest}\n`);
  return 0;
}
