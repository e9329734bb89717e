import { parser, trackVariables, VariableContext } from "lezer-feel";
import { FeelSyntaxError } from "../errors.js";
import { MAX_NESTING, MAX_TEXT_LENGTH } from "../limits.js";
import { syntaxOf, type Syntax } from "./tree.js";

/** Names of the language itself that are more than one word. */
const PROPERTIES = ["start included", "end included", "time offset"];

/** Names that the grammar can't recognise as one name by themselves, as far as the text may mention them. */
const needed = (names: Iterable<string>, text: string): string[] =>
  [...PROPERTIES, ...names].filter(
    (name) => /[^\p{L}\p{N}_]/u.test(name) && text.includes(/^[\p{L}\p{N}_]+/u.exec(name)?.[0] ?? ""),
  );

/**
 * A context for the grammar in which all names are known everywhere: what is behind a dot or inside a filter is not
 * known before evaluation, and a member's name may need as much help as a variable's.
 */
function knownEverywhere(names: Iterable<string>): typeof VariableContext {
  const known = Object.fromEntries([...names].map((name) => [name, 1]));
  return class Names extends VariableContext {
    static override of(...contexts: unknown[]): VariableContext {
      return super.of(known, ...contexts);
    }
  };
}

/**
 * The grammar has no `range<number>`: it reads `list <number>` in its place, which is as long, so every node still lies
 * where it lies in the text, and the compiler sees what the text says.
 */
const withoutRangeTypes = (text: string): string =>
  text.replace(/"(?:\\.|[^"\\])*"|\brange(?=\s*<\s*\p{L}[\p{L} ]*>)/gu, (whole) =>
    whole === "range" ? "list " : whole,
  );

/** @throws {FeelSyntaxError} */
export function parseText(text: string, top: "Expression" | "UnaryTests", names: Iterable<string>): Syntax {
  if (text.length > MAX_TEXT_LENGTH) {
    throw new FeelSyntaxError(
      `more than ${MAX_TEXT_LENGTH} characters`,
      text.slice(0, MAX_TEXT_LENGTH),
      MAX_TEXT_LENGTH,
    );
  }
  const contextTracker = trackVariables({}, knownEverywhere(needed(names, text)));
  let tree;
  try {
    tree = parser.configure({ top, contextTracker, strict: true }).parse(withoutRangeTypes(text));
  } catch (error) {
    throw syntaxError(error, text);
  }
  const syntax = syntaxOf(tree.topNode, text, MAX_NESTING);
  if (!syntax) throw new FeelSyntaxError(`more than ${MAX_NESTING} levels of nesting`, text, 0);
  return syntax;
}

function syntaxError(error: unknown, text: string): FeelSyntaxError {
  const at = /No parse at (\d+)/.exec(error instanceof Error ? error.message : "");
  const position = Math.min(Number(at?.[1] ?? 0), text.length);
  const rest = text.slice(position).trim();
  if (!text.trim()) return new FeelSyntaxError("empty expression", text, 0);
  const found = rest ? `unexpected ${JSON.stringify(/^[\p{L}\p{N}_]+|^./su.exec(rest)?.[0] ?? "")}` : "unexpected end";
  return new FeelSyntaxError(found, text, position);
}
