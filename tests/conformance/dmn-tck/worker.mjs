import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parentPort } from "node:worker_threads";
import { evaluateDecision, parseDecisions } from "@jinshui/dmn";
import { FeelContext, feelText, typeOf } from "@jinshui/feel";
import { matches } from "./compare.mjs";
import { readTests } from "./read-tests.mjs";

/** Evaluates single cases on request, apart from the thread that watches the time. */

/** Of the folder that was asked for last. */
let loaded;

function load(folder, file) {
  if (loaded?.folder !== folder || loaded.file !== file) {
    const models = readdirSync(folder)
      .filter((name) => name.endsWith(".dmn"))
      .map((name) => ({ name, ...parseDecisions(readFileSync(join(folder, name), "utf8")) }));
    const { model: wanted, tests } = readTests(readFileSync(join(folder, file), "utf8"));
    const main = models.find(({ name }) => name === basename(wanted ?? "")) ?? models[0];
    const imports = models.filter((other) => other !== main).map(({ model }) => model);
    loaded = { folder, file, tests, main, imports };
  }
  return loaded;
}

function run({ folder, file, index }) {
  const { tests, main, imports } = load(folder, file);
  const { invocable, inputs, results } = tests[index];
  if (!main) return { result: "failed", reason: "there is no model beside the tests" };
  const now = new Date().toISOString();
  for (const { name, expected } of results) {
    const { value, warnings, error } = evaluateDecision(main.model, invocable ?? name, inputs, { imports, now });
    const actual = invocable && results.length > 1 && value instanceof FeelContext ? (value.get(name) ?? null) : value;
    if (matches(actual, expected)) continue;
    const said = [error, ...warnings.map(({ message }) => message), ...main.problems.slice(0, 3).map((p) => p.message)];
    const because = said.filter(Boolean).slice(0, 4).join("; ");
    const isForeign = warnings.some(({ message }) => /in Java are not|outside FEEL are not/.test(message));
    return {
      result: isForeign ? "unsupported" : "failed",
      reason: `${name} is ${shown(actual)}, not ${shown(expected)}${because ? ` (${because})` : ""}`,
    };
  }
  return { result: "passed" };
}

function shown(value) {
  const text = feelText(value);
  return `${typeOf(value)} ${text.length > 200 ? `${text.slice(0, 200)}…` : text}`;
}

parentPort.on("message", (request) => {
  try {
    parentPort.postMessage(run(request));
  } catch (fault) {
    parentPort.postMessage({ result: "failed", reason: String(fault?.stack ?? fault) });
  }
});
