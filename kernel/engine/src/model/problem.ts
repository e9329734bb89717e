import { SOUNDNESS_CODES } from "./soundness.js";

/**
 * Every code a problem can have; whoever shows problems to people has a text for each. Those from `unknown-form` to `not-on-site`
 * are for callers that give meaning to the extension attributes.
 */
export const PROBLEM_CODES = [
  "malformed-xml",
  "too-large",
  "too-many-parts",
  "too-many-namespaces",
  "too-deep",
  "duplicate-id",
  "skipped-content",
  "too-much-skipped",
  "illegal-id",
  "doctype",
  "not-bpmn",
  "no-process",
  "empty-process",
  "no-start",
  "several-starts",
  "no-end",
  "unsupported-element",
  "unsupported-event",
  "message-flow",
  "ignored-pool",
  "dangling-reference",
  "missing-timer",
  "missing-condition",
  "missing-call",
  "link-target",
  "bad-expression",
  "expressions-unchecked",
  "unknown-script-language",
  "missing-script",
  "bad-default-flow",
  ...SOUNDNESS_CODES,
  "unknown-form",
  "unknown-position",
  "unknown-action",
  "unknown-job",
  "no-job",
  "not-on-site",
  "more-problems",
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** Something in a file that stops it from running (`error`) or that will be ignored (`warning`). */
export interface Problem {
  severity: "error" | "warning";
  code: ProblemCode;
  /** Id of the process it belongs to; absent when it concerns the file. */
  process?: string;
  element?: string;
  /** BPMN type, e.g. `bpmn:BoundaryEvent`. */
  elementType?: string;
  elementName?: string;
  line?: number;
  column?: number;
  params?: Record<string, string>;
}
