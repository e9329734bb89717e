import { document, flow, node, numbered, row } from "./models.mjs";

/**
 * Many tokens in one instance, in one shape, and a command to repeat among them.
 * @typedef {object} Shape
 * @property {string} name
 * @property {(tokens: number) => string} content BPMN with so many tokens, a power of ten, that wait in user tasks.
 * @property {"task" | "message" | "named" | "once" | "start"} step What is repeated: completing one of the tasks, the one
 *   message that is waited for by the wait's id or by its name; or is done once, for all tokens: that message, the start.
 * @property {boolean} [pure] By `decide`, which leaves the state as it was, instead of `advance`.
 * @property {boolean} [grows] Known to grow with the tokens, by what it does; no limit applies.
 */

const loop = (count) =>
  `<multiInstanceLoopCharacteristics><loopCardinality xsi:type="tFormalExpression">${count}</loopCardinality></multiInstanceLoopCharacteristics>`;
const message = `<messageEventDefinition messageRef="m"/>`;

/** Tasks that each send ten tokens on, by as many flows: small models with many tokens. The first is g0. */
function tenfold(tokens, target) {
  const ids = numbered(Math.round(Math.log10(tokens)), (level) => `g${level}`);
  const flows = (id, next) => numbered(10, (at) => flow(id, next, undefined, `${id}-${at}`)).join("");
  return ids.map((id, level) => node(`task ${id}`) + flows(id, ids[level + 1] ?? target)).join("");
}

/** The tokens come to the user task u, which leads on to `target`. */
function crowd(tokens, target) {
  return tenfold(tokens, "u") + node("userTask u") + flow("u", target);
}

const started = (first) => node("startEvent s") + flow("s", first);
const fork = (tokens) => started("g0") + crowd(tokens, "e") + node("endEvent e");

/** As many and one user task beside them, whose token comes last. */
function beside(tokens, gateway) {
  const split = node("parallelGateway split") + flow("split", "g0") + flow("split", "other");
  const end = node(`${gateway} join`) + node("endEvent e") + flow("join", "e");
  return started("split") + split + crowd(tokens, "join") + node("userTask other") + flow("other", "join") + end;
}

function wideJoin(tokens) {
  const branches = numbered(tokens, (at) => node(`userTask u${at}`) + flow("split", `u${at}`) + flow(`u${at}`, "join"));
  const gateways = node("parallelGateway split") + node("parallelGateway join");
  return started("split") + gateways + branches.join("") + node("endEvent e") + flow("join", "e");
}

function looped(tokens) {
  return started("u") + node("userTask u", loop(tokens)) + flow("u", "e") + node("endEvent e");
}

function loopedScopes(tokens) {
  const inner = row("startEvent is", "userTask u", "endEvent ie");
  return started("sub") + node("subProcess sub", loop(tokens) + inner) + flow("sub", "e") + node("endEvent e");
}

/** The message interrupts a sub-process, and leads to it again. */
function cancelled(tokens) {
  const split = node("parallelGateway split") + flow("split", "g0") + flow("split", "sub");
  const sub = node("subProcess sub", row("startEvent is", "userTask it", "endEvent ie")) + flow("sub", "e");
  return started("split") + split + crowd(tokens, "e") + sub + boundary("sub") + node("endEvent e");
}

function boundary(target) {
  return node("boundaryEvent b", message, ` attachedToRef="sub"`) + flow("b", target);
}

/** All tokens are in the sub-process that the message interrupts. */
function cancelledAll(tokens) {
  const inner = node("startEvent is") + flow("is", "g0") + crowd(tokens, "ie") + node("endEvent ie");
  return started("sub") + node("subProcess sub", inner) + flow("sub", "e") + node("endEvent e") + boundary("e");
}

function caught(tokens) {
  const split = node("parallelGateway split") + flow("split", "g0") + flow("split", "c");
  const event = node("intermediateCatchEvent c", message) + flow("c", "c");
  return started("split") + split + crowd(tokens, "e") + event + node("endEvent e");
}

function withEventSubProcess(tokens) {
  const start = node("startEvent es", message, ` isInterrupting="false"`);
  const inner = start + node("endEvent ee") + flow("es", "ee");
  return fork(tokens) + node("subProcess event", inner, ` triggeredByEvent="true"`);
}

/** @type {Shape[]} */
export const SHAPES = [
  { name: "a fork makes them, per token", content: fork, step: "start" },
  { name: "one of a fork ends", content: fork, step: "task" },
  { name: "the same by decide, which copies", content: fork, step: "task", pure: true, grows: true },
  { name: "a loop makes them, per token", content: looped, step: "start" },
  { name: "one of a loop's tasks", content: looped, step: "task" },
  { name: "one of a loop's sub-processes", content: loopedScopes, step: "task" },
  { name: "one comes to a join of so many flows", content: wideJoin, step: "task" },
  {
    name: "one comes to a join, behind others",
    content: (tokens) => beside(tokens, "parallelGateway"),
    step: "task",
  },
  {
    name: "one comes to an inclusive join",
    content: (tokens) => beside(tokens, "inclusiveGateway"),
    step: "task",
  },
  { name: "a sub-process is cancelled beside them", content: cancelled, step: "message" },
  { name: "all are cancelled, per token", content: cancelledAll, step: "once" },
  { name: "a message by name beside them", content: caught, step: "named" },
  { name: "one ends beside an event sub-process", content: withEventSubProcess, step: "task" },
];

/** The file of a shape, with the message its events wait for. */
export function fileOf({ content }, tokens) {
  const xml = document("shape", content(tokens));
  return xml.replace("<process ", `<message id="m" name="m"/><process `);
}
