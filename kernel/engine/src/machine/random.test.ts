import test from "ava";
import fc from "fast-check";
import { bpmn, Driver, flow, NOW } from "../testing.js";
import { parseModel } from "../model/parse.js";
import { change } from "./change.js";
import type { Command } from "./commands.js";
import { advance } from "./decide.js";
import { initialState, type InstanceState, ROOT, waitsOf } from "./state.js";

const KINDS = [
  "userTask",
  "serviceTask",
  "task",
  "exclusiveGateway",
  "parallelGateway",
  "inclusiveGateway",
  "complexGateway",
  "eventBasedGateway",
  "intermediateCatchEvent",
  "intermediateThrowEvent",
  "subProcess",
  "callActivity",
  "endEvent",
] as const;
const EVENTS = ["timer", "message", "signal", "conditional", "escalation", "error"] as const;
type Kind = (typeof KINDS)[number];

interface Node {
  kind: Kind;
  event: (typeof EVENTS)[number];
  boundary: boolean;
  interrupting: boolean;
  loop: "none" | "parallel" | "sequential";
}

const node: fc.Arbitrary<Node> = fc.record({
  kind: fc.constantFrom(...KINDS),
  event: fc.constantFrom(...EVENTS),
  boundary: fc.boolean(),
  interrupting: fc.boolean(),
  loop: fc.constantFrom("none" as const, "none" as const, "parallel" as const, "sequential" as const),
});
const graph = fc.record({
  nodes: fc.array(node, { minLength: 2, maxLength: 9 }),
  edges: fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { minLength: 2, maxLength: 16 }),
  inner: fc.array(node, { minLength: 1, maxLength: 4 }),
});
const moves = fc.array(fc.tuple(fc.nat(20), fc.nat(9)), { maxLength: 25 });

function definition(event: Node["event"]): string {
  if (event === "timer") return `<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>`;
  if (event === "conditional")
    return `<conditionalEventDefinition><condition>n &gt; 3</condition></conditionalEventDefinition>`;
  return `<${event}EventDefinition ${event}Ref="${event}1"/>`;
}

/** Elements and flows without any order: gateways that split are joined anywhere or nowhere. */
function content(prefix: string, nodes: readonly Node[], edges: readonly [number, number][], inner: string): string {
  const id = (index: number): string => `${prefix}${index % nodes.length}`;
  const written = nodes.map((entry, index) => element(id(index), entry, inner)).join("");
  const chain = nodes.slice(1).map((_, index): [number, number] => [index, index + 1]);
  const flows = [...chain, ...edges]
    .filter(([from]) => nodes[from % nodes.length]?.kind !== "endEvent")
    .map(([from, to], index) => flow(id(from), id(to), undefined, `${prefix}f${index}`));
  return `<startEvent id="${prefix}s"/>${written}${flow(`${prefix}s`, id(0))}${flows.join("")}`;
}

function element(id: string, { kind, event, boundary, interrupting, loop }: Node, inner: string): string {
  const looped =
    loop === "none"
      ? ""
      : `<multiInstanceLoopCharacteristics isSequential="${loop === "sequential"}"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>`;
  const catches = ["timer", "message", "signal", "conditional"].includes(event);
  if (kind === "intermediateCatchEvent")
    return `<${kind} id="${id}">${definition(catches ? event : "timer")}</${kind}>`;
  if (kind === "intermediateThrowEvent")
    return `<${kind} id="${id}">${definition(["message", "signal"].includes(event) ? event : "escalation")}</${kind}>`;
  if (kind === "endEvent")
    return `<endEvent id="${id}">${event === "error" || event === "escalation" ? definition(event) : ""}</endEvent>`;
  if (kind.endsWith("Gateway")) return `<${kind} id="${id}"/>`;
  const body = kind === "subProcess" ? (inner === "" ? "" : inner.replaceAll("INNER", `${id}i`)) : "";
  const call = kind === "callActivity" ? ' calledElement="q"' : "";
  const attached = boundary
    ? `<boundaryEvent id="${id}b" attachedToRef="${id}" cancelActivity="${interrupting || event === "error"}">${definition(event)}</boundaryEvent>`
    : "";
  return `<${kind} id="${id}"${call}>${looped}${body}</${kind}>${attached}`;
}

