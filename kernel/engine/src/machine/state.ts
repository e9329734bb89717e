/** Values of a process: any JSON. */
export type Variables = Record<string, unknown>;

/** Why a token stands still. `id` is what a command names. */
export interface Wait {
  kind: "task" | "job" | "timer" | "join" | "scope" | "incident";
  id: string;
  /** Timers: when it fires, ISO instant. */
  dueAt?: string;
  /** Incidents: what went wrong, and the job it came from. */
  code?: string;
  message?: string;
}

/** A place where control is. */
export interface Token {
  id: string;
  element: string;
  /** Id of the scope it lives in; `""` for the process itself. */
  scope: string;
  /** The flow it came by. */
  flow?: string;
  wait?: Wait;
}

/** A running sub-process: `token` waits at it until its own tokens are gone. */
export interface Scope {
  id: string;
  element: string;
  token: string;
  parent: string;
}

/** All there is to know of a run: plain JSON, some hundred bytes while it waits. */
export interface InstanceState {
  status: "active" | "completed" | "cancelled";
  variables: Variables;
  tokens: Token[];
  scopes: Scope[];
  /** Next number for an id. */
  next: number;
}

/** A fact of the run; applying all of them in order gives the state again. */
export type EngineEvent =
  | { type: "instance-started"; variables: Variables }
  | { type: "token-created"; token: string; element: string; scope: string; flow?: string }
  | { type: "token-moved"; token: string; element: string; flow: string }
  | { type: "token-waits"; token: string; element: string; wait: Wait }
  | { type: "token-continues"; token: string; element: string; wait: string }
  | { type: "element-left"; token: string; element: string }
  | { type: "token-removed"; token: string; element: string }
  | { type: "scope-opened"; scope: string; element: string; token: string; parent: string }
  | { type: "scope-closed"; scope: string; element: string }
  | { type: "variables-set"; variables: Variables; element?: string }
  | { type: "instance-completed" }
  | { type: "instance-cancelled"; reason: string };

/** Elements where tokens are now, one entry per token. */
export function activeElements(state: InstanceState): { element: string; token: string; wait?: Wait }[] {
  return state.tokens.map(({ element, id, wait }) => ({ element, token: id, ...(wait ? { wait } : {}) }));
}

/** The state before anything happened. */
export function initialState(): InstanceState {
  return { status: "active", variables: {}, tokens: [], scopes: [], next: 1 };
}

/** A copy whose own lists and tokens may be changed; values of variables are shared, since nothing changes them. */
export function draftOf(state: InstanceState): InstanceState {
  return {
    ...state,
    variables: { ...state.variables },
    tokens: state.tokens.map((token) => ({ ...token })),
    scopes: [...state.scopes],
  };
}

/** The state after one more event; `state` stays as it is. */
export function apply(state: InstanceState | undefined, event: EngineEvent): InstanceState {
  const draft = draftOf(state ?? initialState());
  change(draft, event);
  return draft;
}

/** Changes a draft by one event: the only code that writes a state. */
export function change(draft: InstanceState, event: EngineEvent): void {
  switch (event.type) {
    case "instance-started":
      Object.assign(draft.variables, event.variables);
      break;
    case "token-created":
      draft.tokens.push({
        id: event.token,
        element: event.element,
        scope: event.scope,
        ...(event.flow === undefined ? {} : { flow: event.flow }),
      });
      used(draft, event.token);
      break;
    case "token-moved": {
      const token = tokenOf(draft, event.token);
      token.element = event.element;
      token.flow = event.flow;
      break;
    }
    case "token-waits":
      tokenOf(draft, event.token).wait = event.wait;
      used(draft, event.wait.id);
      break;
    case "token-continues":
      delete tokenOf(draft, event.token).wait;
      break;
    case "token-removed":
      draft.tokens.splice(
        draft.tokens.findIndex((token) => token.id === event.token),
        1,
      );
      break;
    case "scope-opened":
      draft.scopes.push({ id: event.scope, element: event.element, token: event.token, parent: event.parent });
      used(draft, event.scope);
      break;
    case "scope-closed":
      draft.scopes.splice(
        draft.scopes.findIndex((scope) => scope.id === event.scope),
        1,
      );
      break;
    case "variables-set":
      Object.assign(draft.variables, event.variables);
      break;
    case "instance-completed":
      draft.status = "completed";
      break;
    case "instance-cancelled":
      draft.status = "cancelled";
      break;
    case "element-left":
      break;
  }
}

/** The token with this id; asking for another is an error of the machine. */
function tokenOf(state: InstanceState, id: string): Token {
  const token = state.tokens.find((candidate) => candidate.id === id);
  if (!token) throw new Error(`no token ${id}`);
  return token;
}

function used(draft: InstanceState, id: string): void {
  draft.next = Math.max(draft.next, Number(id.slice(1)) + 1);
}
