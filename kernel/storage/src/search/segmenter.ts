import { Jieba } from "@node-rs/jieba";
import { dict } from "@node-rs/jieba/dict.js";

let loaded: Jieba | undefined;

/** The dictionary takes 40 MB and a third of a second: only who searches, or has a searched field, pays for it. */
function jieba(): Jieba {
  return (loaded ??= Jieba.withDict(dict));
}

/** The words of a text, and the shorter ones that they are made of: 税务局 is also 税务. */
export function wordsForIndex(text: string): string[] {
  return jieba().cutForSearch(text, true);
}

/** The words of a text, each character in one of them. */
export function wordsOf(text: string): string[] {
  return jieba().cut(text, true);
}
