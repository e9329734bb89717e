import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { firstLine, run } from "./child.mjs";
import { LaunchError, report } from "./report.mjs";
import { toolFolder } from "./workspace.mjs";

/** The version that wrote the lockfile. */
const PNPM_VERSION = "12.21.0";

/**
 * Finds pnpm of the right version, or installs it beside the checkout with npm; never into the system.
 * @returns {Promise<NodeJS.ProcessEnv>} an environment in which `pnpm` is that one, also for scripts that call it again.
 * @throws {LaunchError} when npm can't fetch it.
 */
export async function pnpmEnvironment() {
  if (firstLine("pnpm", ["--version"]) === PNPM_VERSION) return process.env;
  const own = join(toolFolder, "node_modules/.bin/pnpm");
  if (!existsSync(own) || firstLine(own, ["--version"]) !== PNPM_VERSION) await fetchPnpm(own);
  return { ...process.env, PATH: `${dirname(own)}${delimiter}${process.env.PATH}` };
}

async function fetchPnpm(own) {
  report(`准备 pnpm ${PNPM_VERSION} · fetching pnpm`);
  await run(
    "npm",
    ["install", "--prefix", toolFolder, "--no-save", "--no-audit", "--no-fund", `pnpm@${PNPM_VERSION}`],
    { quiet: true },
  );
  if (firstLine(own, ["--version"]) !== PNPM_VERSION) {
    throw new LaunchError(
      `npm 安装的 pnpm 无法运行，请手工执行 · pnpm does not run, please type: npm install -g pnpm@${PNPM_VERSION}`,
    );
  }
}
