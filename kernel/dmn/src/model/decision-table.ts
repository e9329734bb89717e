import type { LiteralExpression } from "./expression.js";
import type { TypeReference } from "./item-definition.js";

/** How the rules that hold become one result (DMN 1.5, 8.2.10). */
export type HitPolicy = "UNIQUE" | "FIRST" | "PRIORITY" | "ANY" | "COLLECT" | "RULE ORDER" | "OUTPUT ORDER";

/** What COLLECT does with the outputs. */
export type Aggregation = "SUM" | "COUNT" | "MIN" | "MAX";

/** A column of conditions. */
export interface InputClause {
  readonly expression: LiteralExpression | undefined;
  /** Unary tests the input's value has to pass. */
  readonly allowedValues?: string;
  readonly line: number;
}

/** A column of results. */
export interface OutputClause {
  readonly name?: string;
  readonly type?: TypeReference;
  /** The values in order of priority. */
  readonly allowedValues?: string;
  readonly defaultValue?: LiteralExpression;
  readonly line: number;
}

/** A row: one unary test for each input, one expression for each output. */
export interface Rule {
  readonly tests: readonly string[];
  readonly outputs: readonly LiteralExpression[];
  readonly line: number;
}

/** A decision table. */
export interface DecisionTable {
  readonly kind: "table";
  readonly hitPolicy: HitPolicy;
  readonly aggregation?: Aggregation;
  readonly inputs: readonly InputClause[];
  readonly outputs: readonly OutputClause[];
  readonly rules: readonly Rule[];
  readonly type?: TypeReference;
  readonly line: number;
}
