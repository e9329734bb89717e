import type { TypeReference } from "./item-definition.js";
import type { DecisionTable } from "./decision-table.js";

interface Typed {
  /** What the value must conform to. */
  readonly type?: TypeReference;
  readonly line: number;
}

/** A name with an optional type: a formal parameter, a column, a context entry's variable. */
export interface Variable {
  readonly name: string;
  readonly type?: TypeReference;
}

/** FEEL text. */
export interface LiteralExpression extends Typed {
  readonly kind: "literal";
  readonly text: string;
  /** Address of another expression language; such text evaluates to null. */
  readonly foreignLanguage?: string;
}

/** One line of a boxed context; without a variable it is the result. */
interface ContextEntry {
  readonly variable?: Variable;
  readonly value: Expression | undefined;
}

/** Named values, each seeing the ones above it. */
export interface ContextExpression extends Typed {
  readonly kind: "context";
  readonly entries: readonly ContextEntry[];
}

/** A boxed list. */
interface ListExpression extends Typed {
  readonly kind: "list";
  readonly items: readonly Expression[];
}

/** A table of contexts. */
export interface RelationExpression extends Typed {
  readonly kind: "relation";
  readonly columns: readonly Variable[];
  readonly rows: readonly (readonly (Expression | undefined)[])[];
}

/** A call with named arguments. */
export interface InvocationExpression extends Typed {
  readonly kind: "invocation";
  readonly callee: Expression | undefined;
  readonly bindings: readonly { readonly parameter: Variable; readonly value: Expression | undefined }[];
}

/** A function as a value. Java and PMML functions are known by name only and give null. */
export interface FunctionExpression extends Typed {
  readonly kind: "function";
  readonly language: "FEEL" | "Java" | "PMML";
  readonly parameters: readonly Variable[];
  readonly body: Expression | undefined;
}

/** Boxed if. */
interface ConditionalExpression extends Typed {
  readonly kind: "conditional";
  readonly condition: Expression | undefined;
  readonly whenTrue: Expression | undefined;
  readonly otherwise: Expression | undefined;
}

/** Boxed filter: the elements for which `match` is true. */
interface FilterExpression extends Typed {
  readonly kind: "filter";
  readonly source: Expression | undefined;
  readonly match: Expression | undefined;
}

/** Boxed for, every and some. */
export interface IteratorExpression extends Typed {
  readonly kind: "for" | "every" | "some";
  readonly variable: string;
  readonly source: Expression | undefined;
  readonly body: Expression | undefined;
}

/** Any boxed expression of DMN. */
export type Expression =
  | LiteralExpression
  | DecisionTable
  | ContextExpression
  | ListExpression
  | RelationExpression
  | InvocationExpression
  | FunctionExpression
  | ConditionalExpression
  | FilterExpression
  | IteratorExpression;
