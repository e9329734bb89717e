import { evaluate } from "../feel/feel.js";
import type { ElementModel, FlowModel, ProcessModel } from "../model/model.js";
import { change, type EngineEvent, type InstanceState, type Token, type Variables, type Wait } from "./state.js";

/** What the caller has to do, in order, when the decision is stored. */
export type Effect =
  | { type: "create-task"; task: string; element: string }
  | { type: "cancel-task"; task: string }
  | { type: "create-job"; job: string; element: string }
  | { type: "cancel-job"; job: string }
  | { type: "schedule-timer"; timer: string; element: string; dueAt: string }
  | { type: "cancel-timer"; timer: string };

/** How an element behaves when a token comes in. */
export type Behaviour = (run: Run, token: Token, element: ElementModel) => void;

const CANCELLED = { task: "cancel-task", job: "cancel-job", timer: "cancel-timer" } as const;

/** One decision in the making: the draft, the facts so far, the effects, and the tokens that can still move. */
export class Run {
  readonly events: EngineEvent[] = [];
  readonly effects: Effect[] = [];
  readonly ready: string[] = [];

  constructor(
    readonly model: ProcessModel,
    readonly state: InstanceState,
    readonly now: string,
  ) {}

  /** Records a fact and changes the draft by it. */
  record(event: EngineEvent): void {
    this.events.push(event);
    change(this.state, event);
  }

  newId(prefix: string): string {
    return `${prefix}${this.state.next}`;
  }

  find(id: string): Token | undefined {
    return this.state.tokens.find((token) => token.id === id);
  }

  element(id: string): ElementModel {
    const element = this.model.elements[id];
    if (!element) throw new Error(`no element ${id} in ${this.model.id}`);
    return element;
  }

  flows(ids: string[]): FlowModel[] {
    return ids.map((id) => this.model.flows[id]).filter((flow) => flow !== undefined);
  }

  /** Puts a new token on an element. */
  create(element: string, scope: string, flow?: string): void {
    const token = this.newId("t");
    this.record({ type: "token-created", token, element, scope, ...(flow === undefined ? {} : { flow }) });
    this.ready.push(token);
  }

  /** Makes a token wait for a command; the effect tells the caller. */
  wait(token: Token, kind: "task" | "job" | "timer" | "join" | "scope", dueAt?: string): string {
    const id = this.newId(kind.charAt(0));
    this.record({
      type: "token-waits",
      token: token.id,
      element: token.element,
      wait: { kind, id, ...(dueAt === undefined ? {} : { dueAt }) },
    });
    if (kind === "task") this.effects.push({ type: "create-task", task: id, element: token.element });
    if (kind === "job") this.effects.push({ type: "create-job", job: id, element: token.element });
    if (kind === "timer")
      this.effects.push({ type: "schedule-timer", timer: id, element: token.element, dueAt: dueAt ?? this.now });
    return id;
  }

  /** Stops a token where it is, with the reason, until somebody retries it. */
  incident(token: Token, code: string, message: string): void {
    const wait: Wait = { kind: "incident", id: this.newId("i"), code, message };
    this.record({ type: "token-waits", token: token.id, element: token.element, wait });
  }

  continue(token: Token, wait: Wait): void {
    this.record({ type: "token-continues", token: token.id, element: token.element, wait: wait.id });
  }

  setVariables(variables: Variables, element: string): void {
    if (Object.keys(variables).length > 0) this.record({ type: "variables-set", variables, element });
  }

  /** Sends a token on by the given flows: the first takes the token itself, the others new ones. None: the token ends. */
  leave(token: Token, flows: FlowModel[]): void {
    const { id, element, scope } = token;
    this.record({ type: "element-left", token: id, element });
    const [first, ...others] = flows;
    if (!first) {
      this.remove(token);
      this.closeIfDone(scope);
      return;
    }
    this.record({ type: "token-moved", token: id, element: first.target, flow: first.id });
    this.ready.push(id);
    for (const flow of others) this.create(flow.target, scope, flow.id);
  }

  /** Leaves by every open flow, or by the default one when no other is open: how activities and events are left. */
  leaveByOpenFlows(token: Token, element: ElementModel): void {
    const open = this.openFlows(token, element);
    if (!open) return;
    if (open.length === 0 && element.outgoing.length > 0)
      this.incident(token, "no-open-flow", `No outgoing flow of ${element.id} is open and it has no default`);
    else this.leave(token, open);
  }

  /** The open flows besides the default, else the default; nothing when a condition failed and an incident was raised. */
  openFlows(token: Token, element: ElementModel, only?: "first"): FlowModel[] | undefined {
    const open: FlowModel[] = [];
    for (const flow of this.flows(element.outgoing)) {
      if (flow.id === element.defaultFlow) continue;
      const answer = this.#isOpen(flow);
      if (typeof answer === "string") {
        this.incident(token, "condition-failed", `Condition of ${flow.id}: ${answer}`);
        return undefined;
      }
      if (answer) open.push(flow);
      if (only && open.length === 1) return open;
    }
    return open.length > 0 || element.defaultFlow === undefined ? open : this.flows([element.defaultFlow]);
  }

  #isOpen(flow: FlowModel): boolean | string {
    if (flow.condition === undefined) return true;
    const result = evaluate(flow.condition, this.state.variables);
    return "error" in result ? result.error : result.value === true;
  }

  /** Takes a token away, with whatever it waited for. */
  remove(token: Token): void {
    const { wait } = token;
    if (wait && (wait.kind === "task" || wait.kind === "job" || wait.kind === "timer")) {
      this.effects.push({ type: CANCELLED[wait.kind], [wait.kind]: wait.id } as Effect);
    }
    this.record({ type: "token-removed", token: token.id, element: token.element });
  }

  /** Removes all tokens of a scope and of the scopes inside it. */
  clear(scope: string): void {
    for (const inner of this.state.scopes.filter(({ parent }) => parent === scope)) {
      this.clear(inner.id);
      this.record({ type: "scope-closed", scope: inner.id, element: inner.element });
    }
    for (const token of this.state.tokens.filter((candidate) => candidate.scope === scope)) this.remove(token);
  }

  /** Ends a scope whose last token is gone: the sub-process is left, or the instance is complete. */
  closeIfDone(scope: string): void {
    if (this.state.tokens.some((token) => token.scope === scope)) return;
    if (scope === "") {
      this.record({ type: "instance-completed" });
      return;
    }
    const closed = this.state.scopes.find(({ id }) => id === scope);
    if (!closed) return;
    this.record({ type: "scope-closed", scope, element: closed.element });
    const host = this.find(closed.token);
    if (!host?.wait) return;
    this.continue(host, host.wait);
    this.leaveByOpenFlows(host, this.element(host.element));
  }
}
