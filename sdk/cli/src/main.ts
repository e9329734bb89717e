import { isJinshuiError, type JinshuiError } from "@jinshui/contracts";
import { COMMANDS } from "./command-table.js";
import type { CommandHelp } from "./command.js";
import { helpOf, overview, usageLine } from "./help.js";
import { languageOf, takeLanguage } from "./language.js";
import { type Runners, runners } from "./runners.js";
import { hasText, speak, t } from "./texts.js";
import { UsageError } from "./usage-error.js";

/**
 * Runs one command line and returns the exit code: 0 done, 1 the answer is no, 2 the call is wrong.
 * @param operators What carries out the commands that open a site's own database; without it they say where they are found.
 */
export async function main(argv: string[], operators: Runners = {}): Promise<number> {
  speak(languageOf(undefined));
  const { given, args } = takeLanguage(argv);
  try {
    speak(languageOf(given));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  if (args.length === 0 || args.some((arg) => arg === "--help" || arg === "-h") || args[0] === "help")
    return help(args.filter((arg) => !["--help", "-h", "help"].includes(arg)));
  const command = COMMANDS.find(({ words }) => words === args.slice(0, words.split(" ").length).join(" "));
  if (!command) return unknown(args);
  const rest = args.slice(command.words.split(" ").length);
  const run = runners[command.words] ?? operators[command.words] ?? elsewhere(command.words);
  try {
    return await run(rest);
  } catch (error) {
    if (error instanceof UsageError) {
      const { words } = command;
      process.stderr.write(
        `${error.message}\n${t("help.usage")}: ${usageLine(command)}\n${t("help.see", { words })}\n`,
      );
      return 2;
    }
    if (!isJinshuiError(error)) throw error;
    process.stderr.write(`${refusal(error)}\n`);
    return command.refusal ?? 1;
  }
}

/** What went wrong in words; the trace is for faults that somebody has to look into. */
function refusal({ code, message, status, traceId }: JinshuiError): string {
  const what = hasText(`code.${code}`) ? t(`code.${code}`) : t("code.internal");
  const trace = traceId === undefined || status < 500 ? "" : t("main.trace", { trace: traceId });
  return t("main.refused", { what, code, message }) + trace;
}

/** The commands that begin with the longest run of these words that any begins with. */
function commandsOf(args: readonly string[]): CommandHelp[] {
  for (let length = args.length; length > 0; length -= 1) {
    const prefix = args.slice(0, length).join(" ");
    const found = COMMANDS.filter(({ words }) => words === prefix || words.startsWith(`${prefix} `));
    if (found.length > 0) return found;
  }
  return [];
}

function help(args: string[]): number {
  const found = commandsOf(args);
  if (args.length > 0 && found.length === 0) return unknown(args);
  process.stdout.write(found.length === 0 ? overview(COMMANDS) : helpOf(found));
  return 0;
}

function unknown(args: readonly string[]): number {
  const words = args.slice(0, 3).filter((arg) => !arg.startsWith("-"));
  const found = commandsOf(words);
  const list = overview(found.length === 0 ? COMMANDS : found);
  process.stderr.write(`${t("help.unknown", { words: words.join(" ") })}\n\n${list}`);
  return 2;
}

/** What reads a site's database belongs to its kernel, not to this package. */
function elsewhere(words: string): (args: string[]) => Promise<number> {
  return (args) => {
    process.stderr.write(`${t("main.elsewhere", { words, line: [words, ...args].join(" ") })}\n`);
    return Promise.resolve(2);
  };
}
