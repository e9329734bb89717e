/** An operator with two sides, as its sign. */
export type BinaryOperator = "+" | "-" | "*" | "/" | "%" | "==" | "!=" | "<" | ">" | "<=" | ">=" | "&&" | "||";

/** A parsed expression. */
export type UelNode =
  | { type: "literal"; value: string | number | boolean | null }
  | { type: "name"; name: string }
  | { type: "property"; base: UelNode; key: UelNode }
  | { type: "method"; base: UelNode; key: UelNode; args: UelNode[] }
  /** `name(…)` or `space:name(…)`. */
  | { type: "function"; name: string; args: UelNode[] }
  | { type: "unary"; operator: "!" | "-" | "empty"; operand: UelNode }
  | { type: "binary"; operator: BinaryOperator; left: UelNode; right: UelNode }
  | { type: "choice"; condition: UelNode; yes: UelNode; no: UelNode };
