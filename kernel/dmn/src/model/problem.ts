/** Something in a model that keeps it, or a part of it, from being evaluated. */
export interface ModelProblem {
  /** An error makes the element evaluate to null; a warning is only worth knowing. */
  readonly severity: "error" | "warning";
  readonly message: string;
  /** Name or id of the nearest named element. */
  readonly element?: string;
  /** In the XML, counted from 1. */
  readonly line?: number;
}
