import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { carryAll } from "./engine/carried.mjs";
import { measureGrowth, SIZES } from "./engine/growth.mjs";
import { verdicts } from "./engine/limits.mjs";
import { measureWaiting } from "./engine/waiting.mjs";
import { table } from "./harness.mjs";

/**
 * The engine alone, without database and bus, against npm packages that do the same: all read the same BPMN once, and carry
 * instances from start to end in memory. `--quick` takes some 20 s, is rougher, and leaves out bpmn-server, which sleeps at each
 * step; `--json` prints one object. Ends with 1 when a limit is missed.
 */
const WAITING = 100_000;
const FULL = {
  peers: ["bpmn-engine", "bpmn-server"],
  race: { rounds: 7, roundMs: 300 },
  waiting: ["wait", "deregistration"],
  held: { ours: WAITING, runner: WAITING, "bpmn-engine": 300, "bpmn-server": 300 },
  growth: { budgetMs: 1_000, steps: 2_000 },
};
const QUICK = {
  peers: ["bpmn-engine"],
  race: { rounds: 3, roundMs: 70 },
  waiting: ["deregistration"],
  held: { ours: WAITING, runner: WAITING, "bpmn-engine": 20 },
  growth: { budgetMs: 15, steps: 500 },
};

const { values: given } = parseArgs({ options: { quick: { type: "boolean" }, json: { type: "boolean" } } });
const { peers, ...effort } = given.quick ? QUICK : FULL;
const say = given.json ? () => undefined : console.log;
const [{ model: processor }] = cpus();
const machine = { node: process.version, processor, cores: cpus().length };
say(`Node ${machine.node}, ${machine.cores} cores, ${machine.processor}; one thread, everything in memory`);

const models = await carryAll(peers, effort.race);
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

const growth = await measureGrowth(effort.growth);
say("\nNanoseconds of a step among so many tokens");
say(
  table(
    ["", ...SIZES.map((size) => size.toLocaleString("en")), "growth"],
    growth.map(({ shape, ns, times: grown, limited }) => [shape, ...ns, times(grown) + (limited ? "" : " (no limit)")]),
  ),
);

const limits = verdicts(models, waiting, growth);
const missed = limits.filter(({ met }) => !met);
say(`\n${limits.length - missed.length} of ${limits.length} limits are met`);
if (missed.length > 0)
  say(
    table(
      ["missed", "is", "limit"],
      missed.map(({ name, value, limit }) => [name, value, limit]),
    ),
  );
if (given.json)
  console.log(
    JSON.stringify({ bench: "engine", quick: given.quick === true, machine, models, waiting, growth, limits }),
  );
process.exitCode = missed.length > 0 ? 1 : 0;

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
