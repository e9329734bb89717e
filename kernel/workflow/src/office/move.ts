import type { InstanceState, Instruction, ProcessModel, Scope, Token } from "@jinshui/engine";
import { Blocks, type Branch, type Path } from "./blocks.js";

/** How an instance is put somewhere else, and the tokens that go for it. */
export interface Move {
  instructions: Instruction[];
  cancelled: string[];
}

/**
 * How a token goes to another element of its scope, or of one around it. What began after the element goes; branches beside it
 * stay; where the element lies in a branch that is over, the other branches count as done. Nothing where it lies beside the
 * token, inside a sub-process that the token is not in, or where the model does not tell what runs beside what.
 */
export function moveTo(model: ProcessModel, state: InstanceState, from: Token, target: string): Move | undefined {
  const scope = model.elements[target]?.scope;
  if (scope === undefined) return undefined;
  const place = placeIn(state, from, scope);
  if (!place) return undefined;
  const blocks = Blocks.of(model, scope);
  const here = tokenPath(model, state, blocks, place);
  const there = blocks.path(target);
  if (!here || !there) return undefined;
  const shared = commonLength(here, there);
  // a branch beside the token's own
  if (here[shared] && here[shared].split === there[shared]?.split) return undefined;
  const cancelled: string[] = [];
  for (const token of Object.values(state.tokens)) {
    if (token.scope !== place.scope || model.elements[token.element]?.type === "eventSubProcess") continue;
    const path = tokenPath(model, state, blocks, token);
    if (!path && shared > 0) return undefined;
    if (commonLength(path ?? [], there.slice(0, shared)) === shared) cancelled.push(token.id);
  }
  const arrivals = there.slice(shared).flatMap((branch) => blocks.arrivals(branch));
  return {
    cancelled,
    instructions: [
      { type: "start-before", element: target, scope: place.scope },
      ...arrivals.map((flow): Instruction => ({ type: "start-flow", flow, scope: place.scope })),
      ...cancelled.map((token): Instruction => ({ type: "cancel", token })),
    ],
  };
}

/** The token itself, or the one that stands for it in a scope around it. */
function placeIn(state: InstanceState, from: Token, container: string): Token | undefined {
  for (let token: Token | undefined = from; token;) {
    const scope: Scope | undefined = state.scopes[token.scope];
    if (!scope || scope.purpose !== undefined) return undefined;
    // instances of a loop stand for nothing in the drawing
    if (!scope.loop && scope.element === container) return token;
    token = state.tokens[scope.token];
  }
  return undefined;
}

/** Where a token is: at a join, in the branch it came by. */
function tokenPath(model: ProcessModel, state: InstanceState, blocks: Blocks, token: Token): Path {
  const joins = token.waits?.some((id) => state.waits[id]?.kind === "join") === true;
  const flow = joins && token.flow !== undefined ? model.flows[token.flow] : undefined;
  return flow ? blocks.pathOfFlow(flow) : blocks.path(token.element);
}

function commonLength(one: readonly Branch[], other: readonly Branch[]): number {
  let length = 0;
  while (
    length < one.length &&
    one[length]?.split === other[length]?.split &&
    one[length]?.branch === other[length]?.branch
  )
    length += 1;
  return length;
}
