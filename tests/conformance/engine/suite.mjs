import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Host } from "./host.mjs";
import { interpret } from "./interpret.mjs";
import { Unsupported } from "./values.mjs";

const LIMIT = 5000;

/** The package a case is of: its id without the class and the test. */
function areaOf(id) {
  const [suite, ...rest] = id.split(".").slice(0, -2);
  return [suite, (rest[0] === "test" ? rest.slice(1) : rest).join(".")].join(" ");
}

async function runCase(folder, id) {
  const test = JSON.parse(await readFile(join(folder, "cases", `${id}.json`), "utf8"));
  const models = {};
  for (const [resource, file] of Object.entries(test.models ?? {}))
    models[resource] = await readFile(join(folder, "models", file), "utf8");
  const host = new Host(test.suite, models, LIMIT);
  try {
    await host.deploy(test.deployed ?? []);
    await interpret(test.steps, host);
  } finally {
    host.close();
  }
}

function failure(error) {
  const reason = String(error?.message ?? error).slice(0, 300);
  return { result: error instanceof Unsupported ? "unsupported" : "failed", reason, step: error?.step };
}

/** Runs every case of a folder with a manifest, or those that a filter takes. */
export async function runSuite(folder, take = () => true) {
  const { cases: listed } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
  const cases = [];
  for (const entry of listed.filter(take)) {
    const head = { id: entry.id, core: entry.core, portable: entry.portable, area: entry.area ?? areaOf(entry.id) };
    let timer;
    const late = new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`not done after ${LIMIT} ms`)), LIMIT + 500);
    });
    try {
      await Promise.race([runCase(folder, entry.id), late]);
      cases.push({ ...head, result: "passed" });
    } catch (error) {
      cases.push({ ...head, ...failure(error) });
    } finally {
      clearTimeout(timer);
    }
  }
  return { name: "engine", cases };
}
