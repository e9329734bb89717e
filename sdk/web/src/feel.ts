import type { EvaluateFeel } from "@jinshui/contracts";

let load: () => Promise<EvaluateFeel> = () => Promise.resolve(() => null);
let loaded: Promise<EvaluateFeel> | undefined;

/** Tells where the evaluator of FEEL comes from; it is loaded with the first form that needs one. */
export function provideFeel(from: () => Promise<EvaluateFeel>): void {
  load = from;
  loaded = undefined;
}

/** The evaluator that forms calculate with: the kernel's own. */
export function feelEvaluator(): Promise<EvaluateFeel> {
  loaded ??= load().catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}
