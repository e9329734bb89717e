import { MAX_UEL_DEPTH, MAX_UEL_LINKS } from "./limits.js";
import type { BinaryOperator, UelNode } from "./syntax.js";
import { tokenize, type UelToken } from "./tokens.js";
import { UelSyntaxError } from "./uel-error.js";

/** From the loosest to the tightest, as in the grammar of JSR 245. */
const LEVELS: BinaryOperator[][] = [["||"], ["&&"], ["==", "!="], ["<", ">", "<=", ">="], ["+", "-"], ["*", "/", "%"]];
const CONSTANTS: Record<string, boolean | null> = { true: true, false: false, null: null };

/** Reads the expression behind `${` or `#{`; `end` is where the text goes on behind its closing brace. */
export function parseExpression(text: string, start: number): { node: UelNode; end: number } {
  const { tokens, end } = tokenize(text, start);
  return { node: new Parser(tokens).whole(), end };
}

class Parser {
  #at = 0;
  #depth = 0;
  #links = 0;

  constructor(readonly tokens: UelToken[]) {}

  whole(): UelNode {
    const node = this.#expression();
    if (this.#token.kind !== "end") this.#unexpected();
    return node;
  }

  get #token(): UelToken {
    return this.#ahead(0);
  }

  #ahead(count: number): UelToken {
    return this.tokens[this.#at + count] ?? { kind: "end", text: "", position: 0 };
  }

  #unexpected(): never {
    const { kind, text, position } = this.#token;
    throw new UelSyntaxError(kind === "end" ? "The expression is incomplete" : `Unexpected ${text}`, position);
  }

  #isSign(sign: string, ahead = 0): boolean {
    const token = this.#ahead(ahead);
    return token.kind === "sign" && token.text === sign;
  }

  #take(sign: string): boolean {
    if (!this.#isSign(sign)) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) this.#unexpected();
  }

  /** Chains such as `a + b + …` lean to the left, and are as deep as they are long. */
  #link(): void {
    this.#links += 1;
    if (this.#links > MAX_UEL_LINKS)
      throw new UelSyntaxError(`More than ${MAX_UEL_LINKS} operators in a row`, this.#token.position);
  }

  #deeper<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_UEL_DEPTH)
      throw new UelSyntaxError(`Nested deeper than ${MAX_UEL_DEPTH}`, this.#token.position);
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #expression(): UelNode {
    return this.#deeper(() => {
      const condition = this.#binary(0);
      if (!this.#take("?")) return condition;
      const yes = this.#expression();
      this.#expect(":");
      return { type: "choice", condition, yes, no: this.#expression() };
    });
  }

  #binary(level: number): UelNode {
    const operators = LEVELS[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((candidate) => this.#take(candidate));
      if (operator === undefined) return left;
      this.#link();
      left = { type: "binary", operator, left, right: this.#binary(level + 1) };
    }
  }

  #unary(): UelNode {
    const operator = this.#take("!") ? "!" : this.#take("-") ? "-" : this.#takeEmpty() ? "empty" : undefined;
    if (operator === undefined) return this.#value();
    return this.#deeper(() => ({ type: "unary", operator, operand: this.#unary() }));
  }

  #takeEmpty(): boolean {
    if (this.#token.kind !== "name" || this.#token.text !== "empty") return false;
    this.#at += 1;
    return true;
  }

  #value(): UelNode {
    let node = this.#primary();
    for (;;) {
      let key: UelNode;
      if (this.#take(".")) {
        const { kind, text } = this.#token;
        if (kind !== "name") this.#unexpected();
        this.#at += 1;
        key = { type: "literal", value: text };
      } else if (this.#take("[")) {
        key = this.#expression();
        this.#expect("]");
      } else return node;
      this.#link();
      node = this.#take("(")
        ? { type: "method", base: node, key, args: this.#rest() }
        : { type: "property", base: node, key };
    }
  }

  #primary(): UelNode {
    const token = this.#token;
    if (this.#take("(")) {
      const inner = this.#expression();
      this.#expect(")");
      return inner;
    }
    if (token.kind === "sign" || token.kind === "end") this.#unexpected();
    this.#at += 1;
    if (token.kind === "string") return { type: "literal", value: token.text };
    if (token.kind === "number") return { type: "literal", value: toNumber(token) };
    if (Object.hasOwn(CONSTANTS, token.text)) return { type: "literal", value: CONSTANTS[token.text] ?? null };
    if (this.#isSign(":") && this.#ahead(1).kind === "name" && this.#isSign("(", 2)) {
      const name = `${token.text}:${this.#ahead(1).text}`;
      this.#at += 3;
      return { type: "function", name, args: this.#rest() };
    }
    if (this.#take("(")) return { type: "function", name: token.text, args: this.#rest() };
    return { type: "name", name: token.text };
  }

  /** Arguments behind an opening parenthesis. */
  #rest(): UelNode[] {
    const args: UelNode[] = [];
    if (this.#take(")")) return args;
    do args.push(this.#expression());
    while (this.#take(","));
    this.#expect(")");
    return args;
  }
}

function toNumber({ text, position }: UelToken): number {
  const value = Number(text);
  if (/^\d+$/.test(text) ? !Number.isSafeInteger(value) : !Number.isFinite(value))
    throw new UelSyntaxError(`${text} is too large a number`, position);
  return value;
}
