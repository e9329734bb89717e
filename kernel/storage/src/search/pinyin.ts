import { pinyin } from "pinyin-pro";

/** Letters of initials that are kept, and looked for. */
export const INITIALS = 10;
/** Letters of a spelling that are kept, and looked for. */
export const SPELLING = 24;

const HAN = /\p{Script=Han}/u;

/**
 * What a title's pinyin begins with at each of its Chinese characters: 一户式 gives initials `yhs`, `hs`, `s` and spellings
 * `yihushi`, `hushi`, `shi`. Letters and digits of the title stand for themselves.
 */
export function pinyinOf(title: string): { initials: string[]; spellings: string[] } {
  const initials: string[] = [];
  const spellings: string[] = [];
  for (const [part] of title.matchAll(/[a-z0-9\p{Script=Han}]+/gu)) {
    if (!HAN.test(part)) continue;
    const characters = [...part];
    const syllables = pinyin(part, { toneType: "none", type: "array", v: true });
    // a character that has no pinyin, and words of letters that are taken as one, would shift all that follows
    if (syllables.length !== characters.length) continue;
    characters.forEach((character, index) => {
      if (!HAN.test(character)) return;
      initials.push(
        syllables
          .slice(index, index + INITIALS)
          .map((syllable) => syllable[0] ?? "")
          .join(""),
      );
      spellings.push(
        syllables
          .slice(index, index + SPELLING)
          .join("")
          .slice(0, SPELLING),
      );
    });
  }
  const plain = (list: string[]): string[] => list.filter((text) => /^[a-z0-9]+$/.test(text));
  return { initials: plain(initials), spellings: plain(spellings) };
}
