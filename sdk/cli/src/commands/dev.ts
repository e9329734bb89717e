import { spawnSync } from "node:child_process";
import { watch } from "node:fs";
import { join } from "node:path";
import { supervisorApi } from "@jinshui/contracts";
import { readArguments } from "../arguments.js";
import { signIn, type SiteClient, SITE_OPTIONS } from "../site-client.js";
import { t } from "../texts.js";
import { UsageError } from "../usage-error.js";
import { findProblems } from "./check.js";
import { readFolder } from "./plugin-folder.js";

const SETTLE_MS = 150;
const WATCHED = /^(src|web|processes|forms|collections|schemas)[\\/]|^package\.json$/;

/** `dev`: builds after every change, says what does not fit, and has the running site take the plugin anew. Ends with Ctrl-C. */
export async function dev(args: string[]): Promise<number> {
  const { values, words } = readArguments(args, SITE_OPTIONS);
  const { folder, content } = readFolder(words[0] ?? ".");
  if (!content) throw new UsageError(t("folder.noPlugin", { folder }));
  const site = await signIn(values);
  await renew(folder, content.manifest.id, site);
  let timer: NodeJS.Timeout | undefined;
  watch(folder, { recursive: true }, (_event, name) => {
    if (name === null || !WATCHED.test(name)) return;
    clearTimeout(timer);
    timer = setTimeout(
      () =>
        void renew(folder, content.manifest.id, site).catch((error: unknown) =>
          process.stderr.write(`${String(error)}\n`),
        ),
      SETTLE_MS,
    );
  });
  process.stdout.write(`${t("dev.watching", { folder })}\n`);
  await new Promise<void>((resolve) => process.once("SIGINT", resolve));
  await site.signOut();
  return 0;
}

async function renew(folder: string, plugin: string, site: SiteClient): Promise<void> {
  const began = performance.now();
  const { content } = readFolder(folder);
  const steps: [string, string[]][] = [
    ...(content?.manifest.server ? [["tsc", ["-b"]] as [string, string[]]] : []),
    ...(content?.manifest.web
      ? ([
          ["tsc", ["-b", "web"]],
          ["vite", ["build"]],
        ] as [string, string[]][])
      : []),
  ];
  for (const [program, programArgs] of steps) {
    const path = [
      join(folder, "node_modules/.bin"),
      join(folder, "../../node_modules/.bin"),
      process.env["PATH"] ?? "",
    ].join(":");
    const done = spawnSync(program, programArgs, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PATH: path },
    });
    if (done.status !== 0) {
      process.stderr.write(`${done.stdout}${done.stderr}${t("dev.failed", { program })}\n`);
      return;
    }
  }
  const problems = await findProblems(folder);
  for (const { file, message } of problems) process.stderr.write(`${file}: ${message}\n`);
  if (problems.length > 0) return;
  const { state } = await site.client(supervisorApi).restart({ plugin });
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  process.stdout.write(`${t("dev.renewed", { plugin, state, seconds })}\n`);
}
