import { SOUNDNESS_CODES } from "./soundness.js";

/**
 * Every code a problem can have; `@jinshui/engine/problem-texts` has a text for each. Those from `unknown-form` to `long-id` are for
 * callers that give meaning to the extension attributes, such as `@jinshui/engine/site-check`.
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
  "not-executed",
  "message-flow",
  "ignored-pool",
  "dangling-reference",
  "missing-timer",
  "bad-timer",
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
  "bad-signature",
  "bad-attribute",
  "bad-signers",
  "unknown-step",
  "bad-time-limit",
  "unknown-job",
  "no-job",
  "not-on-site",
  "no-assignee",
  "anyone-starts",
  "no-name",
  "long-id",
  "more-problems",
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** Something in a file that stops it from running (`error`) or that will be ignored or surprise (`warning`). */
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
  /** What the text of the code names; `what` tells apart the cases of a code that have texts of their own. */
  params?: Record<string, string>;
}
