import type { Expression, FunctionExpression, Variable } from "./expression.js";
import type { ItemDefinition } from "./item-definition.js";

/** Points at an element by id, in this model or in the one with that namespace. */
export interface ElementReference {
  readonly namespace?: string;
  readonly id: string;
}

interface DrgElement {
  readonly id: string;
  readonly name: string;
  /** The name and type under which others see its value. */
  readonly variable: Variable;
  readonly line: number;
}

/** Data from outside. */
export interface InputData extends DrgElement {
  readonly kind: "input";
}

/** What a decision or a knowledge model builds on. */
export interface Requirements {
  readonly inputs: readonly ElementReference[];
  readonly decisions: readonly ElementReference[];
  readonly knowledge: readonly ElementReference[];
}

/** A decision with its logic; without logic it is null, or given from outside to a service. */
export interface Decision extends DrgElement {
  readonly kind: "decision";
  readonly requires: Requirements;
  readonly logic?: Expression;
}

/** A business knowledge model: a function that decisions share. */
export interface KnowledgeModel extends DrgElement {
  readonly kind: "knowledge";
  readonly requires: Requirements;
  readonly logic?: FunctionExpression;
}

/** A part of the graph offered as a function. */
export interface DecisionService extends DrgElement {
  readonly kind: "service";
  readonly outputs: readonly ElementReference[];
  readonly encapsulated: readonly ElementReference[];
  readonly inputDecisions: readonly ElementReference[];
  readonly inputData: readonly ElementReference[];
}

/** An element of the decision requirements graph that has a value. */
export type ModelElement = InputData | Decision | KnowledgeModel | DecisionService;

/** Another model whose elements this one uses. */
interface ModelImport {
  /** Prefix of the imported names; empty: they are visible as they are. */
  readonly name: string;
  readonly namespace: string;
  readonly line: number;
}

/** A parsed decision model: plain data, safe to keep and to share. */
export interface DmnModel {
  readonly namespace: string;
  readonly name: string;
  readonly imports: readonly ModelImport[];
  readonly itemDefinitions: readonly ItemDefinition[];
  readonly elements: readonly ModelElement[];
}
