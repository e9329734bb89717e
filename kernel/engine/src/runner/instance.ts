import type { ProcessModel } from "../model/model.js";
import type { InstanceState, Variables, Wait } from "../machine/state.js";
import type { History } from "./history.js";

/** A process that can be started, in one of its versions. */
export interface Definition {
  /** `key:version`. */
  id: string;
  key: string;
  version: number;
  model: ProcessModel;
}

/** A running or ended instance. */
export interface Instance {
  id: string;
  definition: Definition;
  businessKey?: string;
  /** The call that started it. */
  parent?: { instance: string; call: string };
  state: InstanceState;
  history: History;
  startedAt: string;
  endedAt?: string;
  /** Why it was cancelled. */
  reason?: string;
}

/** Something an instance waits for, as callers see it. */
export interface Waiting extends Wait {
  instance: string;
  /** Name of the element. */
  elementName?: string;
}

/** What a worker gets. */
export interface Job {
  instance: string;
  job: string;
  element: string;
  /** Attributes of the element. */
  extensions: Record<string, string>;
  variables: Variables;
}

/** A job that fails with an error of the model throws this. */
export class BpmnError extends Error {
  override name = "BpmnError";
  constructor(
    readonly code: string,
    message = code,
    readonly kind: "error" | "escalation" = "error",
  ) {
    super(message);
  }
}
