import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { race } from "../harness.mjs";
import { contender } from "./contenders.mjs";
import { models } from "./models.mjs";

const run = promisify(execFile);

/**
 * One model, carried from start to end by every contender in turns.
 * @typedef {object} Carried
 * @property {string} id
 * @property {string} name
 * @property {Record<string, Result>} of By contender.
 *
 * @typedef {object} Result
 * @property {number} [perSecond] Instances.
 * @property {number} [ratio] Times ours is faster.
 * @property {number} [elements] Entered by one instance, as its own events say.
 * @property {number} [elementNs] What each of these costs.
 * @property {string} [failed] Why it can't run the model.
 */

/**
 * @param {string[]} peers
 * @param {import("../harness.mjs").Effort} effort
 * @returns {Promise<Carried[]>}
 */
export async function carryAll(peers, effort) {
  const rows = [];
  for (const { id, name } of models()) {
    // a process for each model: what V8 has learnt from one would slow the next down
    const { stdout } = await run(process.execPath, [
      fileURLToPath(import.meta.url),
      id,
      JSON.stringify({ peers, effort }),
    ]);
    rows.push({ id, name, of: JSON.parse(stdout) });
  }
  return rows;
}

async function carry(id, names, effort) {
  const running = {};
  const results = {};
  for (const name of names) {
    try {
      const { run, elements } = await contender(name, id);
      results[name] = { elements: await elements() };
      running[name] = run;
    } catch (error) {
      if (name === "ours") throw error;
      results[name] = { failed: error instanceof Error ? error.message : String(error) };
    }
  }
  for (const [name, speed] of Object.entries(await race(running, effort)))
    Object.assign(results[name], speed, { elementNs: 1e9 / speed.perSecond / results[name].elements });
  return results;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , id, given] = process.argv;
  const { peers, effort } = JSON.parse(given);
  console.log(JSON.stringify(await carry(id, ["ours", ...peers], effort)));
  process.exit();
}
