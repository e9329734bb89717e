#!/usr/bin/env node
import { buildIfChanged, installPackages } from "./build.mjs";
import { checkPlatform } from "./platform.mjs";
import { pnpmEnvironment } from "./pnpm.mjs";
import { fail } from "./report.mjs";

/** `npm run build`: installs and builds everything, plugins that were just made among it. */
async function build() {
  checkPlatform();
  const env = await pnpmEnvironment();
  await installPackages(env);
  await buildIfChanged(env);
}

await build().catch(fail);
