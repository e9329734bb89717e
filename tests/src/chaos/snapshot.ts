import type { ElementModel } from "@jinshui/engine";
import type { Row } from "@jinshui/storage";

/** Who held a lease, seen at one moment. */
export interface LeaseSeen {
  name: string;
  owner: string;
  fence: number;
}

/** All that was there when everything had come to rest. */
export interface Snapshot {
  instances: readonly Row[];
  /** Rows of `wf_event`. */
  facts: readonly Row[];
  tasks: readonly Row[];
  candidates: readonly Row[];
  jobs: readonly Row[];
  timers: readonly Row[];
  history: readonly Row[];
  outbox: readonly Row[];
  audits: readonly Row[];
  /** What jobs have done, and what the plugin has heard. */
  effects: readonly Row[];
  heard: readonly Row[];
  deadLetters: readonly Row[];
  /** Elements of each definition, by its id. */
  models: Readonly<Record<string, Readonly<Record<string, Pick<ElementModel, "id" | "type" | "incoming">>>>>;
  /** Leases, in the order they were seen. */
  leases: readonly LeaseSeen[];
  /** What the check of the audit chain says. */
  auditProblems: readonly string[];
  /** What people saw through the public API: the state of each matter, and what somebody of another bureau got. */
  shown: Readonly<Record<string, string>>;
  leaks: readonly string[];
}
