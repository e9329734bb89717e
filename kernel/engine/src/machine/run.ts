import type { ElementModel, FlowModel, ProcessModel, VariableChange } from "../model/model.js";
import { change } from "./change.js";
import type { DecideOptions } from "./options.js";
import { Places } from "./places.js";
import {
  type IncidentCode,
  type EngineEvent,
  idOf,
  type InstanceState,
  ROOT,
  type Scope,
  type Token,
  type Variables,
  type Wait,
} from "./state.js";

/** What the caller has to do, in order, when the decision is stored. */
export type Effect =
  | { type: "create-task"; task: string; element: string }
  | { type: "cancel-task"; task: string }
  | { type: "create-job"; job: string; element: string }
  | { type: "cancel-job"; job: string }
  | { type: "schedule-timer"; timer: string; element: string; dueAt: string }
  | { type: "cancel-timer"; timer: string }
  /** A message, signal or condition is waited for; without a name only a command with this id goes on. */
  | {
      type: "open-subscription";
      wait: string;
      kind: "message" | "signal" | "condition";
      element: string;
      name?: string;
    }
  | { type: "close-subscription"; wait: string }
  | { type: "create-continuation"; wait: string; element: string }
  | { type: "cancel-continuation"; wait: string }
  | {
      type: "call-process";
      call: string;
      element: string;
      process: string;
      version?: string;
      businessKey?: string;
      /** Variable of the caller that takes the id of the new instance. */
      idVariable?: string;
      variables: Variables;
    }
  | { type: "cancel-call"; call: string }
  | { type: "send-message"; name: string; element: string; correlation?: unknown }
  /** `local`: only to the instance itself. */
  | {
      type: "broadcast-signal";
      name: string;
      element: string;
      variables: Variables;
      businessKey?: string;
      local?: boolean;
    }
  /** The instances that called this one end with it. */
  | { type: "terminate-callers" }
  | { type: "throw-escalation"; code?: string };

/** One decision in the making: the draft, the facts so far, the effects, and the tokens that can still move. */
export class Run {
  readonly events: EngineEvent[] = [];
  readonly effects: Effect[] = [];
  /** Tokens that can move, in order; read from `head`. */
  readonly ready: string[] = [];
  head = 0;
  /** Steps beyond the limit, for instances of loops that are many by right. */
  allowance = 0;
  /** Scopes that have lost a token, and tokens whose activity is done: both are looked at before the next token moves. */
  readonly emptied: string[] = [];
  readonly finished: string[] = [];
  /** Tokens whose catching event has already happened. */
  readonly passed = new Set<string>();
  /** Tokens whose wait before their element is over. */
  readonly continued = new Set<string>();
  /** Names of variables that changed since conditions were looked at. */
  readonly changed = new Map<string, VariableChange>();
  /** The same since the command began. */
  readonly changedBefore = new Map<string, VariableChange>();
  /** Variables of the instance that are forgotten when the decision is taken. */
  readonly transient = new Set<string>();
  /** Conditions that nobody has looked at yet. */
  readonly unseen = new Set<string>();
  /** Scopes whose tokens changed since their inclusive joins were looked at; kept only for models that have such joins. */
  readonly touched = new Set<string>();
  #places: Places | undefined;

  constructor(
    readonly model: ProcessModel,
    readonly state: InstanceState,
    readonly now: string,
    readonly options: DecideOptions,
  ) {
    this.#places = Places.known(state);
  }

  /** Records a fact and changes the draft by it. */
  record(event: EngineEvent): void {
    this.events.push(event);
    this.#places?.follow(this.state, event);
    if (this.model.inclusive) this.#touch(event);
    change(this.state, event);
  }

