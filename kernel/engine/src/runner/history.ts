import type { ProcessModel } from "../model/model.js";
import type { EngineEvent } from "../machine/state.js";

/** One visit of an element. */
export interface ActivityRow {
  instance: string;
  token: string;
  element: string;
  type: string;
  name?: string;
  scope: string;
  startedAt: string;
  endedAt?: string;
  cancelled?: boolean;
}

/** What happened in an instance, built from its events. */
export class History {
  readonly activities: ActivityRow[] = [];
  readonly #open = new Map<string, ActivityRow>();
  readonly #scopes = new Map<string, string>();

  constructor(
    readonly instance: string,
    readonly model: ProcessModel,
  ) {}

  /** Takes the events of one decision in. */
  add(events: readonly EngineEvent[], at: string): void {
    for (const event of events) {
      switch (event.type) {
        case "token-created":
          this.#scopes.set(event.token, event.scope);
          this.#enter(event.token, event.element, at);
          break;
        case "token-moved":
          this.#enter(event.token, event.element, at);
          break;
        case "element-left":
          this.#leave(event.token, at, event.cancelled === true);
          break;
        case "token-removed":
          this.#leave(event.token, at, true);
          this.#scopes.delete(event.token);
          break;
        default:
          break;
      }
    }
  }

  #enter(token: string, element: string, at: string): void {
    this.#leave(token, at, false);
    const found = this.model.elements[element];
    const row: ActivityRow = {
      instance: this.instance,
      token,
      element,
      type: found?.type ?? "",
      ...(found?.name === undefined ? {} : { name: found.name }),
      scope: this.#scopes.get(token) ?? "",
      startedAt: at,
    };
    this.activities.push(row);
    this.#open.set(token, row);
  }

  #leave(token: string, at: string, cancelled: boolean): void {
    const row = this.#open.get(token);
    if (!row) return;
    row.endedAt = at;
    if (cancelled) row.cancelled = true;
    this.#open.delete(token);
  }
}
