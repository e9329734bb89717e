import { spawn } from "node:child_process";
import { join } from "node:path";
import { pinnedNode, root } from "../../kernel/host/launch/workspace.mjs";

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 * @property {boolean} [tells] What it says is worth reading when it passes, too.
 */

const tool = (name, script) => ({ name, command: pinnedNode, args: [join(root, "tests/quality", script)] });

/** @type {Check[]} Every check but the tests; all look at the whole tree. */
export const CHECKS = [
  tool("eslint", "eslint.mjs"),
  { name: "prettier", command: "pnpm", args: ["exec", "prettier", "--check", "--cache", "--log-level=warn", "."] },
  tool("arrows", "arrows.mjs"),
  {
    name: "unused",
    command: "pnpm",
    args: [
      "--dir",
      "tests/quality",
      "exec",
      "knip",
      "--config",
      "tests/quality/knip.jsonc",
      "--directory",
      "../..",
      "--no-config-hints",
    ],
  },
  tool("api-reports", "api-reports.mjs"),
  tool("schemas", "schemas.mjs"),
  tool("api-documents", "api-documents.mjs"),
  tool("problem-codes", "problem-codes.mjs"),
  tool("regexes", "regexes.mjs"),
  tool("rule-table", "rule-table.mjs"),
  tool("security-checklist", "security-checklist.mjs"),
  tool("dependencies", "dependencies.mjs"),
  { ...tool("browser-bundle", "browser-bundle.mjs"), tells: true },
];

/**
 * Runs checks one after the other; shows what a failing one says.
 * @param {Check[]} [checks]
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks(checks = CHECKS, env = process.env) {
  const count = { passed: 0, failed: 0 };
  for (const check of checks) {
    const startedMs = performance.now();
    const { ok, output } = await runCheck(check, env);
    console.log(`${ok ? "✓" : "✗"} ${check.name} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
    if (!ok || check.tells) console.log(output.trimEnd());
    count[ok ? "passed" : "failed"] += 1;
  }
  return count;
}

function runCheck({ command, args }, env) {
  const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ ok: false, output: error.message }));
    child.once("close", (code) => resolve({ ok: code === 0, output }));
  });
}
