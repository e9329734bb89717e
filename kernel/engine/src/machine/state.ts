/** Values of a process: any JSON. */
export type Variables = Record<string, unknown>;

export type WaitKind =
  "task" | "job" | "timer" | "message" | "signal" | "condition" | "call" | "adhoc" | "async" | "join" | "incident";

/** What can stop a token until somebody retries it or the instance is changed. */
export type IncidentCode =
  | "dead-join"
  | "no-open-flow"
  | "condition-failed"
  | "subscription-failed"
  | "timer-failed"
  | "mapping-failed"
  | "link-target"
  | "endless-loop"
  | "no-transaction"
  | "job-failed"
  | "call-failed"
  | "loop-failed"
  | "script-failed"
  | "expression-failed"
  | "decision-failed"
  | "uncaught-error";

/** What an instance stands still for. `id` is what a command names. */
export interface Wait {
  id: string;
  kind: WaitKind;
  /** Where the command leads: for boundary events and event gateways not the element of the token. */
  element: string;
  /** The token that waits; absent for starts of event sub-processes. */
  token?: string;
  /** Starts of event sub-processes: the scope they watch. */
  scope?: string;
  /** Which of the element's events. */
  event?: number;
  /** Messages and signals: their name; absent means that only a command with the id goes on. */
  name?: string;
  /** Messages: the value the sender must give. */
  correlation?: unknown;
  /** Timers: when it fires, ISO instant. */
  dueAt?: string;
  /** Cycles: how often it still fires after this time, -1 without end; and what it follows. */
  repeat?: number;
  cycle?: string;
  /** Continuations: whether it stands before or after the element's work. */
  phase?: "before" | "after";
  /** Incidents: what went wrong. */
  code?: IncidentCode;
  message?: string;
}

/** A place where control is. */
export interface Token {
  id: string;
  element: string;
  /** Id of the scope it lives in; `"0"` for the process itself. */
  scope: string;
  /** The flow it came by. */
  flow?: string;
  /** The scope that works for it: a sub-process, the instances of a loop, a compensation. */
  inner?: string;
  /** Ids of what it waits for. */
  waits?: string[];
  /** Variables that only its activity sees. */
  vars?: Variables;
}

/** Where a loop stands. */
export interface LoopState {
  /** Instances there will be; of a standard loop, its most. */
  total: number;
  started: number;
  completed: number;
  items?: unknown[];
}

/** Something done that can be undone. */
export interface Compensation {
  element: string;
  /** Sub-processes: what was done inside, and its own values at its end. */
  inner?: Compensation[];
  vars?: Variables;
}

/** A running sub-process, loop or compensation: `token` stands at it until its own tokens are gone. */
export interface Scope {
  id: string;
  element: string;
  token: string;
  parent: string;
  /** Tokens in it. */
  live: number;
  loop?: LoopState;
  /** Starts of event sub-processes that are watched. */
  waits?: string[];
  /** Tokens at joins, by element and flow, in the order of their arrival. */
  joins?: Record<string, Record<string, string[]>>;
  done?: Compensation[];
  /** What it is when it is no sub-process: compensation runs, and what follows them; nobody waits for one aside. */
  purpose?: "compensation" | "cancel" | "aside";
}

export const ROOT = "0";

/**
 * Id of the n-th token, wait or scope. No bare number: V8 keeps numbered properties in arrays, which it rebuilds as a whole
 * when they are removed and added by turns (1.6 ms a time among 10,000).
 */
export function idOf(number: number): string {
  return number < KEPT_IDS ? (ids[number] ??= `n${number}`) : `n${number}`;
}

/** Ids of this many are made once: as names of properties they are then found without being read again. */
const KEPT_IDS = 4_096;
const ids: string[] = [];

/** Which one an id is. */
export function numberOf(id: string): number {
  let number = 0;
  for (let at = 1; at < id.length; at += 1) number = 10 * number + id.charCodeAt(at) - 48;
  return number;
}

