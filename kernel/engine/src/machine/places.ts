import { type EngineEvent, type InstanceState, numberOf, type Wait, type WaitKind } from "./state.js";

/** Ids of tokens by the element they stand at. */
type Elements = Map<string, Set<string>>;

const known = new WeakMap<InstanceState, Places>();

/**
 * Where the tokens of each scope stand, and what waits under which name. No part of the state: it is built when it is first
 * asked for and then follows the events, so that one among ten thousand tokens costs no more than one that is alone.
 */
export class Places {
  readonly #scopes = new Map<string, Elements>();
  /** Ids of waits by kind and name; those that are over go when they are met. */
  readonly #names = new Map<string, Set<string>>();

  private constructor(state: InstanceState) {
    for (const id in state.tokens) {
      const token = state.tokens[id];
      if (token) this.#add(token.scope, token.element, id);
    }
    for (const id in state.waits) {
      const wait = state.waits[id];
      if (wait) this.#named(wait);
    }
  }

  static of(state: InstanceState): Places {
    const found = known.get(state) ?? new Places(state);
    known.set(state, found);
    return found;
  }

  /** Those of a state that has been asked for before. */
  static known(state: InstanceState): Places | undefined {
    return known.get(state);
  }

  /** Takes over an event that `state` does not contain yet. */
  follow(state: InstanceState, event: EngineEvent): void {
    switch (event.type) {
      case "token-created":
        this.#add(event.scope, event.element, event.token);
        break;
      case "token-moved": {
        const token = state.tokens[event.token];
        if (!token) break;
        this.#remove(token.scope, token.element, token.id);
        this.#add(token.scope, event.element, token.id);
        break;
      }
      case "token-removed": {
        const token = state.tokens[event.token];
        if (token) this.#remove(token.scope, token.element, token.id);
        break;
      }
      case "wait-added":
        this.#named(event.wait);
        break;
      default:
        break;
    }
  }

  /** What waits for a message, signal or condition of this name, oldest first; conditions have none. */
  waits(state: InstanceState, kind: WaitKind, name = ""): Wait[] {
    const found: Wait[] = [];
    const ids = this.#names.get(keyOf(kind, name));
    for (const id of ids ?? []) {
      const wait = state.waits[id];
      if (wait) found.push(wait);
      else ids?.delete(id);
    }
    return found;
  }

  /** Elements of a scope where tokens stand. */
  elements(scope: string): string[] {
    return [...(this.#scopes.get(scope)?.keys() ?? [])];
  }

  /** Tokens of a scope, oldest first. */
  tokens(scope: string): string[] {
    const ids = [...(this.#scopes.get(scope)?.values() ?? [])].flatMap((tokens) => [...tokens]);
    return ids.sort((left, right) => numberOf(left) - numberOf(right));
  }

  #named({ kind, name = "", id }: Wait): void {
    if (kind !== "message" && kind !== "signal" && kind !== "condition") return;
    const key = keyOf(kind, name);
    const ids = this.#names.get(key);
    if (ids) ids.add(id);
    else this.#names.set(key, new Set([id]));
  }

  #add(scope: string, element: string, token: string): void {
    let elements = this.#scopes.get(scope);
    if (!elements) this.#scopes.set(scope, (elements = new Map<string, Set<string>>()));
    const tokens = elements.get(element);
    if (tokens) tokens.add(token);
    else elements.set(element, new Set([token]));
  }

  #remove(scope: string, element: string, token: string): void {
    const elements = this.#scopes.get(scope);
    const tokens = elements?.get(element);
    if (!elements || !tokens?.delete(token) || tokens.size > 0) return;
    elements.delete(element);
    if (elements.size === 0) this.#scopes.delete(scope);
  }
}

function keyOf(kind: WaitKind, name: string): string {
  return `${kind} ${name}`;
}
