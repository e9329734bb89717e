import {
  type Compensation,
  draftOf,
  type EngineEvent,
  initialState,
  type InstanceState,
  numberOf,
  ROOT,
  type Scope,
  type Token,
  type Variables,
  type Wait,
} from "./state.js";

/** The state after one more event; `state` stays as it is. */
export function apply(state: InstanceState | undefined, event: EngineEvent): InstanceState {
  const draft = draftOf(state ?? initialState());
  change(draft, event);
  return draft;
}

/** Changes a draft by one event: the only code that writes a state. */
export function change(draft: InstanceState, event: EngineEvent): void {
  // the most frequent first: it is tried in this order
  switch (event.type) {
    case "element-left":
      if (event.cancelled !== true) countInstance(draft, event.token);
      break;
    case "token-created":
      createToken(draft, event);
      break;
    case "token-removed":
      removeToken(draft, event.token);
      break;
    case "token-moved": {
      const token = tokenOf(draft, event.token);
      token.element = event.element;
      if (event.flow === undefined) delete token.flow;
      else token.flow = event.flow;
      if (token.vars) delete token.vars;
      break;
    }
    case "wait-added":
      addWait(draft, event.wait);
      break;
    case "wait-removed":
      removeWait(draft, event.wait);
      break;
    case "scope-opened":
      openScope(draft, event);
      break;
    case "scope-closed":
      closeScope(draft, event.scope);
      break;
    case "compensation-recorded":
      (scopeOf(draft, event.scope).done ??= []).push(...event.records);
      break;
    case "compensation-taken": {
      const scope = scopeOf(draft, event.scope);
      if (event.kept.length > 0) scope.done = [...event.kept];
      else delete scope.done;
      break;
    }
    case "variables-set":
      if (event.token === undefined) Object.assign(draft.variables, event.variables);
      else setLocal(tokenOf(draft, event.token), event.variables);
      break;
    case "variables-removed": {
      const token = event.token === undefined ? undefined : tokenOf(draft, event.token);
      if (token) token.vars = { ...token.vars };
      const holder = token?.vars ?? draft.variables;
      for (const name of event.names) delete holder[name];
      break;
    }
    case "instance-started":
      Object.assign(draft.variables, event.variables);
      break;
    case "instance-suspended":
      draft.suspended = true;
      break;
    case "instance-activated":
      delete draft.suspended;
      break;
    case "instance-migrated":
      rename(draft, (element) => event.elements[element] ?? element);
      break;
    case "instance-completed":
      draft.status = "completed";
      break;
    case "instance-failed":
      draft.status = "failed";
      draft.error = {
        ...(event.code === undefined ? {} : { code: event.code }),
        ...(event.message === undefined ? {} : { message: event.message }),
      };
      break;
    case "instance-cancelled":
      draft.status = "cancelled";
      break;
  }
}

function rename(draft: InstanceState, to: (element: string) => string): void {
  const undone = (one: Compensation): Compensation => ({
    ...one,
    element: to(one.element),
    ...(one.inner ? { inner: one.inner.map(undone) } : {}),
  });
  for (const token of Object.values(draft.tokens)) token.element = to(token.element);
  for (const wait of Object.values(draft.waits)) draft.waits[wait.id] = { ...wait, element: to(wait.element) };
  for (const scope of Object.values(draft.scopes)) {
    scope.element = to(scope.element);
    if (scope.done) scope.done = scope.done.map(undone);
    if (scope.joins)
      scope.joins = Object.fromEntries(Object.entries(scope.joins).map(([id, flows]) => [to(id), flows]));
  }
}

function createToken(draft: InstanceState, event: EngineEvent & { type: "token-created" }): void {
  const token: Token = { id: event.token, element: event.element, scope: event.scope };
  if (event.flow !== undefined) token.flow = event.flow;
  if (event.vars !== undefined) token.vars = event.vars;
  draft.tokens[event.token] = token;
  const scope = scopeOf(draft, event.scope);
  scope.live += 1;
  if (scope.loop) {
    scope.loop.started += 1;
    if (scope.loop.started > scope.loop.total) scope.loop.total = scope.loop.started;
  }
  used(draft, event.token);
}

