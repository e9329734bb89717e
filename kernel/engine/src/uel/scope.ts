/** What an expression may see and do. */
export interface UelScope {
  /** The value of a variable, `undefined` or `null` when it has none. */
  get(name: string): unknown;
  has(name: string): boolean;
  /** Writes a variable; the value `undefined` removes it. Without this the expression may only read. */
  set?(name: string, value: unknown, local: boolean): void;
  /** What `execution` says of itself: `id`, `processInstanceId`, `businessKey`, `currentActivityId`, … */
  execution?: Record<string, unknown>;
  /** Functions by the name they are called with: `now`, `space:name`, or `bean.method`. */
  functions?: Record<string, (...args: unknown[]) => unknown>;
}
