import { FeelLimitError, type FeelOptions, type FeelValue } from "@jinshui/feel";

/** Why a value, or a part of it, is null. */
export interface DmnWarning {
  readonly message: string;
  /** The decision, knowledge model or service in which it happened. */
  readonly element?: string;
  /** Of the expression, in the model's XML. */
  readonly line?: number;
}

/** Conditions of an evaluation. */
export interface EvaluationOptions extends FeelOptions {
  /** Inputs come from JSON: text stands for dates, times, durations and long numbers where the input's type is one. */
  readonly jsonInput?: boolean;
}

/** Names and values an expression sees. */
export type Scope = Readonly<Record<string, FeelValue>>;

/** An expression ready to run. */
export type Step = (scope: Scope, evaluation: Evaluation) => FeelValue;

const MOST_WARNINGS = 200;
const MOST_CALLS = 100_000;
const DEEPEST_CALL = 200;

/** One evaluation of one decision: its conditions, and what happened so far. */
export class Evaluation {
  readonly warnings: DmnWarning[] = [];
  readonly #elements: string[] = [];
  #calls = 0;

  constructor(readonly options: EvaluationOptions) {}

  /** Notes why a value is null. */
  warn(message: string, line?: number): null {
    const element = this.#elements.at(-1);
    if (this.warnings.length < MOST_WARNINGS) {
      this.warnings.push({
        message,
        ...(element === undefined ? {} : { element }),
        ...(line === undefined ? {} : { line }),
      });
    }
    return null;
  }

  /** Runs the logic of an element; functions that call each other without end are stopped. */
  inside<Value>(element: string, work: () => Value): Value {
    this.#calls += 1;
    if (this.#calls > MOST_CALLS) throw new FeelLimitError("steps", MOST_CALLS);
    if (this.#elements.length >= DEEPEST_CALL) throw new FeelLimitError("depth", DEEPEST_CALL);
    this.#elements.push(element);
    try {
      return work();
    } finally {
      this.#elements.pop();
    }
  }
}
