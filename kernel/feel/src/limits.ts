/** What one evaluation may use; expressions come from people who are not trusted with the server. */
export interface FeelLimits {
  /** Iterations, calls and visited list items. */
  readonly steps: number;
  /** Nested calls of functions. */
  readonly depth: number;
  /** Items of any list. */
  readonly listSize: number;
  /** UTF-16 units of any string. */
  readonly stringLength: number;
}

/** Limits that no sensible rule of a bureau comes near. */
export const DEFAULT_LIMITS: FeelLimits = {
  steps: 1_000_000,
  depth: 200,
  listSize: 100_000,
  stringLength: 1_000_000,
};

/** Longest text the parsers accept, in UTF-16 units. */
export const MAX_TEXT_LENGTH = 10_000;

/** Deepest nesting of an expression's text. */
export const MAX_NESTING = 400;
