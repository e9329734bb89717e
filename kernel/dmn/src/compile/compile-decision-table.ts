import { FeelContext, isList, type FeelValue } from "@jinshui/feel";
import type { DecisionTable } from "../model/decision-table.js";
import { compileTests, compileText, typed, type Compilation, type Test } from "./compilation.js";
import type { Evaluation, Scope, Step } from "./evaluation.js";
import { applyHitPolicy, type Hit, type TableShape } from "./hit-policy.js";

interface CompiledInput {
  readonly value: Step;
  readonly allowed: Test;
  readonly label: string;
  readonly line: number;
}

interface CompiledOutput {
  readonly allowed: Test;
  readonly line: number;
}

interface CompiledRule {
  readonly tests: readonly Test[];
  readonly outputs: readonly Step[];
}

/** Compiles a decision table: input expressions, rules, and what its hit policy makes of the rules that hold. */
export function compileDecisionTable(table: DecisionTable, names: readonly string[], compilation: Compilation): Step {
  const inputs = table.inputs.map(({ expression, allowedValues, line }): CompiledInput => ({
    value: compilation.compile(expression, names),
    allowed: compileTests(allowedValues ?? "", line, names, compilation),
    label: expression?.text ?? "",
    line,
  }));
  const outputs = table.outputs.map(({ allowedValues, line }): CompiledOutput => ({
    allowed: compileTests(allowedValues ?? "", line, names, compilation),
    line,
  }));
  const rules = table.rules.map(({ tests, outputs: entries, line }): CompiledRule => ({
    tests: tests.map((test) => compileTests(test, line, names, compilation)),
    outputs: table.outputs.map(({ type }, index) =>
      typed(compilation.compile(entries[index], names), type, line, compilation),
    ),
  }));
  const shape = tableShape(table, names, compilation);

  return (scope, evaluation) => {
    const values: FeelValue[] = [];
    for (const input of inputs) {
      const value = input.value(scope, evaluation);
      if (value !== null && !accepts(input.allowed, value, scope, evaluation)) {
        return evaluation.warn(`the value of "${input.label}" is none of the allowed ones`, input.line);
      }
      values.push(value);
    }
    const hits: Hit[] = [];
    for (const rule of rules) {
      if (!holds(rule, values, scope, evaluation)) continue;
      hits.push(
        rule.outputs.map((output, index) =>
          allowedOutput(output(scope, evaluation), outputs[index], scope, evaluation),
        ),
      );
      if (table.hitPolicy === "FIRST") break;
    }
    return applyHitPolicy(shape, hits, scope, evaluation);
  };
}

function holds(rule: CompiledRule, values: readonly FeelValue[], scope: Scope, evaluation: Evaluation): boolean {
  return values.every((value, index) => rule.tests[index]?.(value, scope, evaluation) ?? true);
}

/** A list passes when each of its elements does. */
function accepts(allowed: Test, value: FeelValue, scope: Scope, evaluation: Evaluation): boolean {
  if (allowed(value, scope, evaluation)) return true;
  return isList(value) && value.every((item) => allowed(item, scope, evaluation));
}

function allowedOutput(
  value: FeelValue,
  output: CompiledOutput | undefined,
  scope: Scope,
  evaluation: Evaluation,
): FeelValue {
  if (!output || value === null || accepts(output.allowed, value, scope, evaluation)) return value;
  return evaluation.warn("an output is none of the allowed values", output.line);
}

function tableShape(table: DecisionTable, names: readonly string[], compilation: Compilation): TableShape {
  const { outputs, line } = table;
  const isOrdered = table.hitPolicy === "PRIORITY" || table.hitPolicy === "OUTPUT ORDER";
  const priorities = outputs.map(({ allowedValues, type, line: at }) => {
    const ofType = type ?? (outputs.length === 1 ? table.type : undefined);
    const order = isOrdered ? (allowedValues ?? compilation.types.allowedValues(ofType)) : undefined;
    return order === undefined ? () => [] : compileText(`[${order}]`, at, names, compilation);
  });
  const hasDefault = outputs.some(({ defaultValue }) => defaultValue !== undefined);
  const defaults = outputs.map(({ defaultValue }) => compilation.compile(defaultValue, names));
  const single = outputs.length === 1;
  return {
    hitPolicy: table.hitPolicy,
    ...(table.aggregation ? { aggregation: table.aggregation } : {}),
    line,
    outputNames: outputs.map(({ name }) => name ?? ""),
    assemble: (hit) =>
      single ? (hit[0] ?? null) : new FeelContext(outputs.map(({ name }, index) => [name ?? "", hit[index] ?? null])),
    priorities: (scope, evaluation) =>
      priorities.map((step) => {
        const order = step(scope, evaluation);
        return isList(order) ? order : [];
      }),
    ...(hasDefault ? { defaultHit: (scope, evaluation) => defaults.map((step) => step(scope, evaluation)) } : {}),
  };
}