const ROOTS = ["message", "signal", "error", "escalation"]
  .map(
    (kind) =>
      `<${kind} id="${kind}1" name="${kind}1" ${kind === "message" || kind === "signal" ? "" : `${kind}Code="X"`}/>`,
  )
  .join("");

/** What somebody could do next. */
function move(state: InstanceState, choice: number, how: number): Command | undefined {
  const waits = waitsOf(state).filter(({ kind }) => kind !== "join");
  const wait = waits[choice % Math.max(1, waits.length)];
  if (!wait) return undefined;
  const { id } = wait;
  switch (wait.kind) {
    case "task":
      return how === 0
        ? { type: "throw", wait: id, kind: "error", code: "X" }
        : { type: "complete-task", task: id, variables: { n: how } };
    case "job":
      return how === 0
        ? { type: "fail-job", job: id, message: "down" }
        : { type: "complete-job", job: id, variables: {} };
    case "timer":
      return { type: "fire-timer", timer: id };
    case "message":
    case "signal":
      return { type: wait.kind, wait: id, variables: {} };
    case "call":
      return { type: "complete-call", call: id, variables: {} };
    case "condition":
      return { type: "set-variables", variables: { n: 7 } };
    case "incident":
      return how < 5 ? { type: "retry", incident: id } : { type: "cancel", reason: "enough" };
    default:
      return undefined;
  }
}

/** Why a state can't be, or nothing. */
function fault(state: InstanceState): string | undefined {
  const tokens = Object.values(state.tokens);
  for (const scope of Object.values(state.scopes)) {
    const live = tokens.filter((token) => token.scope === scope.id).length;
    if (live !== scope.live) return `scope ${scope.id} counts ${scope.live} tokens, there are ${live}`;
    if (scope.id !== ROOT && state.tokens[scope.token]?.inner !== scope.id) return `scope ${scope.id} has no host`;
  }
  for (const token of tokens) {
    if (!state.scopes[token.scope]) return `token ${token.id} is nowhere`;
    if (state.status === "active" && token.inner === undefined && !token.waits) return `token ${token.id} is dead`;
  }
  for (const wait of Object.values(state.waits)) {
    const owner = wait.token === undefined ? state.scopes[wait.scope ?? ""] : state.tokens[wait.token];
    if (!owner?.waits?.includes(wait.id)) return `wait ${wait.id} has no owner`;
  }
  const open = Object.values(state.waits).filter(({ kind }) => kind !== "join").length;
  if (state.status === "active" && open === 0) return "nothing can happen any more, and nobody is told";
  if (state.status !== "active" && (tokens.length > 0 || open > 0))
    return `something is left of a ${state.status} instance`;
  return undefined;
}

test("whatever is drawn and done, no token is lost, doubled or dead, and the events give the state again", async (t) => {
  t.timeout(120_000);
  let ran = 0;
  await fc.assert(
    fc.asyncProperty(graph, moves, async ({ nodes, edges, inner }, actions) => {
      const sub = content("INNER", inner, [], "");
      const { processes, problems } = await parseModel(bpmn(content("n", nodes, edges, sub), ROOTS));
      const [process] = processes;
      if (!process || problems.some(({ severity }) => severity === "error")) return;
      ran += 1;
      const run = new Driver(process, { stepLimit: 100 }).start({ n: 1 });
      const commands: Command[] = [{ type: "start", variables: { n: 1 } }];
      for (const [choice, how] of actions) {
        if (run.state?.status !== "active") break;
        const command = move(run.state, choice, how);
        if (command) run.send(command);
        if (command) commands.push(command);
      }
      let kept: InstanceState | undefined;
      run.decisions.forEach((decision, at) => {
        const command = commands[at];
        if (command) kept = advance(process, kept, command, NOW, { stepLimit: 100 }).state;
        t.is(JSON.stringify(kept), JSON.stringify(decision.state), "changing one state gives what copies give");
      });
      const state = initialState();
      for (const decision of run.decisions) {
        for (const event of decision.events) change(state, event);
        t.is(JSON.stringify(state), JSON.stringify(decision.state));
        t.is(fault(decision.state), undefined, JSON.stringify({ nodes, edges, actions }));
      }
    }),
    { numRuns: 200, endOnFailure: true },
  );
  t.true(ran > 100);
});
