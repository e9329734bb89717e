import type { ProblemLanguage } from "@jinshui/engine/problem-texts";
import { UsageError } from "./usage-error.js";

/** The language of texts that a site shows, too: the one asked for, else the terminal's, else Chinese as on a site. */
export function languageOf(
  given: string | undefined,
  { LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv = process.env,
): ProblemLanguage {
  if (given === "zh-CN" || given === "en") return given;
  if (given !== undefined) throw new UsageError(`--language ${given}: there are zh-CN and en`);
  const terminal = [LC_ALL, LC_MESSAGES, LANG].find((value) => value !== undefined && value !== "") ?? "";
  return terminal.startsWith("en") ? "en" : "zh-CN";
}
