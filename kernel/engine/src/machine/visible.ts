import { type InstanceState, ROOT, type Scope, type Variables } from "./state.js";

/** Everything a token sees: its own values hide those around it. Nothing: the values of the instance. */
export function visible(state: InstanceState, token: string | undefined): Variables {
  const layers: Variables[] = [];
  for (let at = token === undefined ? undefined : state.tokens[token]; at;) {
    if (at.vars) layers.push(at.vars);
    const scope: Scope | undefined = state.scopes[at.scope];
    if (scope?.loop) layers.push(loopVariables(scope));
    at = scope === undefined || scope.id === ROOT ? undefined : state.tokens[scope.token];
  }
  if (layers.length === 0) return state.variables;
  return Object.assign({}, state.variables, ...layers.reverse()) as Variables;
}

function loopVariables({ loop, live }: Scope): Variables {
  return loop ? { nrOfInstances: loop.total, nrOfActiveInstances: live, nrOfCompletedInstances: loop.completed } : {};
}
