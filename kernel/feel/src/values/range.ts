import type { FeelValue } from "./value.js";

/** A range; an endpoint that is undefined is no bound at all, as in `>= 5`. */
export class FeelRange {
  readonly type = "range";

  constructor(
    readonly start: FeelValue | undefined,
    readonly startIncluded: boolean,
    readonly end: FeelValue | undefined,
    readonly endIncluded: boolean,
  ) {}
}
