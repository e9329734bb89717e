import { decide, type Command, type Decision } from "./machine/decide.js";
import type { InstanceState, Variables } from "./machine/state.js";
import type { ProcessModel } from "./model/model.js";
import { parseModel } from "./model/parse.js";

export const NOW = "2026-11-23T08:00:00.000Z";

/** BPMN around the given process content. */
export function bpmn(content: string): string {
  return `<?xml version="1.0"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0" targetNamespace="t"><process id="p">${content}</process></definitions>`;
}

/** A sequence flow in XML. */
export function flow(source: string, target: string, condition?: string, id = `${source}-${target}`): string {
  const inner =
    condition === undefined ? "" : `<conditionExpression>${condition.replaceAll("<", "&lt;")}</conditionExpression>`;
  return `<sequenceFlow id="${id}" sourceRef="${source}" targetRef="${target}">${inner}</sequenceFlow>`;
}

/** The only process of a file without errors. */
export async function model(content: string): Promise<ProcessModel> {
  const { processes, problems } = await parseModel(bpmn(content));
  const errors = problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0 || !processes[0]) throw new Error(JSON.stringify(problems));
  return processes[0];
}

/** Drives one instance and remembers what happened. */
export class Driver {
  state: InstanceState | undefined;
  decisions: Decision[] = [];

  constructor(readonly process: ProcessModel) {}

  send(command: Command, now = NOW): Decision {
    const decision = decide(this.process, this.state, command, now);
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
    const token = this.state?.tokens.find(
      (candidate) => candidate.element === element && candidate.wait?.kind === "task",
    );
    this.send({ type: "complete-task", task: token?.wait?.id ?? "none", variables });
    return this;
  }

  /** Elements where something waits, sorted. */
  get waiting(): string[] {
    return (this.state?.tokens ?? [])
      .filter((token) => token.wait)
      .map((token) => token.element)
      .sort();
  }

  /** Finishes whatever waits, first come first served, at most `limit` times; conditions may lead in circles. */
  finish(limit = 200): number {
    let steps = 0;
    while (this.state?.status === "active" && steps < limit) {
      const wait = this.state.tokens
        .map((token) => token.wait)
        .find((candidate) => candidate && candidate.kind !== "join" && candidate.kind !== "scope");
      if (!wait || wait.kind === "incident") break;
      steps += 1;
      if (wait.kind === "task") this.send({ type: "complete-task", task: wait.id, variables: {} });
      if (wait.kind === "job") this.send({ type: "complete-job", job: wait.id, variables: {} });
      if (wait.kind === "timer") this.send({ type: "fire-timer", timer: wait.id });
    }
    return steps;
  }
}
