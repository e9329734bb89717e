import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { Worker } from "node:worker_threads";
import { readXml, childrenOf } from "./read-xml.mjs";

/** @import { CaseResult, SuiteResult } from "../run.mjs" */

const CASE_DEADLINE_MS = 10_000;

/**
 * Runs the TCK of DMN: folders of a model and its test files, at any depth. A case is a `testCase`; it passes when every
 * one of its results is the expected one.
 * @param {string} root
 * @returns {Promise<SuiteResult>}
 */
export async function runSuite(root) {
  const evaluator = new Evaluator();
  /** @type {CaseResult[]} */
  const cases = [];
  for (const folder of testFolders(root)) {
    const place = relative(root, folder).split(sep).join("/");
    const area = place.includes("/") ? place.slice(0, place.indexOf("/")) : place;
    const files = readdirSync(folder).filter(isTestFile).sort();
    for (const file of files) {
      const prefix = files.length === 1 ? place : `${place}/${file.replace(/\.xml$/, "")}`;
      const { ids, fault } = caseIds(join(folder, file));
      if (fault) cases.push({ id: prefix, area, result: "failed", reason: fault });
      for (const [index, id] of ids.entries()) {
        cases.push({ id: `${prefix}/${id}`, area, ...(await evaluator.run({ folder, file, index })) });
      }
    }
  }
  await evaluator.close();
  return { name: "dmn-tck", cases };
}

const isTestFile = (name) => /-test-\d+\.xml$/.test(name);

function testFolders(folder) {
  const names = readdirSync(folder).sort();
  const inner = names.map((name) => join(folder, name)).filter((path) => statSync(path).isDirectory());
  return [...(names.some(isTestFile) ? [folder] : []), ...inner.flatMap(testFolders)];
}

function caseIds(file) {
  try {
    const seen = new Map();
    const ids = childrenOf(readXml(readFileSync(file, "utf8")), "testCase").map(({ attributes }, index) => {
      const id = attributes.id ?? String(index + 1);
      const times = (seen.get(id) ?? 0) + 1;
      seen.set(id, times);
      return times === 1 ? id : `${id}.${times}`;
    });
    return { ids };
  } catch (fault) {
    return { ids: [], fault: `the test file can't be read: ${fault.message}` };
  }
}

/** Evaluates in a thread of its own, which ends when a case takes too long. */
class Evaluator {
  #worker;
  #settle = () => undefined;

  run(request) {
    this.#worker ??= this.#start();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#abandon(`no result within ${CASE_DEADLINE_MS / 1000} s`), CASE_DEADLINE_MS);
      this.#settle = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      this.#worker.postMessage(request);
    });
  }

  async close() {
    this.#settle = () => undefined;
    await this.#worker?.terminate();
  }

  #start() {
    const worker = new Worker(new URL("./worker.mjs", import.meta.url));
    const ended = (reason) => {
      if (worker === this.#worker) this.#abandon(reason);
    };
    worker.on("message", (answer) => worker === this.#worker && this.#settle(answer));
    worker.on("error", (fault) => ended(String(fault?.message ?? fault)));
    worker.on("exit", (code) => ended(`the evaluator ended with code ${code}`));
    return worker;
  }

  /** The case has failed; the next one gets a new thread. */
  #abandon(reason) {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
    this.#settle({ result: "failed", reason });
  }
}
