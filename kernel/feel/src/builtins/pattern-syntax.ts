import type { Run } from "../compile/run.js";
import { problem } from "../errors.js";
import { characterClass, type CharacterTest } from "./pattern-class.js";

/** What the letters of a pattern's flags mean. */
export interface Flags {
  readonly dotAll: boolean;
  readonly multiline: boolean;
  readonly ignoreCase: boolean;
  readonly free: boolean;
  readonly literal: boolean;
}

interface State {
  readonly text: string;
  readonly groups: (readonly [number, number] | undefined)[];
  readonly run: Run;
}

type Next = (at: number) => boolean;
type Matcher = (state: State, at: number, next: Next) => boolean;

/** A matcher, and the test of a character if it is but one. */
interface Piece {
  readonly match: Matcher;
  readonly test?: CharacterTest;
}

const MOST_REPEATS = 1000;
const LONGEST = 2_000;
const DEEPEST = 50;

/** Reads a pattern of XPath; what it can't read is a problem. */
export function parsePattern(pattern: string, flags: Flags): { node: Matcher; groups: number; literal: boolean } {
  if (pattern.length > LONGEST) return problem(`the pattern has more than ${LONGEST} characters`);
  const reader = new PatternReader(flags.free && !flags.literal ? stripSpaces(pattern) : pattern, flags);
  return { node: reader.read(), groups: reader.groups, literal: flags.literal };
}

/** Without the spaces outside classes. */
const stripSpaces = (pattern: string): string =>
  pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\s+/gsu, (whole) => (/^\s/.test(whole) ? "" : whole));

const widthAt = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

const single = (test: CharacterTest): Piece => ({
  test,
  match: ({ text, run }, at, next) => {
    run.step();
    if (at >= text.length) return false;
    const width = widthAt(text, at);
    return test(text.slice(at, at + width)) && next(at + width);
  },
});

const sequence = (pieces: readonly Piece[]): Matcher =>
  pieces.reduceRight<Matcher>(
    (rest, { match }) =>
      (state, at, next) =>
        match(state, at, (then) => rest(state, then, next)),
    (_state, at, next) => next(at),
  );

function repeatCharacter(test: CharacterTest, least: number, most: number, greedy: boolean): Matcher {
  return ({ text, run }, at, next) => {
    const ends = [at];
    let end = at;
    const advance = (): boolean => {
      run.step();
      if (ends.length > most || end >= text.length) return false;
      const width = widthAt(text, end);
      if (!test(text.slice(end, end + width))) return false;
      end += width;
      ends.push(end);
      return true;
    };
    if (!greedy) {
      for (let count = 0; ; count += 1) {
        if (count >= least && next(end)) return true;
        if (!advance()) return false;
      }
    }
    while (advance());
    for (let count = ends.length - 1; count >= least; count -= 1) {
      run.step();
      if (next(ends[count] ?? at)) return true;
    }
    return false;
  };
}

function repeat(match: Matcher, least: number, most: number, greedy: boolean): Matcher {
  const from =
    (count: number): Matcher =>
    (state, at, next) => {
      state.run.step();
      // A round that moved nothing would go on for ever.
      const more = (): boolean =>
        count < most && match(state, at, (then) => (then > at || count < least) && from(count + 1)(state, then, next));
      if (count < least) return more();
      return greedy ? more() || next(at) : next(at) || more();
    };
  return from(0);
}

class PatternReader {
  #at = 0;
  #depth = 0;
  groups = 0;

  constructor(
    private readonly source: string,
    private readonly flags: Flags,
  ) {}