  /** Where the tokens of each scope stand. */
  get places(): Places {
    return (this.#places ??= Places.of(this.state));
  }

  newId(): string {
    return idOf(this.state.next);
  }

  find(id: string | undefined): Token | undefined {
    return id === undefined ? undefined : this.state.tokens[id];
  }

  scope(id: string): Scope {
    const scope = this.state.scopes[id];
    if (!scope) throw new Error(`no scope ${id}`);
    return scope;
  }

  element(id: string): ElementModel {
    const element = this.model.elements[id];
    if (!element) throw new Error(`no element ${id} in ${this.model.id}`);
    return element;
  }

  flows(ids: string[]): FlowModel[] {
    return ids.map((id) => this.model.flows[id]).filter((flow) => flow !== undefined);
  }

  /** Puts a new token on an element, where it does nothing yet. */
  place(element: string, scope: string, vars?: Variables, flow?: string): Token {
    const token = this.newId();
    const event: EngineEvent = { type: "token-created", token, element, scope };
    if (flow !== undefined) event.flow = flow;
    if (vars !== undefined) event.vars = vars;
    this.record(event);
    const placed = this.state.tokens[token];
    if (!placed) throw new Error(`no token ${token}`);
    return placed;
  }

  /** Puts a new token on an element and lets it work. */
  create(element: string, scope: string, flow?: string, vars?: Variables): Token {
    const token = this.place(element, scope, vars, flow);
    this.ready.push(token.id);
    return token;
  }

  /** Adds something to wait for; the effect tells the caller. */
  wait(wait: Omit<Wait, "id">): string {
    const id = this.newId();
    const { kind, element } = wait;
    this.record({ type: "wait-added", wait: { id, ...wait } });
    switch (kind) {
      case "task":
        this.effects.push({ type: "create-task", task: id, element });
        break;
      case "job":
        this.effects.push({ type: "create-job", job: id, element });
        break;
      case "timer":
        this.effects.push({ type: "schedule-timer", timer: id, element, dueAt: wait.dueAt ?? this.now });
        break;
      case "async":
        this.effects.push({ type: "create-continuation", wait: id, element });
        break;
      case "message":
      case "signal":
      case "condition":
        if (kind === "condition") this.unseen.add(id);
        this.effects.push({
          type: "open-subscription",
          wait: id,
          kind,
          element,
          ...(wait.name === undefined ? {} : { name: wait.name }),
        });
        break;
      default:
        break;
    }
    return id;
  }

  /** Stops a token where it is, with the reason, until somebody retries it. */
  incident(token: Token, code: IncidentCode, message: string): void {
    this.wait({ kind: "incident", element: token.element, token: token.id, code, message });
  }

  /** A wait is over because what it waits for has come. */
  met(wait: Wait): void {
    this.record({ type: "wait-removed", wait: wait.id, element: wait.element });
  }

  /** Takes waits away that nobody needs any more, and tells the caller. */
  drop(ids: readonly string[] | undefined): void {
    for (const id of ids ? [...ids] : []) {
      const wait = this.state.waits[id];
      if (!wait) continue;
      this.#cancelled(wait);
      this.met(wait);
    }
  }

  /** Takes a token away, with everything that works for it. */
  remove(token: Token, cancelled = false): void {
    this.stop(token);
    if (cancelled) this.record({ type: "element-left", token: token.id, element: token.element, cancelled: true });
    this.record({ type: "token-removed", token: token.id, element: token.element });
  }

  /** Ends what works for a token and what it waits for; the token stays. */
  stop(token: Token): void {
    if (token.inner !== undefined) this.close(token.inner);
    if (token.waits) this.drop(token.waits);
  }

  /** Removes all tokens of a scope and of the scopes inside it. */
  clear(scope: string, but?: string): void {
    if (this.scope(scope).live === 0) return;
    for (const id of this.places.tokens(scope)) {
      const token = id === but ? undefined : this.find(id);
      if (token) this.remove(token, true);
    }
  }

  /** Clears a scope and closes it. */
  close(id: string): void {
    this.clear(id);
    this.drop(this.scope(id).waits);
    this.record({ type: "scope-closed", scope: id, element: this.scope(id).element });
  }

  /** The element around the tokens of a scope, `""` for the process. */
  container(scope: Scope): string {
    return scope.id === ROOT ? "" : scope.element;
  }

  /** Whether a token is one of the instances of its looped activity, not the activity as a whole. */
  isInner(token: Token): boolean {
    const scope = this.state.scopes[token.scope];
    return scope?.loop !== undefined && scope.element === token.element;
  }

  #touch(event: EngineEvent): void {
    if (event.type === "token-created") this.touched.add(event.scope);
    else if (event.type === "token-moved" || event.type === "token-removed") {
      const token = this.find(event.token);
      if (token) this.touched.add(token.scope);
    }
  }

  #cancelled(wait: Wait): void {
    const { id } = wait;
    switch (wait.kind) {
      case "task":
        this.effects.push({ type: "cancel-task", task: id });
        break;
      case "job":
        this.effects.push({ type: "cancel-job", job: id });
        break;
      case "timer":
        this.effects.push({ type: "cancel-timer", timer: id });
        break;
      case "call":
        this.effects.push({ type: "cancel-call", call: id });
        break;
      case "async":
        this.effects.push({ type: "cancel-continuation", wait: id });
        break;
      case "message":
      case "signal":
      case "condition":
        this.effects.push({ type: "close-subscription", wait: id });
        break;
      default:
        break;
    }
  }
}
