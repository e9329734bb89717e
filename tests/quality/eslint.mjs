import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import { root } from "../../kernel/host/launch/workspace.mjs";

/**
 * Lints the tree. Run from this package: here TypeScript 6 lies, whose compiler API the typed rules need
 * and the native TypeScript 7, which builds everything, does not offer.
 * `--fix` mends what can be mended; other arguments are paths. Without any, each folder at the top has a process of its own: the
 * types of all of them at once take more memory than a process has.
 */
const patterns = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const options = process.argv.slice(2).filter((argument) => argument.startsWith("--"));

async function lint() {
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: `${root}/tests/quality/eslint.config.mjs`,
    cache: true,
    cacheLocation: `${root}/node_modules/.cache/eslint/${patterns.join("+").replaceAll(/\W/g, "-")}`,
    fix: options.includes("--fix"),
    errorOnUnmatchedPattern: false,
  });
  const results = await eslint.lintFiles(patterns);
  await ESLint.outputFixes(results);
  const { format } = await eslint.loadFormatter("stylish");
  const report = await format(results);
  if (report) console.log(report);
  return results.some((result) => result.errorCount + result.warningCount > 0) ? 1 : 0;
}

function lintFolders() {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules")
    .map(({ name }) => name);
  // kernel and sdk hold most; the small ones go beside them
  const others = folders.filter((name) => name !== "kernel" && name !== "sdk");
  return Promise.all([inTurn([["kernel"]]), inTurn([["sdk"], [...others, "*.mjs", "*.js"]])]);
}

async function inTurn(groups) {
  let worst = 0;
  for (const group of groups)
    worst = Math.max(
      worst,
      await new Promise((resolve) => {
        const node = ["--max-old-space-size=6144", fileURLToPath(import.meta.url), ...options, ...group];
        spawn(process.execPath, node, { stdio: "inherit" }).once("close", (code) => resolve(code ?? 1));
      }),
    );
  return worst;
}

process.exitCode = patterns.length > 0 ? await lint() : Math.max(...(await lintFolders()));
