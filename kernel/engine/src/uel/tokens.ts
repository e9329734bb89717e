import { UelSyntaxError } from "./uel-error.js";

/** A piece of an expression; words that are operators come as their sign. */
export interface UelToken {
  kind: "number" | "string" | "name" | "sign" | "end";
  /** The sign, the name, or the text of a literal without quotes. */
  text: string;
  position: number;
}

const SIGNS = ["&&", "||", "==", "!=", "<=", ">=", ..."+ - * / % < > ! ? : . , ( ) [ ]".split(" ")];
const WORDS: Record<string, string> = {
  and: "&&",
  or: "||",
  not: "!",
  eq: "==",
  ne: "!=",
  lt: "<",
  gt: ">",
  le: "<=",
  ge: ">=",
  div: "/",
  mod: "%",
};
const SPACE = /\s*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/uy;

/** Splits the expression that begins at `start`, up to the brace that closes it. */
export function tokenize(text: string, start: number): { tokens: UelToken[]; end: number } {
  const tokens: UelToken[] = [];
  for (let at = start; ;) {
    at += match(SPACE, text, at)?.length ?? 0;
    const character = text[at];
    if (character === undefined) throw new UelSyntaxError("The closing } is missing", at);
    if (character === "}") {
      tokens.push({ kind: "end", text: "", position: at });
      return { tokens, end: at + 1 };
    }
    const { length, ...token } = next(text, at, tokens.at(-1)?.text);
    tokens.push({ ...token, position: at });
    at += length;
  }
}

function next(text: string, at: number, before: string | undefined): Omit<UelToken, "position"> & { length: number } {
  if (text[at] === "'" || text[at] === '"') return quoted(text, at);
  const number = before === "." ? undefined : match(NUMBER, text, at);
  if (number !== undefined) return { kind: "number", text: number, length: number.length };
  const name = match(NAME, text, at);
  if (name !== undefined) {
    // names such as `x.empty` and `variables:lt` are no operators
    const named = before === "." || (before === ":" && name !== "not");
    const sign = !named && Object.hasOwn(WORDS, name) ? WORDS[name] : undefined;
    return { kind: sign === undefined ? "name" : "sign", text: sign ?? name, length: name.length };
  }
  const sign = SIGNS.find((candidate) => text.startsWith(candidate, at));
  if (sign === undefined) throw new UelSyntaxError(`Unexpected ${JSON.stringify(text[at])}`, at);
  return { kind: "sign", text: sign, length: sign.length };
}

function quoted(text: string, start: number): Omit<UelToken, "position"> & { length: number } {
  let value = "";
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === text[start]) return { kind: "string", text: value, length: at + 1 - start };
    if (text[at] === "\\") {
      at += 1;
      if (text[at] !== "\\" && text[at] !== "'" && text[at] !== '"')
        throw new UelSyntaxError("Only \\\\, \\' and \\\" may follow a backslash", at);
    }
    value += text[at] ?? "";
  }
  throw new UelSyntaxError("A text is not closed", start);
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
