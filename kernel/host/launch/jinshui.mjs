#!/usr/bin/env node
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fail, LaunchError } from "./report.mjs";
import { root } from "./workspace.mjs";

/** `npm run jinshui -- …`: what reads a site's own database is the host's, everything else the SDK's. */
async function operate() {
  const [, , word] = process.argv;
  const isOperators = ["admin", "audit", "keys", "schema", "signature"].includes(word);
  const program = join(root, isOperators ? "kernel/host/dist/operate.js" : "sdk/cli/bin/jinshui.js");
  if (!existsSync(program)) throw new LaunchError("请先执行 npm run build · run npm run build first");
  await import(pathToFileURL(program).href);
}

await operate().catch(fail);
