import type { Variables } from "./state.js";

/** What a host gives the machine besides the model. Every function must be pure: the same arguments, the same answer. */
export interface DecideOptions {
  /** Element steps of one decision before it is taken for an endless loop. Default 10,000. */
  stepLimit?: number;
  /** Makes waits of the async hints; otherwise they mean nothing. */
  async?: boolean;
  /** When conditional events are looked at: after every change of a variable (default), or only by command. */
  conditions?: "on-change" | "on-demand";
  /** Whoever throws a compensation goes on at once, as in Flowable. */
  compensationGoesOn?: boolean;
  /**
   * The instant at which an ISO 8601 duration of working time is over, for timers that say `workingTime`; nothing for a duration
   * that can't be counted so. Without it their time is natural.
   */
  workingTime?: (from: string, duration: string) => string | undefined;
  /** Answers of decisions, for business rule tasks; without it they are jobs. */
  decisions?: (ref: string, variables: Variables) => { value: unknown } | { error: string };
  /** Script languages besides FEEL, by lower-case name. */
  scripts?: Record<string, (script: string, access: ScriptAccess) => { value: unknown } | { error: string }>;
  /** Functions that imported expressions may call, by name. */
  functions?: Record<string, (...values: unknown[]) => unknown>;
  /** What imported expressions and scripts see as `execution`. */
  execution?: Record<string, unknown>;
  /** The instance was called by another: an error that nobody catches ends it instead of stopping it. */
  called?: boolean;
}

/** How scripts reach the variables. */
export interface ScriptAccess {
  variables: Variables;
  set: (name: string, value: unknown) => void;
  setLocal: (name: string, value: unknown) => void;
  execution: Record<string, unknown>;
}
