import { type InstanceState, ROOT } from "@jinshui/engine";
import type { Row } from "@jinshui/storage";

/** A matter with what hangs on it. */
export interface MatterRows {
  state: InstanceState;
  /** Rows of `wf_task`. */
  tasks: readonly Row[];
  /** Ids of the tasks that somebody sees. */
  seen: ReadonlySet<unknown>;
}

/** Why a matter can't be as it is, or nothing: every token waits for something that can come, and nothing is left of what has ended. */
export function matterFault({ state, tasks, seen }: MatterRows): string | undefined {
  const waiting = tasks.filter((task) => task["state"] === "open" || task["state"] === "planned");
  if (state.status !== "active") {
    if (Object.keys(state.tokens).length > 0) return `tokens are left of a ${state.status} matter`;
    return waiting.length > 0 ? `tasks are left of a ${state.status} matter` : undefined;
  }
  for (const task of waiting)
    if (state.waits[String(task["engine_task"])]?.kind !== "task") return `task ${String(task["step"])} is nobody's`;
  for (const wait of Object.values(state.waits)) {
    if (wait.kind === "incident") return `incident ${wait.code ?? ""} at ${wait.element}`;
    if (wait.kind !== "task") continue;
    const open = waiting.filter((task) => task["engine_task"] === wait.id && task["state"] === "open");
    if (open.length === 0) return `nothing is open of ${wait.element}`;
    for (const task of open) if (!seen.has(task["id"])) return `nobody sees ${String(task["step"])}`;
  }
  return tokenFault(state);
}

/** What the tokens of a running matter contradict. */
function tokenFault(state: InstanceState): string | undefined {
  const tokens = Object.values(state.tokens);
  for (const scope of Object.values(state.scopes)) {
    const live = tokens.filter((token) => token.scope === scope.id).length;
    if (live !== scope.live) return `scope ${scope.id} counts ${scope.live} tokens, there are ${live}`;
    if (scope.id !== ROOT && state.tokens[scope.token]?.inner !== scope.id) return `scope ${scope.id} has no host`;
  }
  for (const token of tokens) if (token.inner === undefined && !token.waits) return `token ${token.id} is dead`;
  return Object.values(state.waits).some(({ kind }) => kind !== "join") ? undefined : "nothing can happen any more";
}
