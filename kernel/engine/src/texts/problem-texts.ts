import type { ProblemCode } from "../model/problem.js";

/** A sentence with `{params}` to fill in; by `params.what` where a code has several, `""` for the rest. */
export type ProblemSentence = string | Readonly<Record<string, string>>;

/** Everything that problems are told with, in one language. */
export interface ProblemTexts {
  problems: Readonly<Record<ProblemCode, ProblemSentence>>;
  /** Kinds of elements, by their BPMN name without prefix and with a small first letter. */
  elements: Readonly<Record<string, string>>;
  /** Kinds of events, in the same way. */
  events: Readonly<Record<string, string>>;
  severities: Readonly<Record<"error" | "warning", string>>;
  /** Between the parts of an enumeration. */
  comma: string;
  /** `{kind}` and `{name}` of an element. */
  where: string;
  /** `{line}`. */
  line: string;
  /** `{where}` and `{text}`. */
  said: string;
}
