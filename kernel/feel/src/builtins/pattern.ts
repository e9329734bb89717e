import type { Run } from "../compile/run.js";
import { problem } from "../errors.js";
import { parsePattern, type Flags } from "./pattern-syntax.js";

/** Where a pattern matched: start and end of the whole and of each group, undefined where a group took no part. */
export type Match = (readonly [number, number] | undefined)[];

/**
 * A regular expression of XPath. Matched by an interpreter of our own that counts its steps, since a pattern that
 * backtracks for ever must end, and the engine of JavaScript can't be interrupted.
 */
export class Pattern {
  private constructor(private readonly program: ReturnType<typeof parsePattern>) {}

  /** A pattern or flags that XPath does not know are a problem. */
  static of(pattern: string, flags: string): Pattern {
    if (/[^smixq]/.test(flags)) return problem(`no flags ${flags}`);
    const set: Flags = {
      dotAll: flags.includes("s"),
      multiline: flags.includes("m"),
      ignoreCase: flags.includes("i"),
      free: flags.includes("x"),
      literal: flags.includes("q"),
    };
    return new Pattern(parsePattern(pattern, set));
  }

  /** The first match at or behind an offset. */
  find(text: string, from: number, run: Run): Match | null {
    for (let start = from; start <= text.length; start += 1) {
      const groups: Match = [];
      run.step();
      let end = -1;
      const matched = this.program.node({ text, groups, run }, start, (at) => {
        end = at;
        return true;
      });
      if (matched) {
        groups[0] = [start, end];
        return groups;
      }
    }
    return null;
  }

  /** Replaces every match; `$1` in the replacement is a group, `\$` a dollar. */
  replace(text: string, replacement: string, run: Run): string {
    this.#refuseEmpty(run);
    const pieces = this.program.literal ? [replacement] : replacementPieces(replacement, this.program.groups);
    let result = "";
    let from = 0;
    for (let match = this.find(text, 0, run); match; match = this.find(text, from, run)) {
      const [start, end] = match[0] ?? [0, 0];
      result += text.slice(from, start);
      for (const piece of pieces) {
        const group = typeof piece === "number" ? match[piece] : undefined;
        result += typeof piece === "string" ? piece : group ? text.slice(...group) : "";
      }
      run.text(result);
      from = end;
    }
    return run.text(result + text.slice(from));
  }

  /** The pieces between the matches. */
  split(text: string, run: Run): string[] {
    this.#refuseEmpty(run);
    const pieces: string[] = [];
    let from = 0;
    for (let match = this.find(text, 0, run); match; match = this.find(text, from, run)) {
      const [start, end] = match[0] ?? [0, 0];
      pieces.push(text.slice(from, start));
      from = end;
    }
    pieces.push(text.slice(from));
    return pieces;
  }

  /** XPath refuses to replace what matches nothing at all. */
  #refuseEmpty(run: Run): void {
    if (this.find("", 0, run)) problem("the pattern matches the empty string");
  }
}

function replacementPieces(replacement: string, groups: number): (string | number)[] {
  const pieces: (string | number)[] = [];
  for (const match of replacement.matchAll(/\\(.?)|\$(\d*)|[^\\$]+/gsu)) {
    const [whole, escaped, digits] = match;
    if (escaped !== undefined) {
      if (escaped !== "$" && escaped !== "\\") return problem(`no escape ${whole}`);
      pieces.push(escaped);
    } else if (digits === undefined) pieces.push(whole);
    else if (digits === "") return problem("a $ without a number");
    else {
      // As many digits as name a group; the others are text.
      let length = digits.length;
      while (length > 1 && Number(digits.slice(0, length)) > groups) length -= 1;
      pieces.push(Number(digits.slice(0, length)), digits.slice(length));
    }
  }
  return pieces;
}
