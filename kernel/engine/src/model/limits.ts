import { Parser } from "saxen";
import type { Problem } from "./problem.js";

/** Deepest nesting of elements, and of brackets in an expression. */
const MAX_DEPTH = 200;
/** Most elements of a file, those of the diagram included. */
const MAX_ELEMENTS = 150_000;
/** Most ids that may be there twice before the file is not looked at any further. */
const MAX_REPEATED = 200;

class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

/**
 * Walks through a file once, without keeping it, and says why it is not worth reading: the reader behind this would take
 * too long over it or run out of stack. Faults of the XML are left to that reader.
 */
export function beyondLimits(xml: string): Problem | undefined {
  let depth = 0;
  let elements = 0;
  let repeated = 0;
  let prefix: string | undefined;
  const ids = new Set<string>();
  const parser = new Parser()
    .on("error", (error) => {
      throw error;
    })
    .on("openTag", (name, attributes, _decode, _selfClosing, context) => {
      depth += 1;
      elements += 1;
      prefix ??= prefixOf(name);
      if (depth > MAX_DEPTH) throw tooDeep(context().line + 1);
      if (elements > MAX_ELEMENTS) throw new Refused(tooLarge());
      if (prefixOf(name) !== prefix) return;
      const id = (attributes() || {})["id"];
      if (id === undefined) return;
      if (ids.has(id)) repeated += 1;
      ids.add(id);
      if (repeated > MAX_REPEATED)
        throw new Refused({ severity: "error", code: "duplicate-id", element: id, line: context().line + 1 });
    })
    .on("closeTag", () => {
      depth -= 1;
    })
    .on("text", (text, _decode, context) => {
      if (bracketDepth(text) > MAX_DEPTH) throw tooDeep(context().line + 1);
    })
    .on("cdata", (text, context) => {
      if (bracketDepth(text) > MAX_DEPTH) throw tooDeep(context().line + 1);
    });
  try {
    parser.parse(xml);
  } catch (error) {
    if (error instanceof Refused) return error.problem;
  }
  return undefined;
}

function tooDeep(line: number): Refused {
  return new Refused({ severity: "error", code: "too-deep", line, params: { limit: String(MAX_DEPTH) } });
}

function tooLarge(): Problem {
  return { severity: "error", code: "too-large", params: { limit: `${MAX_ELEMENTS} XML` } };
}

function prefixOf(name: string): string {
  return name.slice(0, Math.max(name.indexOf(":"), 0));
}

function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.matchAll(/[([{)\]}]/g)) {
    depth = "([{".includes(bracket) ? depth + 1 : Math.max(depth - 1, 0);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
