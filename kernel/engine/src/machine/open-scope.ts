import type { Run } from "./run.js";
import type { Scope, Token } from "./state.js";
import { subscribe } from "./subscribe.js";

/** Opens a scope at a token without starting anything in it. */
export function openScope(
  run: Run,
  token: Token,
  element: string,
  parts: Pick<Scope, "loop" | "purpose"> = {},
): string {
  const scope = run.newId();
  run.record({ type: "scope-opened", scope, element, token: token.id, parent: token.scope, ...parts });
  return scope;
}

/** What every scope begins with: its data objects and the starts of its event sub-processes. */
export function begin(run: Run, scope: string, element: string, host: Token | undefined): void {
  const data = run.model.data[element];
  if (data && data.length > 0) {
    const values = Object.fromEntries(
      data.filter(({ value }) => value !== undefined).map(({ name, value }) => [name, value]),
    );
    const given = Object.fromEntries(
      Object.entries(values).filter(([name]) => host !== undefined || !Object.hasOwn(run.state.variables, name)),
    );
    if (Object.keys(given).length > 0)
      run.record({ type: "variables-set", variables: given, element, ...(host ? { token: host.id } : {}) });
  }
  for (const id of run.model.eventSubProcesses[element] ?? []) {
    for (const start of run.model.starts[id] ?? []) {
      const wrong = subscribe(run, { scope }, run.element(start));
      if (wrong !== undefined && host) run.incident(host, "subscription-failed", wrong);
    }
  }
}
