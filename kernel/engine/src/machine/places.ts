import type { EngineEvent, InstanceState } from "./state.js";

/** Ids of tokens by the element they stand at. */
type Elements = Map<string, Set<string>>;

const known = new WeakMap<InstanceState, Places>();

/**
 * Where the tokens of each scope stand. No part of the state: it is built when a scope is first asked for and then follows the
 * events, so that a scope among ten thousand other tokens costs no more than one that is alone.
 */
export class Places {
  readonly #scopes = new Map<string, Elements>();

  private constructor(state: InstanceState) {
    for (const id in state.tokens) {
      const token = state.tokens[id];
      if (token) this.#add(token.scope, token.element, id);
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
      default:
        break;
    }
  }

  /** Elements of a scope where tokens stand. */
  elements(scope: string): string[] {
    return [...(this.#scopes.get(scope)?.keys() ?? [])];
  }

  /** Tokens of a scope, oldest first. */
  tokens(scope: string): string[] {
    const ids = [...(this.#scopes.get(scope)?.values() ?? [])].flatMap((tokens) => [...tokens]);
    return ids.sort((left, right) => Number(left) - Number(right));
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
