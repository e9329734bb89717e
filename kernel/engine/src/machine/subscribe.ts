import type { ElementModel, EventModel } from "../model/model.js";
import { isUel } from "../feel/feel.js";
import type { Run } from "./run.js";
import { ROOT, type Token, type Wait } from "./state.js";
import { dueOf, nextOf } from "./timers.js";
import { evaluate, evaluateCondition, evaluateText } from "./variables.js";

/** Who waits: a token, or a scope for the starts of its event sub-processes. */
export type Owner = { token: Token } | { scope: string };

/** Waits for the events of an element; says what went wrong, and then nothing is waited for. */
export function subscribe(run: Run, owner: Owner, element: ElementModel): string | undefined {
  const waits: Omit<Wait, "id">[] = [];
  for (const [index, event] of (element.events ?? []).entries()) {
    const wait = waitFor(run, owner, element, event);
    if (typeof wait === "string") return wait;
    if (wait) waits.push(index === 0 ? wait : { ...wait, event: index });
  }
  for (const wait of waits) run.wait(wait);
  return undefined;
}

function waitFor(
  run: Run,
  owner: Owner,
  element: ElementModel,
  event: EventModel,
): Omit<Wait, "id"> | string | undefined {
  const base = { element: element.id, ...("token" in owner ? { token: owner.token.id } : { scope: owner.scope }) };
  const at = contextOf(run, owner);
  switch (event.kind) {
    case "timer":
      return timer(run, base, event, at);
    case "conditional":
      return { kind: "condition", ...base };
    case "message":
    case "signal": {
      if (event.name === undefined) return { kind: event.kind, ...base };
      const name = evaluateText(run, event.name, at);
      if ("error" in name) return `Name of the ${event.kind} of ${element.id}: ${name.error}`;
      const wait = { kind: event.kind, ...base, name: String(name.value) };
      if (event.correlation === undefined) return wait;
      const key = evaluate(run, event.correlation, at);
      return "error" in key ? `Correlation of ${element.id}: ${key.error}` : { ...wait, correlation: key.value };
    }
    default:
      return undefined;
  }
}

function timer(
  run: Run,
  base: Pick<Wait, "element" | "token" | "scope">,
  event: EventModel,
  at: Token | undefined,
): Omit<Wait, "id"> | string | undefined {
  if (!event.timer) return `${base.element} has no timer`;
  const { kind, expression } = event.timer;
  const add = countingOf(run, event);
  let due = isUel(expression) ? undefined : dueOf(run.now, kind, expression, add);
  if (!due) {
    const answer = evaluate(run, expression, at);
    if ("error" in answer) return `Timer of ${base.element}: ${answer.error}`;
    due = typeof answer.value === "string" ? dueOf(run.now, kind, answer.value, add) : undefined;
    if (!due)
      return `Timer of ${base.element}: "${expression}" gave ${JSON.stringify(answer.value)}, which is no ${kind}`;
  }
  return {
    kind: "timer",
    ...base,
    dueAt: due.at,
    ...(due.repeat === undefined || due.repeat === 0 || due.cycle === undefined
      ? {}
      : { repeat: due.repeat, cycle: due.cycle }),
  };
}

/** How the durations of a timer are counted: as the host does where it is working time. */
function countingOf(
  run: Run,
  event: EventModel | undefined,
): ((from: string, duration: string) => string | undefined) | undefined {
  return event?.timer?.working === true ? run.options.workingTime : undefined;
}

/** Waits again for an event that came and did not interrupt anything. */
export function renew(run: Run, wait: Wait): void {
  if (wait.kind !== "timer") return;
  run.met(wait);
  const event = run.element(wait.element).events?.[wait.event ?? 0];
  const next =
    wait.cycle === undefined
      ? undefined
      : nextOf(wait.dueAt ?? run.now, wait.cycle, wait.repeat ?? 0, countingOf(run, event));
  if (!next) return;
  const { id, repeat, ...rest } = wait;
  run.wait({ ...rest, dueAt: next.at, repeat: next.repeat ?? 0 });
}

/** The token whose variables an owner's expressions see. */
export function contextOf(run: Run, owner: Owner): Token | undefined {
  if ("token" in owner) return owner.token;
  return owner.scope === ROOT ? undefined : run.find(run.scope(owner.scope).token);
}

/** Conditions that became true, in the order in which they were waited for. */
export function trueConditions(run: Run): Wait[] {
  if (run.unseen.size === 0 && run.changed.size === 0) return [];
  const onDemand = run.options.conditions === "on-demand";
  const found: Wait[] = [];
  for (const wait of run.places.waits(run.state, "condition")) {
    const event = run.element(wait.element).events?.[wait.event ?? 0];
    if (event && concerned(run, event, run.unseen.has(wait.id), onDemand) && holds(run, wait)) found.push(wait);
  }
  run.unseen.clear();
  run.changed.clear();
  return found;
}

function concerned(run: Run, event: EventModel, unseen: boolean, onDemand: boolean): boolean {
  const { condition, variables, changes: wanted } = event;
  // one that is only now waited for has missed nothing of its own command
  const changes = unseen && condition === undefined ? run.changedBefore : run.changed;
  const counts = (name: string): boolean => {
    const change = changes.get(name);
    return change !== undefined && (wanted?.includes(change) ?? true);
  };
  const changed = (variables ?? [...changes.keys()]).some(counts);
  // events without a condition are nothing but the change
  if (condition === undefined) return changed;
  return unseen || (changed && !onDemand);
}

/** Whether the condition of a wait is true; an expression that fails is not. */
export function holds(run: Run, wait: Wait): boolean {
  const event = run.element(wait.element).events?.[wait.event ?? 0];
  if (event?.condition === undefined) return event?.variables !== undefined;
  const owner = wait.token === undefined ? { scope: wait.scope ?? ROOT } : { token: run.find(wait.token) };
  const at = "token" in owner ? owner.token : contextOf(run, owner);
  const answer = evaluateCondition(run, event.condition, event.language, at);
  return "value" in answer && answer.value === true;
}
