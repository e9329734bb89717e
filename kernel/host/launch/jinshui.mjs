#!/usr/bin/env node
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { fail, LaunchError } from "./report.mjs";
import { root } from "./workspace.mjs";

/** `npm run jinshui -- …`: the commands of the SDK, and the host's own, which open a site's database. */
async function operate() {
  const program = join(root, "kernel/host/dist/operate.js");
  if (!existsSync(program)) throw new LaunchError("请先执行 npm run build · run npm run build first");
  await import(pathToFileURL(program).href);
}

await operate().catch(fail);
