import { type CollectionDefinition, type Field, JinshuiError, type LocalText } from "@jinshui/contracts";
import { FeelDate, FeelDateTime, parseNumber } from "@jinshui/feel";
import { feelRule, type Rule } from "./feel-rule.js";
import { isEmpty, rounded } from "./values.js";

/** A rule of the whole record that it breaks. */
interface BrokenCheck {
  message: LocalText;
  fields: string[];
}

/** What a collection says of its records as a whole. */
export interface RecordRules {
  /** Whether there is anything to calculate or to check. */
  readonly any: boolean;
  /** The computed fields for these values of all other fields. */
  computed(values: Readonly<Record<string, unknown>>): Record<string, unknown>;
  broken(values: Readonly<Record<string, unknown>>): BrokenCheck[];
}

/** @throws JinshuiError `invalid-request` when an expression is no FEEL or computed fields need each other in a circle. */
export function recordRules(id: string, { fields, checks = [] }: CollectionDefinition): RecordRules {
  const computed = inOrder(id, fields).map((name) => ({
    name,
    field: fields[name] as Field,
    rule: feelRule(fields[name]?.computed ?? "", `"${name}" of ${id}`),
  }));
  const rules = checks.map(({ expression, message, fields: at = [] }, index): { rule: Rule } & BrokenCheck => ({
    rule: feelRule(expression, `check ${index + 1} of ${id}`),
    message,
    fields: at,
  }));
  return {
    any: computed.length > 0 || rules.length > 0,
    computed(values) {
      const scope = feelValues(fields, values);
      const results: Record<string, unknown> = {};
      for (const { name, field, rule } of computed) {
        results[name] = rounded(field, rule(scope)) ?? null;
        scope[name] = feelValue(field, results[name]);
      }
      return results;
    },
    // what can't be told, as a value is missing, is not broken: `required` is for that
    broken(values) {
      if (rules.length === 0) return [];
      const scope = feelValues(fields, values);
      return rules
        .filter(({ rule }) => rule(scope) === false)
        .map(({ message, fields: at }) => ({ message, fields: at }));
    },
  };
}

/** Computed fields so that each comes after those it needs. */
function inOrder(id: string, fields: CollectionDefinition["fields"]): string[] {
  const left = new Map(
    Object.entries(fields)
      .filter(([, { computed }]) => computed !== undefined)
      .map(([name, { computed = "" }]) => [name, new Set(computed.match(/[A-Za-z][A-Za-z0-9]*/g) ?? [])]),
  );
  const ordered: string[] = [];
  while (left.size > 0) {
    const next = [...left].find(([, needs]) => ![...needs].some((name) => left.has(name)));
    if (!next)
      throw new JinshuiError("invalid-request", `${id}: ${[...left.keys()].join(", ")} are computed from each other`, {
        details: { collection: id, fields: [...left.keys()] },
      });
    ordered.push(next[0]);
    left.delete(next[0]);
  }
  return ordered;
}

function feelValues(
  fields: CollectionDefinition["fields"],
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, feelValue(field, values[name])]));
}

function feelValue(field: Field, value: unknown): unknown {
  if (isEmpty(value)) return null;
  switch (field.type) {
    case "decimal":
      return parseNumber(String(value));
    case "date":
      return FeelDate.parse(String(value));
    case "datetime":
      return FeelDateTime.parse(String(value));
    default:
      return value;
  }
}
