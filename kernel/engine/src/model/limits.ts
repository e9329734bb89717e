import { Parser } from "saxen";
import type { Problem } from "./problem.js";

/** Deepest nesting of elements, and of brackets in an expression. */
const MAX_DEPTH = 200;
/** Most elements and attributes, without the diagram's: twice as many can be read and checked in two seconds. */
const MAX_PARTS = 70_000;
/** Most elements of the diagram, which is left out unread. */
const MAX_DRAWN = 200_000;
/** Most ids that may be there twice before the file is not looked at any further. */
const MAX_REPEATED = 200;
/** The reader copies all namespaces known so far for each element that declares one: most of such copies. */
const MAX_NAMESPACES = 200_000;

class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}

/**
 * Walks through a file once, without keeping it, and says why it is not worth reading: the reader behind this would take
 * too long over it or run out of stack. Faults of the XML are left to that reader.
 *
 * @param maxParts Most elements and attributes.
 */
export function beyondLimits(xml: string, maxParts = MAX_PARTS): Problem | undefined {
  const walk = new Walk(maxParts);
  const attributes = tooManyAttributes(xml, maxParts);
  if (attributes) return attributes;
  try {
    new Parser()
      .on("error", (error) => {
        throw error;
      })
      .on("openTag", (name, attributes, _decode, _selfClosing, context) => {
        walk.open(name, attributes, () => context().line + 1);
      })
      .on("closeTag", () => {
        walk.close();
      })
      .on("text", (text, _decode, context) => {
        walk.text(text, () => context().line + 1);
      })
      .on("cdata", (text, context) => {
        walk.text(text, () => context().line + 1);
      })
      .parse(xml);
  } catch (error) {
    if (error instanceof Refused) return error.problem;
  }
  return walk.tooMany;
}

type Line = () => number;

/** What is counted on the way. */
class Walk {
  readonly #ids = new Set<string>();
  readonly #prefixes = new Set<string>();
  #depth = 0;
  /** Depth of the diagram's outermost element, while in it. */
  #diagram: number | undefined;
  #parts = 0;
  #drawn = 0;
  /** Where there were too many. */
  #line: number | undefined;
  #namespaces = 0;
  #repeated = 0;
  #prefix: string | undefined;

  constructor(readonly maxParts: number) {}

  /** Told at the end only: the whole number helps to see how far a file is from what can be read. */
  get tooMany(): Problem | undefined {
    if (this.#line === undefined) return undefined;
    return this.#parts > this.maxParts
      ? tooManyParts(this.#parts, this.maxParts, this.#line)
      : tooManyParts(this.#drawn, MAX_DRAWN, this.#line, "diagram");
  }

  open(name: string, attributes: () => Record<string, string> | false, line: Line): void {
    this.#depth += 1;
    if (name.endsWith("BPMNDiagram")) this.#diagram ??= this.#depth;
    if (this.#diagram !== undefined) this.#drawn += 1;
    // what is refused already is only counted
    else if (this.#line !== undefined) this.#parts += 1 + Object.keys(attributes() || {}).length;
    else this.#read(name, attributes() || {}, line);
    if (this.#line !== undefined) return;
    if (this.#depth > MAX_DEPTH) throw tooDeep(line());
    if (this.#parts > this.maxParts || this.#drawn > MAX_DRAWN) this.#line = line();
  }

  #read(name: string, attributes: Record<string, string>, line: Line): void {
    this.#prefix ??= prefixOf(name);
    const names = Object.keys(attributes);
    this.#parts += 1 + names.length;
    this.#declared(names, line);
    if (attributes["id"] !== undefined && prefixOf(name) === this.#prefix) this.#id(attributes["id"], line);
  }

  close(): void {
    if (this.#depth === this.#diagram) this.#diagram = undefined;
    this.#depth -= 1;
  }

  text(text: string, line: Line): void {
    if (bracketDepth(text) > MAX_DEPTH) throw tooDeep(line());
  }

  #declared(names: string[], line: Line): void {
    const prefixes = names.filter((name) => name.startsWith("xmlns:"));
    if (prefixes.length === 0) return;
    for (const prefix of prefixes) this.#prefixes.add(prefix);
    this.#namespaces += this.#prefixes.size;
    if (this.#namespaces > MAX_NAMESPACES)
      throw new Refused({ severity: "error", code: "too-many-namespaces", line: line() });
  }

  #id(id: string, line: Line): void {
    if (this.#ids.has(id)) this.#repeated += 1;
    this.#ids.add(id);
    if (this.#repeated > MAX_REPEATED)
      throw new Refused({ severity: "error", code: "duplicate-id", element: id, line: line() });
  }
}

/** Reading the attributes of one element takes ever longer the more they are: whether they are too many is seen before. */
function tooManyAttributes(xml: string, maxParts: number): Problem | undefined {
  let count = 0;
  let beyond: number | undefined;
  for (let at = 0; at < xml.length; at += 1) {
    if (xml[at] === "<") {
      if (beyond !== undefined) break;
      count = 0;
    } else if (xml[at] === "=" && (xml[at + 1] === '"' || xml[at + 1] === "'")) count += 1;
    if (count > maxParts) beyond ??= at;
  }
  return beyond === undefined
    ? undefined
    : tooManyParts(count, maxParts, xml.slice(0, beyond).split("\n").length, "attributes");
}

/** @param what - What there is too much of, when it is not elements and attributes together. */
function tooManyParts(count: number, limit: number, line: number, what?: "diagram" | "attributes"): Problem {
  const params = { count: String(count), limit: String(limit), ...(what === undefined ? {} : { what }) };
  return { severity: "error", code: "too-many-parts", line, params };
}

function tooDeep(line: number): Refused {
  return new Refused({ severity: "error", code: "too-deep", line, params: { limit: String(MAX_DEPTH) } });
}

function prefixOf(name: string): string {
  return name.slice(0, Math.max(name.indexOf(":"), 0));
}

function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === "(" || sign === "[" || sign === "{") deepest = Math.max(deepest, (depth += 1));
    else if (sign === ")" || sign === "]" || sign === "}") depth = Math.max(depth - 1, 0);
  }
  return deepest;
}