  read(): Matcher {
    if (this.flags.literal) return sequence([...this.source].map((character) => this.#character(character)));
    const node = this.#alternatives();
    return this.#at < this.source.length ? problem(`the pattern has a stray ${this.source[this.#at] ?? ""}`) : node;
  }

  #take(text: string): boolean {
    if (!this.source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #character(character: string): Piece {
    if (!this.flags.ignoreCase) return single((candidate) => candidate === character);
    const lower = character.toLowerCase();
    const upper = character.toUpperCase();
    return single((candidate) => candidate.toLowerCase() === lower || candidate.toUpperCase() === upper);
  }

  #alternatives(): Matcher {
    if ((this.#depth += 1) > DEEPEST) return problem("the pattern nests too deeply");
    const branches = [this.#branch()];
    while (this.#take("|")) branches.push(this.#branch());
    this.#depth -= 1;
    const [only] = branches;
    if (only && branches.length === 1) return only;
    return (state, at, next) => branches.some((branch) => branch(state, at, next));
  }

  #branch(): Matcher {
    const pieces: Piece[] = [];
    while (this.#at < this.source.length && !/[|)]/.test(this.source[this.#at] ?? "")) {
      pieces.push(this.#quantified(this.#atom()));
    }
    return sequence(pieces);
  }

  #quantified(piece: Piece): Piece {
    const bounds = this.#quantifier();
    if (!bounds) return piece;
    const greedy = !this.#take("?");
    const [least, most] = bounds;
    if (least > MOST_REPEATS || (Number.isFinite(most) && most > MOST_REPEATS))
      return problem("the pattern repeats too often");
    if (/^[?*+{]/.test(this.source.slice(this.#at))) return problem("the pattern repeats a repetition");
    const match = piece.test
      ? repeatCharacter(piece.test, least, most, greedy)
      : repeat(piece.match, least, most, greedy);
    return { match };
  }

  #quantifier(): [number, number] | null {
    if (this.#take("?")) return [0, 1];
    if (this.#take("*")) return [0, Infinity];
    if (this.#take("+")) return [1, Infinity];
    if (!this.source.startsWith("{", this.#at)) return null;
    const match = /^\{(\d{1,6})(?:(,)(\d{1,6})?)?\}/.exec(this.source.slice(this.#at, this.#at + 20));
    if (!match) return problem("the pattern has a stray {");
    this.#at += match[0].length;
    const least = Number(match[1]);
    const most = match[2] === undefined ? least : match[3] === undefined ? Infinity : Number(match[3]);
    return most < least ? problem("the pattern repeats less than nothing") : [least, most];
  }

  #atom(): Piece {
    const { source, flags } = this;
    const width = widthAt(source, this.#at);
    const character = source.slice(this.#at, this.#at + width);
    if (character === "[" || (character === "\\" && !/[1-9]/.test(source[this.#at + 1] ?? ""))) {
      const { test, length } = characterClass(source.slice(this.#at), flags.ignoreCase);
      this.#at += length;
      return single(test);
    }
    this.#at += width;
    switch (character) {
      case "(":
        return this.#group();
      case ".":
        return single(flags.dotAll ? () => true : (candidate) => candidate !== "\n" && candidate !== "\r");
      case "^":
        return { match: ({ text }, at, next) => (at === 0 || (flags.multiline && text[at - 1] === "\n")) && next(at) };
      case "$":
        return {
          match: ({ text }, at, next) => (at === text.length || (flags.multiline && text[at] === "\n")) && next(at),
        };
      case "\\":
        return this.#backReference();
      case "?":
      case "*":
      case "+":
      case "{":
      case "}":
      case "]":
        return problem(`the pattern has a stray ${character}`);
      default:
        return this.#character(character);
    }
  }

  #group(): Piece {
    const captures = !this.#take("?:");
    const index = captures ? (this.groups += 1) : 0;
    const inner = this.#alternatives();
    if (!this.#take(")")) return problem("the pattern leaves a group open");
    if (!captures) return { match: inner };
    return {
      match: (state, at, next) => {
        const before = state.groups[index];
        const matched = inner(state, at, (end) => {
          const outer = state.groups[index];
          state.groups[index] = [at, end];
          if (next(end)) return true;
          state.groups[index] = outer;
          return false;
        });
        if (!matched) state.groups[index] = before;
        return matched;
      },
    };
  }

  #backReference(): Piece {
    let index = Number(this.source[this.#at]);
    this.#at += 1;
    // A further digit belongs to it while there are as many groups.
    while (/\d/.test(this.source[this.#at] ?? "") && index * 10 + Number(this.source[this.#at]) <= this.groups) {
      index = index * 10 + Number(this.source[this.#at]);
      this.#at += 1;
    }
    if (index > this.groups) return problem(`the pattern has no group ${index}`);
    const { ignoreCase } = this.flags;
    const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
    return {
      match: ({ text, groups, run }, at, next) => {
        const group = groups[index];
        const wanted = group ? text.slice(...group) : "";
        run.step(1 + wanted.length);
        return fold(text.slice(at, at + wanted.length)) === fold(wanted) && next(at + wanted.length);
      },
    };
  }
}
