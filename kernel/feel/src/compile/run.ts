import { FeelLimitError } from "../errors.js";
import { DEFAULT_LIMITS, type FeelLimits } from "../limits.js";
import type { Budget } from "../values/budget.js";
import type { FeelFunction } from "../values/function.js";

/** Why some value became null. */
export interface FeelWarning {
  readonly message: string;
  /** Where in the text, in UTF-16 units. */
  readonly from: number;
  readonly to: number;
}

/** Conditions of an evaluation. */
export interface FeelOptions {
  /** The instant that `now()` and `today()` tell, in ISO 8601; without it they are null. */
  readonly now?: string;
  /** IANA zone of `now()` and `today()`; UTC unless said. */
  readonly timeZone?: string;
  readonly limits?: Partial<FeelLimits>;
  /** Further functions by name; names in scope and built-in functions come first. */
  readonly functions?: Readonly<Record<string, FeelFunction>>;
}

const MOST_WARNINGS = 100;

/** One evaluation: what it used so far, and what went wrong. */
export class Run implements Budget {
  readonly warnings: FeelWarning[] = [];
  readonly limits: FeelLimits;
  #steps = 0;
  #depth = 0;

  /** @param builtIns functions of the language */
  constructor(
    readonly options: FeelOptions = {},
    private readonly builtIns: ReadonlyMap<string, FeelFunction> = new Map(),
  ) {
    this.limits = options.limits ? { ...DEFAULT_LIMITS, ...options.limits } : DEFAULT_LIMITS;
  }

  /** A function that is no value in scope. */
  functionOf(name: string): FeelFunction | undefined {
    const { functions } = this.options;
    return this.builtIns.get(name) ?? (functions && Object.hasOwn(functions, name) ? functions[name] : undefined);
  }

  warn(message: string, from: number, to: number): null {
    if (this.warnings.length < MOST_WARNINGS) this.warnings.push({ message, from, to });
    return null;
  }

  /** Counts work that grows with the data. */
  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > this.limits.steps) throw new FeelLimitError("steps", this.limits.steps);
  }

  enter(): void {
    this.step();
    this.#depth += 1;
    if (this.#depth > this.limits.depth) throw new FeelLimitError("depth", this.limits.depth);
  }

  leave(): void {
    this.#depth -= 1;
  }

  list<T extends { readonly length: number }>(list: T): T {
    if (list.length > this.limits.listSize) throw new FeelLimitError("listSize", this.limits.listSize);
    return list;
  }

  text(text: string): string {
    this.room(text.length);
    return text;
  }

  room(length: number): void {
    if (length > this.limits.stringLength) throw new FeelLimitError("stringLength", this.limits.stringLength);
  }
}
