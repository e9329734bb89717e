/** Variables that only the runtime writes: who applied, the receipt number, and what was decided at each step. */
export const RESERVED_VARIABLES: readonly string[] = ["applicant", "number", "steps"];
