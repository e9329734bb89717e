import type { Expression } from "../model/expression.js";
import type { ItemDefinition } from "../model/item-definition.js";
import type { DmnModel, ModelElement } from "../model/model.js";

/**
 * Names that members of the model's values may have: components of types, entries of boxed contexts, columns, outputs.
 * Only those that are no plain words matter to the parser of FEEL.
 */
export function memberNames(models: readonly DmnModel[]): string[] {
  const names = models.flatMap((model) => [
    ...model.itemDefinitions.flatMap(componentNames),
    ...model.imports.map(({ name }) => name),
    ...model.elements.flatMap((element) => [element.variable.name, ...expressionNames(logicOf(element))]),
  ]);
  return [...new Set(names)].filter((name) => !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && name !== "");
}

function componentNames(definition: ItemDefinition): string[] {
  return definition.components.flatMap((component) => [component.name, ...componentNames(component)]);
}

function logicOf(element: ModelElement): Expression | undefined {
  return element.kind === "decision" || element.kind === "knowledge" ? element.logic : undefined;
}

function expressionNames(expression: Expression | undefined): string[] {
  switch (expression?.kind) {
    case "context":
      return expression.entries.flatMap(({ variable, value }) => [variable?.name ?? "", ...expressionNames(value)]);
    case "relation":
      return expression.columns.map(({ name }) => name);
    case "table":
      return expression.outputs.map(({ name }) => name ?? "");
    case "list":
      return expression.items.flatMap(expressionNames);
    case "invocation":
      return expression.bindings.flatMap(({ value }) => expressionNames(value));
    case "function":
      return expressionNames(expression.body);
    case "conditional":
      return [expression.condition, expression.whenTrue, expression.otherwise].flatMap(expressionNames);
    case "filter":
      return expressionNames(expression.source);
    case "for":
    case "every":
    case "some":
      return [expression.source, expression.body].flatMap(expressionNames);
    default:
      return [];
  }
}