/** Values of a token are shared with the event that brought them, so they are replaced, never changed. */
function setLocal(token: Token, variables: Variables): void {
  token.vars = { ...token.vars, ...variables };
}

/** An instance of a loop that is left has been completed. */
function countInstance(draft: InstanceState, id: string): void {
  const { loop } = scopeOf(draft, tokenOf(draft, id).scope);
  if (loop) loop.completed += 1;
}

function removeToken(draft: InstanceState, id: string): void {
  const token = tokenOf(draft, id);
  for (const wait of token.waits ?? []) {
    forgetJoin(draft, token, draft.waits[wait]);
    forget(draft, wait);
  }
  scopeOf(draft, token.scope).live -= 1;
  delete draft.tokens[id];
}

function addWait(draft: InstanceState, wait: Wait): void {
  draft.waits[wait.id] = wait;
  if (wait.kind !== "join") draft.open += 1;
  if (wait.token !== undefined) {
    const token = tokenOf(draft, wait.token);
    (token.waits ??= []).push(wait.id);
    if (wait.kind === "join") {
      const joins = (scopeOf(draft, token.scope).joins ??= {});
      ((joins[wait.element] ??= {})[token.flow ?? ""] ??= []).push(token.id);
    }
  } else if (wait.scope !== undefined) (scopeOf(draft, wait.scope).waits ??= []).push(wait.id);
  used(draft, wait.id);
}

function removeWait(draft: InstanceState, id: string): void {
  const wait = draft.waits[id];
  if (!wait) return;
  forget(draft, id);
  const owner = wait.token !== undefined ? draft.tokens[wait.token] : draft.scopes[wait.scope ?? ROOT];
  if (!owner?.waits) return;
  if (owner.waits.length === 1) delete owner.waits;
  else owner.waits.splice(owner.waits.indexOf(id), 1);
  if (wait.token !== undefined) forgetJoin(draft, tokenOf(draft, wait.token), wait);
}

function forget(draft: InstanceState, id: string): void {
  const wait = draft.waits[id];
  if (!wait) return;
  if (wait.kind !== "join") draft.open -= 1;
  delete draft.waits[id];
}

function forgetJoin(draft: InstanceState, token: Token, wait: Wait | undefined): void {
  if (wait?.kind !== "join") return;
  const scope = scopeOf(draft, token.scope);
  const flows = scope.joins?.[wait.element];
  const arrived = flows?.[token.flow ?? ""];
  if (!scope.joins || !flows || !arrived) return;
  const at = arrived.indexOf(token.id);
  if (at >= 0) arrived.splice(at, 1);
  if (arrived.length === 0) delete flows[token.flow ?? ""];
  if (Object.keys(flows).length === 0) delete scope.joins[wait.element];
  if (Object.keys(scope.joins).length === 0) delete scope.joins;
}

function openScope(draft: InstanceState, event: EngineEvent & { type: "scope-opened" }): void {
  const { scope: id, element, token, parent, loop, purpose } = event;
  const scope: Scope = { id, element, token, parent, live: 0 };
  if (loop) scope.loop = { ...loop };
  if (purpose) scope.purpose = purpose;
  draft.scopes[id] = scope;
  tokenOf(draft, token).inner = id;
  used(draft, id);
}

function closeScope(draft: InstanceState, id: string): void {
  const scope = scopeOf(draft, id);
  for (const wait of scope.waits ?? []) forget(draft, wait);
  const host = draft.tokens[scope.token];
  if (host?.inner === id) delete host.inner;
  delete draft.scopes[id];
}

/** The token with this id; asking for another is an error of the machine. */
function tokenOf(state: InstanceState, id: string): Token {
  const token = state.tokens[id];
  if (!token) throw new Error(`no token ${id}`);
  return token;
}

function scopeOf(state: InstanceState, id: string): Scope {
  const scope = state.scopes[id];
  if (!scope) throw new Error(`no scope ${id}`);
  return scope;
}

function used(draft: InstanceState, id: string): void {
  const number = numberOf(id) + 1;
  if (number > draft.next) draft.next = number;
}
