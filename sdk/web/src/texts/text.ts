import type { LocalText } from "@jinshui/contracts";

export type Language = "zh-CN" | "en";
export type Dictionary = Record<string, string>;

const dictionaries: Record<Language, Dictionary> = { "zh-CN": {}, en: {} };
let current: Language = "zh-CN";

/** The language of the page; set once before anything is drawn. */
export function setLanguage(language: Language): void {
  current = language;
}

export function language(): Language {
  return current;
}

/** Adds texts in both languages; a plugin prefixes its keys with its id. */
export function addTexts(texts: Record<Language, Dictionary>): void {
  Object.assign(dictionaries["zh-CN"], texts["zh-CN"]);
  Object.assign(dictionaries.en, texts.en);
}

/** The text of a key with `{name}` filled in; Chinese stands in for a missing translation. */
export function t(key: string, values: Record<string, unknown> = {}): string {
  const text = dictionaries[current][key] ?? dictionaries["zh-CN"][key];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** Whether a key has a text: for codes that plugins bring. */
export function hasText(key: string): boolean {
  return key in dictionaries["zh-CN"];
}

/** The text of metadata in the page's language. */
export function local(text: LocalText | undefined): string {
  return text === undefined ? "" : current === "en" ? (text.en ?? text["zh-CN"]) : text["zh-CN"];
}
