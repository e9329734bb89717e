import type { Command } from "./machine/commands.js";
import { decide, type Decision } from "./machine/decide.js";
import type { DecideOptions } from "./machine/options.js";
import { type InstanceState, type Variables, type Wait, waitsOf } from "./machine/state.js";
import type { ProcessModel } from "./model/model.js";
import { parseModel } from "./model/parse.js";

export const NOW = "2026-11-23T08:00:00.000Z";

/** BPMN around the given process content. */
export function bpmn(content: string, roots = ""): string {
  return `<?xml version="1.0"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0" targetNamespace="t">${roots}<process id="p">${content}</process></definitions>`;
}

/** A sequence flow in XML. */
export function flow(source: string, target: string, condition?: string, id = `${source}-${target}`): string {
  const inner =
    condition === undefined ? "" : `<conditionExpression>${condition.replaceAll("<", "&lt;")}</conditionExpression>`;
  return `<sequenceFlow id="${id}" sourceRef="${source}" targetRef="${target}">${inner}</sequenceFlow>`;
}

/** The only process of a file without errors. */
export async function model(content: string, roots = ""): Promise<ProcessModel> {
  const { processes, problems } = await parseModel(bpmn(content, roots));
  const errors = problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0 || !processes[0]) throw new Error(JSON.stringify(problems));
  return processes[0];
}

/** Drives one instance and remembers what happened. */
export class Driver {
  state: InstanceState | undefined;
  decisions: Decision[] = [];

  constructor(
    readonly process: ProcessModel,
    readonly options: DecideOptions = {},
  ) {}

  send(command: Command, now = NOW): Decision {
    const decision = decide(this.process, this.state, command, now, this.options);
    this.state = decision.state;
    this.decisions.push(decision);
    return decision;
  }

  start(variables: Variables = {}): this {
    this.send({ type: "start", variables });
    return this;
  }

  /** Completes the task that waits at the element. */
  complete(element: string, variables: Variables = {}): this {
    return this.sendTo(element, "task", (task) => ({ type: "complete-task", task, variables }));
  }

  /** Sends a command to what waits at the element. */
  sendTo(element: string, kind: Wait["kind"], command: (wait: string) => Command): this {
    const wait = waitsOf(this.state).find((candidate) => candidate.element === element && candidate.kind === kind);
    this.send(command(wait?.id ?? "none"));
    return this;
  }

  /** Elements where something waits, sorted. */
  get waiting(): string[] {
    return waitsOf(this.state)
      .map(({ element }) => element)
      .sort();
  }

  /** Finishes whatever waits, first come first served, at most `limit` times; conditions may lead in circles. */
  finish(limit = 200): number {
    let steps = 0;
    while (this.state?.status === "active" && steps < limit) {
      const wait = waitsOf(this.state).find(({ kind }) => kind !== "join");
      if (!wait || wait.kind === "incident") break;
      steps += 1;
      if (wait.kind === "task") this.send({ type: "complete-task", task: wait.id, variables: {} });
      if (wait.kind === "job") this.send({ type: "complete-job", job: wait.id, variables: {} });
      if (wait.kind === "timer") this.send({ type: "fire-timer", timer: wait.id });
      if (wait.kind === "message" || wait.kind === "signal")
        this.send({ type: wait.kind, wait: wait.id, variables: {} });
      if (wait.kind === "call") this.send({ type: "complete-call", call: wait.id, variables: {} });
      if (wait.kind === "adhoc") this.send({ type: "complete-ad-hoc", wait: wait.id });
      if (wait.kind === "condition") break;
    }
    return steps;
  }
}
