import type { FormComponent, FormSchema } from "./form.js";
import { hasLogic } from "./form-state.js";

/** What can't work in a form that somebody has made. */
export interface FormDefinitionProblem {
  /** Of a column `<list>.<column>`. */
  key: string;
  label: string;
  code: "no-key" | "duplicate-key" | "no-options" | "no-columns" | "feel" | "pattern-refused" | "circle";
}

const LAYOUT = ["text", "separator", "group"];

/**
 * What can't work in a form that people make at a site. `parses` says whether a text is FEEL. Patterns are for plugins only: a regular
 * expression that takes for ever on some text would stop the kernel.
 */
export function checkFormDefinition(
  form: FormSchema,
  parses: (expression: string) => boolean = () => true,
): FormDefinitionProblem[] {
  const problems = form.components.flatMap((component, index) => [
    ...componentProblems(component, form.components.slice(0, index), "", parses),
    ...(component.components ?? []).flatMap((column, at, columns) =>
      // a column that is called like a field would stand for it in a filter
      componentProblems(column, [...form.components, ...columns.slice(0, at)], `${component.key ?? ""}.`, parses),
    ),
  ]);
  return [...problems, ...circles(form.components)];
}

function componentProblems(
  component: FormComponent,
  before: readonly FormComponent[],
  prefix: string,
  parses: (expression: string) => boolean,
): FormDefinitionProblem[] {
  const { type, key, label = key ?? "", validate, values, jinshui = {} } = component;
  const { calculate, visibleIf, requiredIf, readonlyIf } = jinshui;
  const expressions = [calculate, visibleIf, requiredIf, readonlyIf].filter((text) => text !== undefined);
  const isField = !LAYOUT.includes(type);
  const codes: (FormDefinitionProblem["code"] | false)[] = [
    isField && key === undefined && "no-key",
    key !== undefined && before.some((other) => other.key === key) && "duplicate-key",
    ["select", "radio"].includes(type) && (values ?? []).length === 0 && "no-options",
    type === "dynamiclist" && (component.components ?? []).length === 0 && "no-columns",
    !expressions.every(parses) && "feel",
    validate?.pattern !== undefined && "pattern-refused",
  ];
  return codes.flatMap((code) => (code === false ? [] : [{ key: `${prefix}${key ?? ""}`, label, code }]));
}

/** Fields that need themselves, by way of others. */
function circles(components: readonly FormComponent[]): FormDefinitionProblem[] {
  const needs = new Map(components.filter(hasLogic).map((component) => [component, neededBy(component, components)]));
  const reaches = (from: FormComponent, target: FormComponent, seen: Set<FormComponent>): boolean =>
    (needs.get(from) ?? []).some((next) => {
      if (next === target) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, target, seen);
    });
  return components
    .filter((component) => reaches(component, component, new Set()))
    .map(({ key = "", label = key }) => ({ key, label, code: "circle" }));
}

/** Components whose keys stand in the expressions of one. */
function neededBy(component: FormComponent, all: readonly FormComponent[]): FormComponent[] {
  const own = component.components ?? [];
  const ofColumns = own.map(({ jinshui }) => jinshui?.calculate ?? "").join(" ");
  const { calculate = "", visibleIf = "", requiredIf = "", readonlyIf = "" } = component.jinshui ?? {};
  const words = namesIn(`${calculate} ${visibleIf} ${requiredIf} ${readonlyIf}`);
  const inColumns = namesIn(ofColumns);
  const columns = new Set(own.map(({ key }) => key));
  return all.filter(({ key = "" }) => words.has(key) || (inColumns.has(key) && !columns.has(key)));
}

/** Names that an expression may mean: neither texts nor members of values. */
function namesIn(expression: string): Set<string> {
  return new Set(expression.replace(/"[^"]*"|\.\w+/g, " ").match(/\w+/g));
}
