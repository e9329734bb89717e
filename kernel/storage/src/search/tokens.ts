import { runsOf } from "./normal.js";
import { pinyinOf } from "./pinyin.js";
import { wordsForIndex } from "./segmenter.js";

/** Changes when the same record would get other tokens, so that every site makes its index anew. */
export const TOKENS_VERSION = 1;

/** Databases leave tokens out that are longer than this; MariaDB's limit is 84. */
const LONGEST = 80;

/**
 * The tokens of a record's short texts, of which any part can be found, and of its long ones, of which words can be found;
 * all in normal form. MariaDB has no parser for Chinese, and leaves out short tokens and English stop words; so each token
 * begins with its kind, goes on in plain letters and digits, and is one word for both databases:
 *
 * - `s`: two neighbouring characters of a short text in hexadecimal, or its last one
 * - `cc`: what a run of letters and digits in a short text goes on with, from each of its characters
 * - `u`: a word of a long text in hexadecimal
 * - `ww`: what a run of letters and digits in a long text goes on with, from each of its words and numbers
 * - `i`, `q`: initials and spelling of a short text's pinyin, from each of its characters
 */
export function tokensOf(short: readonly string[], long: readonly string[]): string {
  const tokens = new Set<string>();
  for (const text of short) {
    for (const token of partsOf(text)) tokens.add(token);
    const { initials, spellings } = pinyinOf(text);
    for (const letters of initials) tokens.add(`i${letters}`);
    for (const letters of spellings) tokens.add(`q${letters}`);
  }
  for (const text of long) for (const token of wordTokensOf(text)) tokens.add(token);
  return [...tokens].join(" ");
}

function* partsOf(text: string): Generator<string> {
  for (const run of runsOf(text)) {
    if (run.latin) {
      for (let start = 0; start < run.text.length; start += 1)
        yield runToken("cc", run.text.slice(start, start + LONGEST));
    } else {
      const characters = [...run.text];
      for (const [index, character] of characters.entries()) yield pairToken(character, characters[index + 1]);
    }
  }
}

function* wordTokensOf(text: string): Generator<string> {
  for (const [run] of text.matchAll(/[a-z0-9]+(?:[-_./]+[a-z0-9]+)*/g)) {
    const parts = run.match(/[a-z]+|[0-9]+/g) ?? [];
    for (const index of parts.keys()) yield runToken("ww", parts.slice(index, index + LONGEST).join(""));
  }
  for (const word of new Set(wordsForIndex(text))) if (isWord(word)) yield wordToken(word);
}

/** Token of two neighbours, or what all tokens begin with that have this character first. */
export function pairToken(first: string, second = ""): string {
  return `s${hex(first)}${hex(second)}`;
}

/** Token of letters and digits; two for its kind, since MariaDB leaves out what has less than three. */
export function runToken(kind: "cc" | "ww", text: string): string {
  return kind + text.slice(0, LONGEST - 2);
}

/** Token of a word of a long text. */
export function wordToken(word: string): string {
  let token = "u";
  for (const character of word) token += hex(character);
  return token.slice(0, LONGEST);
}

/** Whether a long text's token is made for it: not for punctuation, nor for letters, which have their own. */
export function isWord(word: string): boolean {
  return /[\p{L}\p{N}]/u.test(word) && !/[a-z0-9]/.test(word);
}

const known = new Map<string, string>();

/** Kept by character: a text has many, and few different ones. */
function hex(character: string): string {
  if (character === "") return "";
  let code = known.get(character);
  if (code === undefined) {
    if (known.size > 20_000) known.clear();
    code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0");
    known.set(character, code);
  }
  return code;
}
