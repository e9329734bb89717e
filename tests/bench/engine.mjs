import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { carryAll } from "./engine/carried.mjs";
import { measureWaiting } from "./engine/waiting.mjs";
import { table } from "./harness.mjs";

/**
 * The engine alone, without database and bus, against npm packages that do the same: all read the same BPMN once, and carry
 * instances from start to end in memory. `--quick` takes some 20 s, is rougher, and leaves out bpmn-server, which sleeps at each
 * step; `--json` prints one object.
 */
const WAITING = 100_000;
const FULL = {
  peers: ["bpmn-engine", "bpmn-server"],
  race: { rounds: 7, roundMs: 300 },
  waiting: ["wait", "deregistration"],
  held: { ours: WAITING, runner: WAITING, "bpmn-engine": 300, "bpmn-server": 300 },
};
const QUICK = {
  peers: ["bpmn-engine"],
  race: { rounds: 2, roundMs: 100 },
  waiting: ["deregistration"],
  held: { ours: WAITING, runner: WAITING, "bpmn-engine": 20 },
};

const { values: given } = parseArgs({ options: { quick: { type: "boolean" }, json: { type: "boolean" } } });
const effort = given.quick ? QUICK : FULL;
const say = given.json ? () => undefined : console.log;
const [{ model: processor }] = cpus();
const machine = { node: process.version, processor, cores: cpus().length };
say(`Node ${machine.node}, ${machine.cores} cores, ${machine.processor}; one thread, everything in memory`);

const models = await carryAll(effort.peers, effort.race);
const { peers } = effort;
say("\nInstances from start to end; an element step is one element entered, as each engine's own events say");
say(
  table(
    ["", ...columns("ours"), ...peers.flatMap((peer) => [...columns(peer), "ratio"])],
    models.map(({ name, of }) => [name, ...cells(of.ours), ...peers.flatMap((peer) => compared(of[peer]))]),
  ),
);
for (const { name, of } of models)
  for (const peer of peers) if (of[peer].failed) say(`${peer} can't run "${name}": ${of[peer].failed}`);

const waiting = measureWaiting(effort.waiting, effort.held);
say("\nInstances that wait in a user task; ratio: of bytes in memory, to ours");
say(
  table(
    ["", "by", "number", "JSON B", "heap B", "ratio", "process MB"],
    waiting.map((row) => [
      row.model,
      row.contender,
      row.count,
      row.jsonBytes,
      row.heapBytes,
      times(
        row.heapBytes / waiting.find(({ model, contender }) => model === row.model && contender === "ours").heapBytes,
      ),
      row.rssMegabytes,
    ]),
  ),
);

if (given.json) console.log(JSON.stringify({ bench: "engine", quick: given.quick === true, machine, models, waiting }));

function columns(name) {
  return [`${name} /s`, "steps", "ns/step"];
}

function cells({ perSecond, elements, elementNs }) {
  return [perSecond, elements, elementNs];
}

function compared(result) {
  return result.failed ? ["–", "–", "–", "–"] : [...cells(result), times(result.ratio)];
}

function times(ratio) {
  return `× ${(ratio >= 10 ? Math.round(ratio) : Number(ratio.toPrecision(2))).toLocaleString("en")}`;
}
