import { ESLint } from "eslint";
import { root } from "../../kernel/host/launch/workspace.mjs";

/**
 * Lints the tree. Run from this package: here TypeScript 6 lies, whose compiler API the typed rules need
 * and the native TypeScript 7, which builds everything, does not offer.
 * `--fix` mends what can be mended; other arguments are paths.
 */
const patterns = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const eslint = new ESLint({
  cwd: root,
  overrideConfigFile: `${root}/tests/quality/eslint.config.mjs`,
  cache: true,
  cacheLocation: `${root}/node_modules/.cache/eslint/`,
  fix: process.argv.includes("--fix"),
  errorOnUnmatchedPattern: false,
});
const results = await eslint.lintFiles(patterns.length > 0 ? patterns : ["."]);
await ESLint.outputFixes(results);
const { format } = await eslint.loadFormatter("stylish");
const report = await format(results);
if (report) console.log(report);
process.exitCode = results.some((result) => result.errorCount + result.warningCount > 0) ? 1 : 0;
