#!/usr/bin/env node
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { run as runProgram } from "../../kernel/host/launch/child.mjs";
import { installPackages } from "../../kernel/host/launch/build.mjs";
import { pnpmEnvironment } from "../../kernel/host/launch/pnpm.mjs";
import { fail, LaunchError, report } from "../../kernel/host/launch/report.mjs";
import { asJson, asText } from "./verdict.mjs";

/**
 * @typedef {object} CaseResult
 * @property {string} id
 * @property {boolean} [core]
 * @property {boolean} [portable]
 * @property {"passed" | "failed" | "unsupported"} result
 * @property {string} area What the case is about; the printed table has a line for each.
 * @property {string} [reason] Why it did not pass.
 *
 * @typedef {object} SuiteResult
 * @property {string} name
 * @property {CaseResult[]} cases
 */

/** By the name of their folder in the cases; each file exports `runSuite(folder)`, which gives a SuiteResult. */
const SUITES = {
  engine: "./engine/suite.mjs",
  "dmn-tck": "./dmn-tck/suite.mjs",
  miwg: "./miwg/suite.mjs",
};

const USAGE = "npm run conformance -- --cases FOLDER [--json]";

/** `npm run conformance -- --cases FOLDER [--json]`: what public conformance suites say about this checkout. */
async function main() {
  const { values } = parseArgs({ options: { cases: { type: "string" }, json: { type: "boolean" } } });
  if (!values.cases) throw new LaunchError(`请指明测试集目录 · say where the cases are: ${USAGE}`);
  const folder = resolve(values.cases);
  if (!existsSync(folder)) throw new LaunchError(`目录不存在 · there is no folder ${folder}`);
  const found = Object.entries(SUITES).filter(([name]) => existsSync(join(folder, name)));
  if (found.length === 0) throw new LaunchError(noSuite(folder));
  await build();
  const results = [];
  for (const [name, file] of found)
    results.push(await runSuite(name, new URL(file, import.meta.url), join(folder, name)));
  const text = values.json ? JSON.stringify(asJson(results)) : asText(results);
  await new Promise((written) => process.stdout.write(`${text}\n`, written));
}

/** What is expected, and the folder above where a suite itself was given. */
function noSuite(folder) {
  const names = Object.keys(SUITES).map((name) => `${name}/`);
  const above = basename(folder) in SUITES ? `; did you mean --cases ${dirname(folder)}?` : "";
  return `目录中没有测试集 · no suite found in ${folder}; expected at least one of ${names.join(", ")} in it${above}`;
}

/** Packages that do not build must not hide what the others do. */
async function build() {
  const env = await pnpmEnvironment();
  await installPackages(env);
  try {
    await runProgram("pnpm", ["exec", "tsc", "-b", "."], { env, quiet: true });
  } catch (fault) {
    report(`编译有误 · the build failed: ${fault.message}`);
  }
}

/** A suite that breaks down is one failed case. */
async function runSuite(name, suite, cases) {
  try {
    const { runSuite: runCases } = await import(suite.href);
    return { name, cases: (await runCases(cases)).cases };
  } catch (fault) {
    return { name, cases: [{ id: name, area: name, result: "failed", reason: String(fault?.stack ?? fault) }] };
  }
}

main().catch(fail);
