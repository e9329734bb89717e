import type { ElementModel, ProcessModel } from "../model/model.js";
import { apply } from "./change.js";
import { type Compensation, type EngineEvent, type InstanceState, ROOT, waitsOf } from "./state.js";

/** Why an instance can't go on in another version of its process; has texts where people migrate. */
export type MigrationCode =
  /** The element is not in the other version, and nothing is named in its place. */
  | "no-target"
  /** The one in its place is of another kind, which could not go on with what has begun. */
  | "other-type"
  /** It is inside of another sub-process. */
  | "other-scope"
  /** It is done several times here and once there, or otherwise. */
  | "other-loop"
  /** What it waits for (a message, a signal, a time) is not what the other waits for. */
  | "other-event"
  /** Branches have arrived by ways that do not lead there any more. */
  | "other-flows";

export interface MigrationProblem {
  code: MigrationCode;
  element: string;
}

/** Elements of the old version and those that take their place; what is not named keeps its id. */
export type ElementMapping = Readonly<Record<string, string>>;

/** Why an instance, as it stands, can't go on in another version; empty when it can. */
export function checkMigration(
  from: ProcessModel,
  to: ProcessModel,
  state: InstanceState,
  mapping: ElementMapping = {},
): MigrationProblem[] {
  const problems = new Map<string, MigrationProblem>();
  const add = (code: MigrationCode, element: string): void =>
    void problems.set(`${code} ${element}`, { code, element });
  for (const id of elementsIn(state)) {
    const [before, after] = [from.elements[id], to.elements[mapping[id] ?? id]];
    if (!before) continue;
    if (!after) add("no-target", id);
    else if (before.type !== after.type) add("other-type", id);
    else if ((mapping[before.scope] ?? before.scope) !== after.scope) add("other-scope", id);
    else if (before.loop?.kind !== after.loop?.kind) add("other-loop", id);
  }
  for (const { element, event = 0, kind, name } of waitsOf(state)) {
    if (kind !== "message" && kind !== "signal" && kind !== "timer") continue;
    const after = to.elements[mapping[element] ?? element];
    const expected = after?.events?.[event];
    if (
      after &&
      (expected?.kind !== kind ||
        (kind !== "timer" && name !== undefined && expected.name !== nameIn(from, element, event)))
    )
      add("other-event", element);
  }
  for (const scope of Object.values(state.scopes))
    for (const [element, flows] of Object.entries(scope.joins ?? {}))
      for (const flow of Object.keys(flows))
        if (to.flows[flow]?.target !== (mapping[element] ?? element)) add("other-flows", element);
  return [...problems.values()];
}

/** An instance as it goes on in the other version: the same tokens, at the elements that take the place of theirs. */
export function migrate(
  state: InstanceState,
  mapping: ElementMapping,
): { state: InstanceState; events: EngineEvent[] } {
  const event: EngineEvent = { type: "instance-migrated", elements: mapping };
  return { state: apply(state, event), events: [event] };
}

/** Boundary events and starts of event sub-processes of the other version that nothing will watch for work that has begun already. */
export function unwatched(to: ProcessModel, state: InstanceState, mapping: ElementMapping = {}): ElementModel[] {
  const watched = new Set(waitsOf(state).map(({ element }) => mapping[element] ?? element));
  const standing = new Set(Object.values(state.tokens).map(({ element }) => mapping[element] ?? element));
  return Object.values(to.elements).filter(
    ({ id, attachedTo }) => attachedTo !== undefined && standing.has(attachedTo) && !watched.has(id),
  );
}

function nameIn(model: ProcessModel, element: string, event: number): string | undefined {
  return model.elements[element]?.events?.[event]?.name;
}

function elementsIn({ tokens, scopes, waits }: InstanceState): Set<string> {
  const found = new Set<string>();
  for (const { element } of Object.values(tokens)) found.add(element);
  for (const { element } of Object.values(waits)) found.add(element);
  for (const { id, element, done } of Object.values(scopes)) {
    if (id !== ROOT) found.add(element);
    for (const undone of done ?? []) addCompensation(found, undone);
  }
  return found;
}

function addCompensation(found: Set<string>, { element, inner }: Compensation): void {
  found.add(element);
  for (const undone of inner ?? []) addCompensation(found, undone);
}
