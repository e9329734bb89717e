import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * What instances take that wait in a user task.
 * @typedef {object} Waiting
 * @property {string} model
 * @property {string} contender
 * @property {number} count How many wait in the process.
 * @property {number} jsonBytes State of one, as JSON.
 * @property {number} heapBytes Of one, in memory.
 * @property {number} rssMegabytes Of the whole process, with them.
 */

/**
 * @param {string[]} models
 * @param {Record<string, number>} counts How many each contender holds: peers need too long for as many as ours.
 * @returns {Waiting[]}
 */
export function measureWaiting(models, counts) {
  return models.flatMap((model) =>
    Object.entries(counts).map(([contender, count]) => ({
      model,
      contender,
      count,
      ...holding(contender, model, count),
    })),
  );
}

function holding(contender, model, count) {
  const script = fileURLToPath(new URL("memory.mjs", import.meta.url));
  return JSON.parse(
    execFileSync(process.execPath, ["--expose-gc", script, contender, model, String(count)], { encoding: "utf8" }),
  );
}
