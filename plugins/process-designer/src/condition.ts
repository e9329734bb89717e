/** `=` and the like between a value and what it is held against. */
export const OPERATORS = ["=", "!=", ">", ">=", "<", "<="] as const;
export type Operator = (typeof OPERATORS)[number];

/** One comparison: of a field of the form (`days`) or of a step's result (`steps.chief.action`). */
export interface Clause {
  field: string;
  operator: Operator;
  value: string | number | boolean;
}

/** Comparisons of which all (`and`) or one (`or`) must hold. */
export interface Condition {
  joined: "and" | "or";
  clauses: readonly Clause[];
}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)|([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(!=|>=|<=|[=<>]))/y;

interface Token {
  kind: "value" | "name" | "operator";
  text: string;
  value?: Clause["value"];
}

function tokens(text: string): Token[] | undefined {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  const trimmed = text.trimEnd();
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (!match) return undefined;
    const [, string, number, name, operator] = match;
    if (string !== undefined)
      found.push({ kind: "value", text: string, value: string.slice(1, -1).replace(/\\(.)/g, "$1") });
    else if (number !== undefined) found.push({ kind: "value", text: number, value: Number(number) });
    else if (name === "true" || name === "false") found.push({ kind: "value", text: name, value: name === "true" });
    else if (name !== undefined) found.push({ kind: "name", text: name });
    else found.push({ kind: "operator", text: operator ?? "" });
  }
  return found;
}

/** Reads what menus can say of FEEL; nothing for all else. */
export function parseCondition(text: string): Condition | undefined {
  const all = tokens(text);
  if (!all || all.length % 4 !== 3) return undefined;
  const joints = new Set(all.filter((_, index) => index % 4 === 3).map(({ text: word }) => word));
  const [joint = "and"] = joints;
  if (joints.size > 1 || (joint !== "and" && joint !== "or")) return undefined;
  const clauses: Clause[] = [];
  for (let at = 0; at < all.length; at += 4) {
    const [field, operator, value] = all.slice(at, at + 3);
    if (field?.kind !== "name" || operator?.kind !== "operator" || value?.value === undefined) return undefined;
    clauses.push({ field: field.text, operator: operator.text as Operator, value: value.value });
  }
  return { joined: joint, clauses };
}

/** FEEL of a condition. */
export function writeCondition({ joined, clauses }: Condition): string {
  return clauses
    .map(({ field, operator, value }) => `${field} ${operator} ${JSON.stringify(value)}`)
    .join(` ${joined} `);
}

/** The step whose result a field is: `chief` of `steps.chief.action`. */
export function resultOf(field: string): string | undefined {
  return /^steps\.(\w+)\.action$/.exec(field)?.[1];
}
