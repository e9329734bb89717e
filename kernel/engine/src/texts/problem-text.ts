import type { Problem } from "../model/problem.js";
import { chinese } from "./chinese.js";
import { english } from "./english.js";
import type { ProblemSentence, ProblemTexts } from "./problem-texts.js";

export type ProblemLanguage = "zh-CN" | "en";

export const problemTexts: Readonly<Record<ProblemLanguage, ProblemTexts>> = { "zh-CN": chinese, en: english };

/** A problem as this package or an API gives it: a later version may know more codes. */
export type ToldProblem = Omit<Problem, "code" | "severity"> & { code: string };

/** A problem in plain words, with the element's kind, name and line; its code when this version has no words for it. */
export function problemText(problem: ToldProblem, language: ProblemLanguage = "zh-CN"): string {
  const texts = problemTexts[language];
  const { code, line, params = {} } = problem;
  const whose = element(problem, texts);
  const where = (whose + (line === undefined ? "" : filled(texts.line, { line: String(line) }))).trim();
  const sentence = (texts.problems as Readonly<Record<string, ProblemSentence | undefined>>)[code];
  if (sentence === undefined) return `${where} ${code}`.trim();
  const event = params["event"]
    ?.split(" ")
    .map((kind) => texts.events[small(kind)] ?? kind)
    .join(texts.comma);
  const text = filled(variant(sentence, params["what"]), { ...params, ...(event === undefined ? {} : { event }) });
  return where === "" ? text : filled(texts.said, { where, text });
}

function element({ elementType, elementName, element }: ToldProblem, { elements, where }: ProblemTexts): string {
  const name = elementName ?? element;
  if (name === undefined) return "";
  const kind = (elementType ?? "").replace("bpmn:", "");
  return filled(where, { kind: elements[small(kind)] ?? kind, name }).trim();
}

function variant(sentence: ProblemSentence, what = ""): string {
  return typeof sentence === "string" ? sentence : (sentence[what] ?? sentence[""] ?? "");
}

function small(name: string): string {
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}
