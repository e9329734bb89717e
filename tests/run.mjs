#!/usr/bin/env node
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { buildIfChanged, installPackages } from "../kernel/host/launch/build.mjs";
import { checkPlatform } from "../kernel/host/launch/platform.mjs";
import { pnpmEnvironment } from "../kernel/host/launch/pnpm.mjs";
import { ensurePrograms, testPrograms } from "../kernel/host/launch/programs.mjs";
import { root } from "../kernel/host/launch/workspace.mjs";
import { runChecks } from "./quality/checks.mjs";
import { filesOf, inAnotherRun } from "./second-run.mjs";
import { tapReader } from "./tap.mjs";

const total = { passed: 0, failed: 0, skipped: 0, shaky: 0 };

/**
 * `npm test`: every check and every test, from a bare checkout. `npm test -- 'kernel/engine/**'` runs those test files only.
 * The last line is the verdict: "N passed, N failed"; each check counts as one test.
 */
async function main(patterns) {
  checkPlatform();
  const env = { ...(await pnpmEnvironment()) };
  await phase("install", () => installPackages(env));
  Object.assign(env, await ensurePrograms(testPrograms));
  if (patterns.length > 0) {
    await phase("build", () => attempt(() => buildIfChanged(env)));
  } else {
    await phase("build", () => tally(runChecks([{ name: "build", command: "pnpm", args: ["build"] }], env)));
    await phase("checks", () => tally(runChecks(undefined, env)));
  }
  await phase("tests", () => tally(runTwice(patterns, env)));
}

/**
 * What fails among all tests runs once more by itself, with its file: on a busy machine a browser may be late once. What fails
 * again has failed; what passes then is named, and counted in the last line.
 */
async function runTwice(patterns, env) {
  const first = await runTests(patterns, env);
  const files = patterns.length > 0 ? undefined : filesOf(first.failures, root);
  if (files === undefined || first.failures.length < first.failed) return first;
  console.log(`── once more: ${files.join(" ")}`);
  return inAnotherRun(first, await runTests(files, env), (title) =>
    console.log(`⚠ passed at the second run only: ${title}`),
  );
}

async function runTests(patterns, env) {
  const child = spawn("pnpm", ["exec", "ava", "--tap", ...patterns.map(asTestFiles)], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const tap = tapReader((line) => console.log(line));
  const ended = new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? signal)));
  for await (const line of createInterface({ input: child.stdout })) tap.read(line);
  return tap.finish(await ended);
}

/** A pattern may name a folder; what runs are its tests. */
function asTestFiles(pattern) {
  return /\.test\.\w+$/.test(pattern) ? pattern : `${pattern.replace(/\/?(\*\*\/?)?\*?$/, "")}/**/*.test.{ts,mjs}`;
}

/** A package that does not build must not hide what the tests of the others say. */
async function attempt(work) {
  try {
    await work();
  } catch (fault) {
    console.log(`✗ ${fault.message}`);
    total.failed += 1;
  }
}

async function tally(counting) {
  const count = await counting;
  for (const key of Object.keys(total)) total[key] += count[key] ?? 0;
}

async function phase(name, work) {
  const startedMs = performance.now();
  await work();
  console.log(`── ${name}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}

try {
  await main(process.argv.slice(2));
} catch (fault) {
  console.log(String(fault?.message ?? fault));
  total.failed += 1;
}
const also = [
  [total.skipped, "skipped"],
  [total.shaky, "at the second run only"],
].flatMap(([number, what]) => (number > 0 ? [`, ${number} ${what}`] : []));
console.log(`${total.passed} passed, ${total.failed} failed${also.join("")}`);
process.exitCode = total.failed > 0 ? 1 : 0;
