import type { Mapping, VariableChange } from "../model/model.js";
import { evaluate as evaluateFeel, isUel } from "../feel/feel.js";
import { evaluateUel } from "../uel/imported.js";
import type { Run } from "./run.js";
import { visible } from "./visible.js";
import { ROOT, type Scope, type Token, type Variables } from "./state.js";

export type Answer = { value: unknown } | { error: string };

/** Token that stands for a scope from the outside; nothing for the process. */
export function hostOf(run: Run, scope: Scope): Token | undefined {
  return scope.id === ROOT ? undefined : run.find(scope.token);
}

/** Sets each value where it already is, the innermost first, else on the instance. */
export function assign(run: Run, token: Token | undefined, variables: Variables, element?: string): void {
  const names = Object.keys(variables);
  if (names.length === 0) return;
  if (run.model.conditional) noteChanges(run, token, names);
  const at = element === undefined ? {} : { element };
  if (!anyLocal(run, token)) {
    run.record({ type: "variables-set", variables, ...at });
  } else {
    const groups = new Map<string | undefined, Variables>();
    for (const name of names) {
      const holder = holderOf(run, token, name);
      const group = groups.get(holder) ?? {};
      group[name] = variables[name];
      groups.set(holder, group);
    }
    for (const [holder, group] of groups)
      run.record({
        type: "variables-set",
        variables: group,
        ...at,
        ...(holder === undefined ? {} : { token: holder }),
      });
  }
}

/** Sets values that only the token's activity sees. */
export function assignLocal(run: Run, token: Token, variables: Variables): void {
  if (Object.keys(variables).length === 0) return;
  if (run.model.conditional) noteChanges(run, token, Object.keys(variables));
  run.record({ type: "variables-set", variables, element: token.element, token: token.id });
}

function noteChanges(run: Run, token: Token | undefined, names: readonly string[]): void {
  const before = visible(run.state, token?.id);
  for (const name of names) noteChange(run, name, Object.hasOwn(before, name) ? "update" : "create");
}

function noteChange(run: Run, name: string, change: VariableChange): void {
  run.changed.set(name, change);
  run.changedBefore.set(name, change);
}

/** Takes variables of the instance, or of a token, away. */
export function removeVariables(run: Run, token: Token | undefined, names: readonly string[]): void {
  if (names.length === 0) return;
  const holder = token ? (token.vars ?? {}) : run.state.variables;
  if (run.model.conditional) for (const name of names) if (Object.hasOwn(holder, name)) noteChange(run, name, "delete");
  run.record({ type: "variables-removed", names: [...names], ...(token ? { token: token.id } : {}) });
}

function anyLocal(run: Run, token: Token | undefined): boolean {
  for (let at = token; at; at = hostOf(run, run.scope(at.scope))) if (at.vars) return true;
  return false;
}

/** Id of the innermost token that has a variable of this name; nothing for the instance. */
function holderOf(run: Run, token: Token | undefined, name: string): string | undefined {
  for (let at = token; at; at = hostOf(run, run.scope(at.scope)))
    if (at.vars && Object.hasOwn(at.vars, name)) return at.id;
  return undefined;
}

/** What an expression comes to at a token; `extra` hides everything else. */
export function evaluate(run: Run, text: string, token: Token | undefined, extra?: Variables): Answer {
  const seen = visible(run.state, token?.id);
  return evaluateOver(run, text, token, extra ? { ...seen, ...extra } : seen);
}

/** What an expression comes to that sees these variables and no others. */
function evaluateOver(run: Run, text: string, token: Token | undefined, variables: Variables): Answer {
  if (!isUel(text)) return evaluateFeel(text, variables, run.now);
  const functions = { now: () => run.now, dateTime: () => run.now, ...run.options.functions };
  return evaluateUel(text, {
    get: (name) => variables[name],
    has: (name) => Object.hasOwn(variables, name),
    functions,
    execution: { currentActivityId: token?.element, ...run.options.execution },
    set: (name, value, local) =>
      local && token ? assignLocal(run, token, { [name]: value }) : assign(run, token, { [name]: value }),
  });
}

/** What a condition comes to, in FEEL, UEL or a script language of the host. */
export function evaluateCondition(
  run: Run,
  text: string,
  language: string | undefined,
  token: Token | undefined,
): Answer {
  if (language === undefined) return evaluate(run, text, token);
  const evaluator = run.options.scripts?.[language];
  if (!evaluator) return { error: `No evaluator for scripts in ${language}` };
  return evaluator(text, {
    variables: { ...visible(run.state, token?.id) },
    set: (name, value) => assign(run, token, { [name]: value }),
    setLocal: (name, value) => token && assignLocal(run, token, { [name]: value }),
    execution: { currentActivityId: token?.element, ...run.options.execution },
  });
}

/** Whether skip expressions of imported models count: a variable of the instance says so. */
export function skipping(run: Run, token: Token | undefined): boolean {
  const variables = visible(run.state, token?.id);
  return (
    variables["_FLOWABLE_SKIP_EXPRESSION_ENABLED"] === true || variables["_ACTIVITI_SKIP_EXPRESSION_ENABLED"] === true
  );
}

/** A text that may be an expression (UEL, or FEEL with a leading "="), else itself. */
export function evaluateText(run: Run, text: string, token: Token | undefined): Answer {
  return isUel(text) || text.startsWith("=") ? evaluate(run, text, token) : { value: text };
}

/** What mappings come to, or why one of them fails. */
export function mapped(
  run: Run,
  entries: readonly Mapping[],
  token: Token,
  source?: Variables,
): { values: Variables } | { error: string } {
  const values: Variables = {};
  for (const entry of entries) {
    const { target } = entry;
    const over =
      entry.local && !source ? (token.vars ?? {}) : { ...visible(run.state, token.id), ...source, ...values };
    const answer = mapping(run, entry, token, over);
    if ("error" in answer) return { error: `${target}: ${answer.error}` };
    values[target] = answer.value;
  }
  return { values };
}

function mapping(run: Run, { expression, literal }: Mapping, token: Token, over: Variables): Answer {
  if (literal === false && !isUel(expression))
    return { value: Object.hasOwn(over, expression) ? over[expression] : null };
  if (literal !== true) return evaluateOver(run, expression, token, over);
  return filled(run, parsed(expression), token, over);
}

/** A template whose texts may be expressions. */
function filled(run: Run, value: unknown, token: Token, over: Variables): Answer {
  if (typeof value === "string") return isUel(value) ? evaluateOver(run, value, token, over) : { value };
  if (typeof value !== "object" || value === null) return { value };
  const entries: [string, unknown][] = [];
  for (const [key, part] of Object.entries(value)) {
    const answer = filled(run, part, token, over);
    if ("error" in answer) return answer;
    entries.push([key, answer.value]);
  }
  return { value: Array.isArray(value) ? entries.map(([, part]) => part) : Object.fromEntries(entries) };
}

function parsed(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
