import type { ProblemLanguage } from "@jinshui/engine/problem-texts";
import { UsageError } from "./usage-error.js";

/** The language of what a command says: the one asked for, Chinese where the terminal is, else English. */
export function languageOf(
  given: string | undefined,
  { LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv = process.env,
): ProblemLanguage {
  if (given === "zh-CN" || given === "en") return given;
  if (given !== undefined) throw new UsageError(`--language ${given}: zh-CN, en`);
  const terminal = [LC_ALL, LC_MESSAGES, LANG].find((value) => value !== undefined && value !== "") ?? "";
  return terminal.startsWith("zh") ? "zh-CN" : "en";
}

/** Takes `--language` out of a command line; every command knows it. */
export function takeLanguage(argv: readonly string[]): { given: string | undefined; args: string[] } {
  const at = argv.findIndex((arg) => arg === "--language" || arg.startsWith("--language="));
  if (at < 0) return { given: undefined, args: [...argv] };
  const [, joined] = argv[at]?.split("=") ?? [];
  const given = joined ?? argv[at + 1] ?? "";
  return { given, args: argv.filter((_, index) => index !== at && (joined !== undefined || index !== at + 1)) };
}
