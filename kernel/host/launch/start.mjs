#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { buildIfChanged, installPackages } from "./build.mjs";
import { supervise } from "./child.mjs";
import { checkPlatform } from "./platform.mjs";
import { pnpmEnvironment } from "./pnpm.mjs";
import { ensurePrograms, natsServer } from "./programs.mjs";
import { fail, report } from "./report.mjs";
import { hostMain, kernelFlags, pinnedNode } from "./workspace.mjs";

/** `npm start`: from a bare checkout to a running site. The arguments are the host's. */
async function start() {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(readFileSync(new URL("../usage.txt", import.meta.url), "utf8"));
    return;
  }
  checkPlatform();
  const env = await pnpmEnvironment();
  await installPackages(env);
  const programs = process.env.JINSHUI_NATS_URL ? {} : await ensurePrograms([natsServer]);
  await buildIfChanged(env);
  report("启动 · starting");
  process.exitCode = await supervise(pinnedNode, [...kernelFlags, hostMain, ...args], {
    ...env,
    ...programs,
  });
}

await start().catch(fail);
