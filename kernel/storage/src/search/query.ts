import type { TextQuery } from "../database/full-text.js";
import { normal, type Run, runsOf } from "./normal.js";
import { INITIALS, SPELLING } from "./pinyin.js";
import { wordsOf } from "./segmenter.js";
import { isWord, pairToken, runToken, wordToken } from "./tokens.js";

/** What somebody looks for. */
export interface SearchQuery {
  /** As it was typed, without space around it; white space inside is one space. */
  text: string;
  /** Its {@link normal} form. */
  normal: string;
  /** Words that a record must hold, each in any of its fields. */
  words: readonly string[];
  /** Whether it is but one word, so that whoever holds all words holds the text. */
  isWord: boolean;
  /** Which records hold all words; nothing when the text has nothing but joiners. */
  all: TextQuery | undefined;
  /** Which records may hold the text as it stands in a short text. */
  short: TextQuery | undefined;
  /** Which records' titles sound like it; only for plain letters. */
  pinyin: TextQuery | undefined;
}

const TELLING = /[\p{L}\p{N}]/u;
const HAN = /\p{Script=Han}/u;
/** More words than this make no search better and every database slower. */
const MAX_WORDS = 20;

/** Reads the text of a search box; nothing when there is nothing in it. */
export function searchQuery(input: string): SearchQuery | undefined {
  const text = input.replace(/\s+/g, " ").trim();
  if (text === "") return undefined;
  const plain = normal(text);
  const parts = plain.split(/\s+/).filter((part) => part !== "");
  const words = [...new Set(parts.flatMap(wordsIn))];
  const tokens = parts.flatMap((part) => partQuery(part) ?? []);
  return {
    text,
    normal: plain,
    words: words.slice(0, MAX_WORDS),
    isWord: words.length === 1 && words[0] === plain && /^(?:[a-z0-9]+|\p{Script=Han}+)$/u.test(plain),
    all: tokens.length === 0 ? undefined : both(tokens),
    short: tokens.length === 0 ? undefined : both(parts.flatMap(runsOf).map(shortQuery)),
    pinyin: pinyinQuery(parts),
  };
}

/**
 * Chinese cut into words, anything else as it stands. Punctuation between them is left out, and so are single characters
 * beside longer words: 的 is everywhere, takes longest, and the text as a whole comes first anyway.
 */
function wordsIn(part: string): string[] {
  const pieces = part.match(/\p{Script=Han}+|\P{Script=Han}+/gu) ?? [];
  const words = pieces.flatMap((piece) => (HAN.test(piece) ? wordsOf(piece) : [piece]));
  const telling = words.filter((word) => TELLING.test(word));
  const longer = telling.filter((word) => [...word].length > 1 || !HAN.test(word));
  if (longer.length > 0) return longer;
  return telling.length > 0 ? telling : [part];
}

/**
 * The records that hold a part without white space: as it stands in a short text, or word by word anywhere. Long texts are
 * not known by their punctuation.
 */
function partQuery(part: string): TextQuery | undefined {
  const runs = runsOf(part);
  const telling = runs.filter(({ text, latin }) => latin || TELLING.test(text));
  if (runs.length === 0) return undefined;
  const anywhere = both(runs.map((run) => runQuery(run, true)));
  if (telling.length === 0 || telling.length === runs.length) return anywhere;
  return either([anywhere, both(telling.map((run) => runQuery(run, false)))]);
}

function runQuery({ text, latin }: Run, inShort: boolean): TextQuery {
  if (latin) return either([...(inShort ? [prefixed(runToken("cc", text))] : []), prefixed(runToken("ww", text))]);
  const wordQuery = (word: string): TextQuery[] => {
    const found = [...(inShort ? [pairs(word)] : []), ...inLong(word)];
    return found.length > 0 ? [either(found)] : [];
  };
  const each = wordsIn(text).flatMap(wordQuery);
  // the whole of it, in case it was cut in another way where it stands in a sentence
  const whole = wordQuery(text);
  const isWhole = each.length === 1 && wordsIn(text)[0] === text;
  return either([...whole, ...(isWhole || each.length === 0 ? [] : [both(each)])]);
}

function shortQuery({ text, latin }: Run): TextQuery {
  return latin ? prefixed(runToken("cc", text)) : pairs(text);
}

/** Long texts that hold this word; of a single character, any word that it begins. */
function inLong(word: string): TextQuery[] {
  if (!isWord(word)) return [];
  const token = wordToken(word);
  return [[...word].length === 1 ? prefixed(token) : { token }];
}

/** Short texts that hold these characters as neighbours. */
function pairs(text: string): TextQuery {
  const characters = [...text];
  const [first = "", ...others] = characters;
  if (others.length === 0) return prefixed(pairToken(first));
  return both(others.map((second, index) => ({ token: pairToken(characters[index] ?? "", second) })));
}

function pinyinQuery(parts: readonly string[]): TextQuery | undefined {
  // one letter begins half of all titles
  if (!parts.every((part) => /^[a-z][a-z0-9]*$/.test(part)) || parts.join("").length < 2) return undefined;
  return both(
    parts
      .slice(0, MAX_WORDS)
      .map((part) => either([prefixed(`i${part.slice(0, INITIALS)}`), prefixed(`q${part.slice(0, SPELLING)}`)])),
  );
}

function prefixed(token: string): TextQuery {
  return { token, prefix: true };
}

function both(parts: readonly TextQuery[]): TextQuery {
  const [only] = parts;
  return parts.length === 1 && only ? only : { and: parts };
}

function either(parts: readonly TextQuery[]): TextQuery {
  const [only] = parts;
  return parts.length === 1 && only ? only : { or: parts };
}
