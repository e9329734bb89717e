import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { memoryBackend } from "./backend.mjs";
import { Interpreter } from "./interpret.mjs";
import {
  formService,
  historyService,
  identityService,
  managementService,
  repositoryService,
} from "./services/others.mjs";
import { runtimeService } from "./services/runtime.mjs";
import { taskService } from "./services/task.mjs";
import { Unsupported } from "./values.mjs";
import { World } from "./world.mjs";

const NOW = "2026-01-05T09:00:00.000Z";
const CASE_MS = 10_000;

/**
 * Runs the cases of a folder, each on an engine of its own.
 *
 * @param {string} folder The folder of `manifest.json`, `cases` and `models`.
 * @returns {Promise<{name: "engine", cases: {id: string, core: boolean, portable: boolean, area: string, result: "passed" | "failed" | "unsupported", reason?: string}[]}>}
 */
export async function runSuite(folder) {
  const manifest = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
  const known = new Map(manifest.cases.map((found) => [found.id, found]));
  const files = (await readdir(join(folder, "cases"))).filter((name) => name.endsWith(".json")).sort();
  const cases = [];
  for (const file of files) {
    const id = file.slice(0, -".json".length);
    const { core = false, portable = false } = known.get(id) ?? {};
    cases.push({ id, core, portable, area: areaOf(id), ...(await runCase(folder, file)) });
  }
  return { name: "engine", cases };
}

/** `flowable bpmn.gateway` of `flowable.bpmn.gateway.ParallelGatewayTest.testX`. */
function areaOf(id) {
  const [suite, ...rest] = id.replace(".test.", ".").split(".");
  return `${suite} ${rest.slice(0, -2).join(".")}`;
}

async function runCase(folder, file) {
  try {
    const found = JSON.parse(await readFile(join(folder, "cases", file), "utf8"));
    const world = new World({
      backend: memoryBackend({ now: NOW, folder, vendor: found.suite }),
      vendor: found.suite,
      models: found.models,
    });
    if (found.deployed.length > 0) await world.deploy(found.deployed);
    const interpreter = new Interpreter({ services: servicesOf(world), world, until: Date.now() + CASE_MS });
    await interpreter.run(found.steps);
    return { result: "passed" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { result: error instanceof Unsupported ? "unsupported" : "failed", reason };
  }
}

function servicesOf(world) {
  const services = {
    runtime: runtimeService(world),
    task: taskService(world),
    history: historyService(world),
    repository: repositoryService(world),
    management: managementService(world),
    identity: identityService(world),
  };
  services.form = formService(world, services);
  return services;
}
