import { evaluate } from "../feel/feel.js";
import { addDuration, toInstant } from "../feel/iso-time.js";
import type { ElementType, TimerDefinition } from "../model/model.js";
import { joinParallel } from "./join.js";
import type { Behaviour, Run } from "./run.js";

const pass: Behaviour = (run, token, element) => run.leaveByOpenFlows(token, element);

const exclusiveGateway: Behaviour = (run, token, element) => {
  const open = run.openFlows(token, element, "first");
  if (!open) return;
  if (open.length === 0 && element.outgoing.length > 0)
    run.incident(token, "no-open-flow", `No outgoing flow of ${element.id} is open and it has no default`);
  else run.leave(token, open.slice(0, 1));
};

const parallelGateway: Behaviour = (run, token, element) => {
  if (element.incoming.length > 1) joinParallel(run, token, element);
  else run.leave(token, run.flows(element.outgoing));
};

/** With several incoming flows it waits; the scheduler opens it when nothing else can still come. */
const inclusiveGateway: Behaviour = (run, token, element) => {
  if (element.incoming.length > 1) run.wait(token, "join");
  else run.leaveByOpenFlows(token, element);
};

const endEvent: Behaviour = (run, token) => run.leave(token, []);

const terminateEndEvent: Behaviour = (run, token) => {
  const { scope } = token;
  run.record({ type: "element-left", token: token.id, element: token.element });
  run.clear(scope);
  run.closeIfDone(scope);
};

const scriptTask: Behaviour = (run, token, element) => {
  const result = evaluate(element.script?.expression ?? "null", run.state.variables);
  if ("error" in result) {
    run.incident(token, "script-failed", result.error);
    return;
  }
  if (element.script?.resultVariable !== undefined)
    run.setVariables({ [element.script.resultVariable]: result.value }, element.id);
  run.leaveByOpenFlows(token, element);
};

const timerCatchEvent: Behaviour = (run, token, element) => {
  const due = element.timer ? dueAt(run, element.timer) : { error: "no timer" };
  if ("error" in due) run.incident(token, "timer-failed", due.error);
  else run.wait(token, "timer", due.at);
};

const subProcess: Behaviour = (run, token, element) => {
  const starts = run.model.starts[element.id] ?? [];
  if (starts.length === 0) {
    run.leaveByOpenFlows(token, element);
    return;
  }
  const scope = run.wait(token, "scope");
  run.record({ type: "scope-opened", scope, element: element.id, token: token.id, parent: token.scope });
  for (const start of starts) run.create(start, scope);
};

/** What each element does; a new one is a line here. */
export const behaviours: Record<ElementType, Behaviour> = {
  startEvent: pass,
  task: pass,
  manualTask: pass,
  endEvent,
  terminateEndEvent,
  userTask: (run, token) => void run.wait(token, "task"),
  serviceTask: (run, token) => void run.wait(token, "job"),
  scriptTask,
  exclusiveGateway,
  parallelGateway,
  inclusiveGateway,
  timerCatchEvent,
  subProcess,
};

function dueAt(run: Run, timer: TimerDefinition): { at: string } | { error: string } {
  const literal = instant(run.now, timer.kind, timer.expression);
  if (literal !== undefined) return { at: literal };
  const result = evaluate(timer.expression, run.state.variables);
  if ("error" in result) return { error: result.error };
  const computed = typeof result.value === "string" ? instant(run.now, timer.kind, result.value) : undefined;
  return computed === undefined
    ? { error: `"${timer.expression}" gave ${JSON.stringify(result.value)}, which is no ${timer.kind}` }
    : { at: computed };
}

function instant(now: string, kind: "date" | "duration", text: string): string | undefined {
  return kind === "duration" ? addDuration(now, text) : toInstant(text);
}
