/** How a field is held against a value in a condition. */
export const OPERATORS = ["=", "!=", ">", ">=", "<", "<=", "contains", "empty", "filled"] as const;
export type Operator = (typeof OPERATORS)[number];

/** One line of a condition: a field, how, and what with. */
export interface Term {
  field: string;
  operator: Operator;
  value: string | number | boolean;
}

/** A condition as menus make it: all of its lines, or one of them. */
export interface Condition {
  any: boolean;
  terms: Term[];
}

/** FEEL of a condition; nothing for one without lines. */
export function conditionText({ any, terms }: Condition): string | undefined {
  return terms.length === 0 ? undefined : terms.map(termText).join(any ? " or " : " and ");
}

function termText({ field, operator, value }: Term): string {
  if (operator === "empty") return `${field} = null`;
  if (operator === "filled") return `${field} != null`;
  return operator === "contains" ? `contains(${field}, ${literal(value)})` : `${field} ${operator} ${literal(value)}`;
}

function literal(value: Term["value"]): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

const TEXT = String.raw`"(?:[^"\\]|\\.)*"`;
const LITERAL = String.raw`${TEXT}|-?\d+(?:\.\d+)?|true|false|null`;
const TERM = new RegExp(
  String.raw`^(?:contains\((?<inside>\w+), (?<part>${TEXT})\)|(?<field>\w+) (?<operator>!=|>=|<=|=|>|<) (?<value>${LITERAL}))(?: (?<join>and|or) |$)`,
);

/** A condition from its FEEL; nothing for what menus did not write. */
export function readCondition(text: string | undefined): Condition | undefined {
  const terms: Term[] = [];
  const joins = new Set<string>();
  for (let rest = text ?? ""; rest !== "";) {
    const found = TERM.exec(rest);
    if (!found?.groups) return undefined;
    const { inside, part, field, operator, value, join } = found.groups;
    terms.push(
      inside === undefined
        ? readTerm(field, operator, value)
        : { field: inside, operator: "contains", value: String(JSON.parse(part ?? '""')) },
    );
    if (join !== undefined) joins.add(join);
    rest = rest.slice(found[0].length);
    if (rest === "" && join !== undefined) return undefined;
  }
  return joins.size > 1 ? undefined : { any: joins.has("or"), terms };
}

function readTerm(field = "", operator = "=", value = "null"): Term {
  if (value === "null") return { field, operator: operator === "=" ? "empty" : "filled", value: "" };
  return { field, operator: operator as Operator, value: JSON.parse(value) as Term["value"] };
}
