/**
 * What the engine must reach on one core; a run that misses one of them fails.
 * `growth` is of a step among the most tokens against one among the fewest, a thousand times fewer: caches and the garbage
 * collector cost some of it, a search through the tokens costs hundreds.
 */
const LIMITS = {
  timesBpmnEngine: 100,
  startEndPerSecond: 100_000,
  tenTasksPerSecond: 20_000,
  waitingBytes: 2_048,
  processMegabytes: 500,
  growth: 5,
};

/**
 * @typedef {object} Verdict
 * @property {string} name
 * @property {number} value
 * @property {string} limit
 * @property {boolean} met
 */

/**
 * @param {import("./carried.mjs").Carried[]} carried
 * @param {import("./waiting.mjs").Waiting[]} waiting
 * @param {import("./growth.mjs").Growth[]} growth
 * @returns {Verdict[]}
 */
export function verdicts(carried, waiting, growth) {
  const perSecond = (id) => carried.find((row) => row.id === id).of.ours.perSecond;
  const states = waiting.filter(({ contender }) => contender === "ours");
  const processes = waiting.filter(({ contender }) => contender === "ours" || contender === "runner");
  return [
    ...carried.map(({ name, of }) =>
      atLeast(`${name}, times bpmn-engine`, of["bpmn-engine"].ratio ?? NaN, LIMITS.timesBpmnEngine),
    ),
    atLeast("start and end, instances/s", perSecond("start-end"), LIMITS.startEndPerSecond),
    atLeast("10 tasks in a row, instances/s", perSecond("sequence"), LIMITS.tenTasksPerSecond),
    ...states.flatMap(({ model, jsonBytes, heapBytes }) => [
      atMost(`${model}: waiting instance, bytes of JSON`, jsonBytes, LIMITS.waitingBytes),
      atMost(`${model}: waiting instance, bytes of heap`, heapBytes, LIMITS.waitingBytes),
    ]),
    ...processes.map(({ model, contender, count, rssMegabytes }) =>
      atMost(`${model}: ${count} waiting (${contender}), MB of process`, rssMegabytes, LIMITS.processMegabytes),
    ),
    ...growth
      .filter(({ limited }) => limited)
      .map(({ shape, times }) => atMost(`${shape}, growth`, times, LIMITS.growth)),
  ];
}

function atLeast(name, value, limit) {
  return { name, value, limit: `≥ ${limit.toLocaleString("en")}`, met: value >= limit };
}

function atMost(name, value, limit) {
  return { name, value, limit: `≤ ${limit.toLocaleString("en")}`, met: value <= limit };
}