/** All there is to know of a run: plain JSON, some hundred bytes while it waits. */
export interface InstanceState {
  status: "active" | "completed" | "cancelled" | "failed";
  suspended?: boolean;
  variables: Variables;
  tokens: Record<string, Token>;
  scopes: Record<string, Scope>;
  waits: Record<string, Wait>;
  /** Waits besides those at joins: without any, nothing can happen any more. */
  open: number;
  /** Next number for an id. */
  next: number;
  /** Failed instances: the error that nobody caught. */
  error?: { code?: string; message?: string };
}

/** A fact of the run; applying all of them in order gives the state again. */
export type EngineEvent =
  | { type: "instance-started"; variables: Variables }
  | { type: "token-created"; token: string; element: string; scope: string; flow?: string; vars?: Variables }
  | { type: "token-moved"; token: string; element: string; flow?: string }
  | { type: "wait-added"; wait: Wait }
  | { type: "wait-removed"; wait: string; element: string }
  /** `cancelled`: it was interrupted. */
  | { type: "element-left"; token: string; element: string; cancelled?: boolean }
  | { type: "token-removed"; token: string; element: string }
  | {
      type: "scope-opened";
      scope: string;
      element: string;
      token: string;
      parent: string;
      loop?: LoopState;
      purpose?: Scope["purpose"];
    }
  | { type: "scope-closed"; scope: string; element: string }
  | { type: "compensation-recorded"; scope: string; records: Compensation[] }
  | { type: "compensation-taken"; scope: string; kept: Compensation[] }
  /** Without a token they are those of the instance. */
  | { type: "variables-set"; variables: Variables; element?: string; token?: string }
  | { type: "variables-removed"; names: string[]; token?: string }
  | { type: "instance-suspended" }
  | { type: "instance-activated" }
  /** Goes on in another version of its process, where these elements are called otherwise. */
  | { type: "instance-migrated"; elements: Readonly<Record<string, string>> }
  | { type: "instance-completed" }
  | { type: "instance-failed"; code?: string; message?: string }
  | { type: "instance-cancelled"; reason: string };

/** What an instance waits for, oldest first. */
export function waitsOf(state: InstanceState | undefined): Wait[] {
  return state ? Object.values(state.waits) : [];
}

/** Elements where tokens are now, one entry per token. */
export function activeElements(state: InstanceState): { element: string; token: string; wait?: Wait }[] {
  return Object.values(state.tokens).map(({ element, id, waits }) => {
    const wait = waits?.map((found) => state.waits[found]).find((found) => found?.element === element);
    return { element, token: id, ...(wait ? { wait } : {}) };
  });
}

/** The state before anything happened. */
export function initialState(): InstanceState {
  return {
    status: "active",
    variables: {},
    tokens: {},
    scopes: { [ROOT]: { id: ROOT, element: "", token: "", parent: "", live: 0 } },
    waits: {},
    open: 0,
    next: 1,
  };
}

/** A copy whose own parts may be changed; values of variables are shared, since nothing changes them. */
export function draftOf(state: InstanceState): InstanceState {
  const draft: InstanceState = {
    ...state,
    variables: { ...state.variables },
    tokens: {},
    scopes: {},
    waits: { ...state.waits },
  };
  for (const id in state.tokens) {
    const token = state.tokens[id];
    if (!token) continue;
    const copy = { ...token };
    if (token.waits) copy.waits = [...token.waits];
    draft.tokens[id] = copy;
  }
  for (const id in state.scopes) {
    const scope = state.scopes[id];
    if (!scope) continue;
    const copy = { ...scope };
    if (scope.waits) copy.waits = [...scope.waits];
    if (scope.loop) copy.loop = { ...scope.loop };
    if (scope.done) copy.done = [...scope.done];
    if (scope.joins) copy.joins = structuredClone(scope.joins);
    draft.scopes[id] = copy;
  }
  return draft;
}
