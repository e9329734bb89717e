/** An operation on one object as clients saw it. */
export interface Observed<O> {
  what: O;
  invoked: number;
  /** Infinity when the outcome is unknown: then it may have had its effect at any time since, or never. */
  returned: number;
}

/** What an object is and does; an empty answer means that it can't have happened in this state. */
export interface ObjectModel<S, O> {
  initial: S;
  step(state: S, what: O): readonly S[];
}

/**
 * Whether operations that overlapped can be put into an order that the object allows and that no clock contradicts: the search of
 * Wing and Gong with the memory of Lowe (states that were reached with the same operations behind them are tried once).
 */
export function isLinearizable<S, O>(operations: readonly Observed<O>[], model: ObjectModel<S, O>): boolean {
  const sorted = [...operations].sort((a, b) => a.invoked - b.invoked);
  const certain = sorted.filter(({ returned }) => returned !== Infinity).length;
  const seen = new Set<string>();

  const search = (done: bigint, doneCertain: number, state: S): boolean => {
    if (doneCertain === certain) return true;
    const key = `${done}|${JSON.stringify(state)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    // nothing can have happened before what had returned when it was invoked
    let firstReturn = Infinity;
    for (const [index, operation] of sorted.entries()) {
      if ((done >> BigInt(index)) & 1n) continue;
      if (operation.invoked > firstReturn) break;
      firstReturn = Math.min(firstReturn, operation.returned);
    }
    for (const [index, operation] of sorted.entries()) {
      if (operation.invoked > firstReturn) break;
      if ((done >> BigInt(index)) & 1n) continue;
      for (const next of model.step(state, operation.what))
        if (search(done | (1n << BigInt(index)), doneCertain + (operation.returned === Infinity ? 0 : 1), next))
          return true;
    }
    return false;
  };
  return search(0n, 0, model.initial);
}
