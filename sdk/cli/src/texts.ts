import type { ProblemLanguage } from "@jinshui/engine/problem-texts";
import { type CommandTexts, commandTexts } from "./command-texts.js";
import { checkTexts } from "./texts/check-texts.js";
import { drawTexts } from "./texts/draw-texts.js";
import { scenarioTexts } from "./texts/scenario-texts.js";

const dictionary: CommandTexts = { "zh-CN": {}, en: {} };
let current: ProblemLanguage = "en";
addTexts(commandTexts);
addTexts(checkTexts);
addTexts(drawTexts);
addTexts(scenarioTexts);

/** The language of everything that is said from now on; `main` sets it. */
export function speak(language: ProblemLanguage): void {
  current = language;
}

export function language(): ProblemLanguage {
  return current;
}

/** Adds texts in both languages. */
export function addTexts(texts: CommandTexts): void {
  Object.assign(dictionary["zh-CN"], texts["zh-CN"]);
  Object.assign(dictionary.en, texts.en);
}

/** The text of a key in the language of the command, with `{name}` filled in. */
export function t(key: string, values: Record<string, unknown> = {}): string {
  return (dictionary[current][key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** Whether a key has a text in the language of the command. */
export function hasText(key: string): boolean {
  return key in dictionary[current];
}
