import type { Operation } from "./history.js";
import type { Snapshot } from "./snapshot.js";

/** What clients saw, and what was there at the end. */
export interface Run {
  operations: readonly Operation[];
  snapshot: Snapshot;
  /** Answers to commands sent again that differ from the first ones. */
  differences: readonly string[];
}
