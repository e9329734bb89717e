/** Counts what a walk through a value costs: a value can hold itself many times over and be far larger than it looks. */
export interface Budget {
  /** Throws when there were too many. */
  step(count?: number): void;
  /** Throws when a string of that length is too long. */
  room(length: number): void;
}
