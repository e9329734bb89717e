import { equals, FeelContext, FeelRange, parseExpression, type FeelValue } from "@jinshui/feel";
import type { Aggregation, HitPolicy } from "../model/decision-table.js";
import type { Evaluation, Scope } from "./evaluation.js";

/** The outputs of a rule that holds, one for each column. */
export type Hit = readonly FeelValue[];

/** What a hit policy has to know about its table. */
export interface TableShape {
  readonly hitPolicy: HitPolicy;
  readonly aggregation?: Aggregation;
  readonly line: number;
  readonly outputNames: readonly string[];
  /** One hit as a value: the output itself, or a context of several. */
  assemble(hit: Hit): FeelValue;
  /** The allowed values of each column, highest priority first. */
  priorities(scope: Scope, evaluation: Evaluation): (readonly FeelValue[])[];
  /** The default outputs, when there is at least one. */
  defaultHit?(scope: Scope, evaluation: Evaluation): Hit;
}

/** The result of a table, by its hit policy (DMN 1.5, 8.2.10 and 8.2.11). */
export function applyHitPolicy(
  table: TableShape,
  hits: readonly Hit[],
  scope: Scope,
  evaluation: Evaluation,
): FeelValue {
  if (hits.length === 0) return withoutHit(table, scope, evaluation);
  const first = hits[0] ?? [];
  const all = (some: readonly Hit[]) => some.map((hit) => table.assemble(hit));
  switch (table.hitPolicy) {
    case "UNIQUE":
      if (hits.length > 1) return evaluation.warn(`${hits.length} rules hold where one may`, table.line);
      return table.assemble(first);
    case "ANY":
      if (!all(hits).every((value) => equals(value, table.assemble(first)) === true)) {
        return evaluation.warn("rules with different outputs hold", table.line);
      }
      return table.assemble(first);
    case "FIRST":
      return table.assemble(first);
    case "PRIORITY":
      return table.assemble(byPriority(hits, table.priorities(scope, evaluation))[0] ?? first);
    case "OUTPUT ORDER":
      return all(byPriority(hits, table.priorities(scope, evaluation)));
    case "RULE ORDER":
      return all(hits);
    case "COLLECT":
      return table.aggregation ? aggregate(table, table.aggregation, hits, evaluation) : all(hits);
  }
}

function withoutHit(table: TableShape, scope: Scope, evaluation: Evaluation): FeelValue {
  if (table.defaultHit) return table.assemble(table.defaultHit(scope, evaluation));
  if (table.hitPolicy === "COLLECT") {
    if (table.aggregation === undefined) return [];
    if (table.aggregation === "COUNT") return 0;
  }
  return evaluation.warn("no rule holds", table.line);
}

const IN = parseExpression("output in allowed");

function isOneOf(output: FeelValue, allowed: FeelValue): boolean {
  if (equals(allowed, output) === true) return true;
  return allowed instanceof FeelRange && IN.evaluate({ output, allowed }).value === true;
}

/** Hits by the first column whose outputs have different ranks; others keep the order of their rules. */
function byPriority(hits: readonly Hit[], priorities: readonly (readonly FeelValue[])[]): Hit[] {
  const rank = (hit: Hit, column: number) => {
    const order = priorities[column] ?? [];
    const place = order.findIndex((allowed) => isOneOf(hit[column] ?? null, allowed));
    return place < 0 ? order.length : place;
  };
  const columns = [...priorities.keys()];
  return hits.toSorted((one, other) => {
    const decisive = columns.find((column) => rank(one, column) !== rank(other, column));
    return decisive === undefined ? 0 : rank(one, decisive) - rank(other, decisive);
  });
}

const AGGREGATORS: Readonly<Record<Aggregation, ReturnType<typeof parseExpression>>> = {
  SUM: parseExpression("sum(outputs)"),
  COUNT: parseExpression("count(outputs)"),
  MIN: parseExpression("min(outputs)"),
  MAX: parseExpression("max(outputs)"),
};

/** Each column on its own; the number of hits is one number. */
function aggregate(
  table: TableShape,
  aggregation: Aggregation,
  hits: readonly Hit[],
  evaluation: Evaluation,
): FeelValue {
  const ofColumn = (column: number) => {
    const outputs = hits.map((hit) => hit[column] ?? null);
    const { value, warnings } = AGGREGATORS[aggregation].evaluate({ outputs }, evaluation.options);
    for (const { message } of warnings) evaluation.warn(message, table.line);
    return value;
  };
  if (aggregation === "COUNT" || table.outputNames.length === 1) return ofColumn(0);
  return new FeelContext(table.outputNames.map((name, column) => [name, ofColumn(column)]));
}
