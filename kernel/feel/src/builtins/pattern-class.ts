import { problem } from "../errors.js";

/** Whether one character belongs to a class. */
export type CharacterTest = (character: string) => boolean;

/** Escapes of XML Schema that JavaScript writes in another way. */
const SCHEMA_ESCAPES: Readonly<Record<string, string>> = {
  i: "[\\p{L}_:]",
  I: "[^\\p{L}_:]",
  c: "[\\p{L}\\p{N}\\p{M}_:.\\-\\u00B7]",
  C: "[^\\p{L}\\p{N}\\p{M}_:.\\-\\u00B7]",
  d: "\\p{Nd}",
  D: "\\P{Nd}",
  w: "[^\\p{P}\\p{Z}\\p{C}]",
  W: "[\\p{P}\\p{Z}\\p{C}]",
  s: "[ \\t\\n\\r]",
  S: "[^ \\t\\n\\r]",
};

const SINGLE_ESCAPES = "nrt\\|.?*+(){}-[]^$";

const literal = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** Reads one escape; its form for JavaScript inside or outside a class, and its length. */
function escape(source: string): { text: string; length: number } {
  const letter = source[1] ?? "";
  const property = /^\\[pP]\{(Is)?[A-Za-z0-9-]+\}/.exec(source);
  if (property) {
    if (property[1]) return problem(`blocks such as ${property[0]} are not supported`);
    return { text: property[0], length: property[0].length };
  }
  const schema = SCHEMA_ESCAPES[letter];
  if (schema !== undefined) return { text: schema, length: 2 };
  if (letter === "" || !SINGLE_ESCAPES.includes(letter)) return problem(`the pattern has no escape \\${letter}`);
  return { text: "nrt".includes(letter) ? `\\${letter}` : literal(letter), length: 2 };
}

/** Reads a class, with ranges and a class taken away from it as in `[a-z-[aeiou]]`. */
function bracket(source: string, depth: number): { text: string; length: number } {
  if (depth > 10) return problem("the pattern nests too deeply");
  let at = 1;
  const negated = source[at] === "^";
  if (negated) at += 1;
  let without = "";
  let inside = "";
  while (source[at] !== "]") {
    if (at >= source.length) return problem("the pattern leaves a class open");
    if (source.startsWith("-[", at) && at > 1) {
      const taken = bracket(source.slice(at + 1), depth + 1);
      without = taken.text;
      at += 1 + taken.length;
      if (source[at] !== "]") return problem("the pattern goes on behind what a class takes away");
      break;
    }
    const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
    if (character === "\\") {
      const { text, length } = escape(source.slice(at));
      inside += text;
      at += length;
    } else if (character === "[") return problem("the pattern has a stray [ in a class");
    else {
      const isRange = character === "-" && inside !== "" && source[at + 1] !== "]";
      inside += isRange ? "-" : literal(character);
      at += character.length;
    }
  }
  if (inside === "") return problem("the pattern has an empty class");
  const whole = `[${negated ? "^" : ""}${inside}]`;
  return { text: without ? `[${whole}--${without}]` : whole, length: at + 1 };
}

const tests = new Map<string, CharacterTest>();

function testOf(text: string, ignoreCase: boolean): CharacterTest {
  const key = `${ignoreCase ? "i" : ""}:${text}`;
  let test = tests.get(key);
  if (!test) {
    let regex: RegExp;
    try {
      regex = new RegExp(`^(?:${text})$`, ignoreCase ? "vi" : "v");
    } catch {
      return problem("the pattern has a class that can't be read");
    }
    test = (character) => regex.test(character);
    if (tests.size > 500) tests.clear();
    tests.set(key, test);
  }
  return test;
}

/** Reads the class or escape that a piece of pattern begins with. */
export function characterClass(source: string, ignoreCase: boolean): { test: CharacterTest; length: number } {
  const { text, length } = source.startsWith("[") ? bracket(source, 0) : escape(source);
  return { test: testOf(text, ignoreCase), length };
}
