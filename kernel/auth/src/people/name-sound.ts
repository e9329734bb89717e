import type { Where } from "@jinshui/storage";
import { pinyin } from "pinyin-pro";

const LENGTH = 300;
const HAN = /^\p{Script=Han}+$/u;

/** A name as rows of `person` keep it: beside it how it sounds, by which it is found. */
export function nameColumns(name: string): { name: string; name_sound: string } {
  return { name, name_sound: soundOf(name) };
}

/**
 * Initials and spelling from each of a name's characters, each after a space: 陈晓 is ` cx chenxiao x xiao`. Family names that
 * sound otherwise than the character elsewhere are told as family names: 单 is `shan`.
 */
function soundOf(name: string): string {
  const characters = [...name].filter((character) => HAN.test(character));
  const syllables = pinyin(characters.join(""), { toneType: "none", type: "array", v: true, surname: "head" });
  return characters
    .map((_, index) => {
      const rest = syllables.slice(index);
      return ` ${rest.map((syllable) => syllable[0] ?? "").join("")} ${rest.join("")}`;
    })
    .join("")
    .toLowerCase()
    .slice(0, LENGTH);
}

/** People who are called so: part of the name, the beginning of the user name, or of the name's initials or pinyin. */
export function calledSo(search: string): Where {
  const letters = search.toLowerCase().replace(/[\s'’]/g, "");
  return {
    or: [
      { name: { contains: search } },
      { username: { startsWith: search.toLowerCase() } },
      ...(/^[a-z]+$/.test(letters) ? [{ name_sound: { contains: ` ${letters}` } }] : []),
    ],
  };
}
