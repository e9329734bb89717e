import { isJinshuiError } from "@jinshui/contracts";
import { check } from "./commands/check.js";
import { configExplain } from "./commands/config.js";
import { createPlugin } from "./commands/create-plugin.js";
import { dev } from "./commands/dev.js";
import { filesVerify, quarantineDecide, quarantineList } from "./commands/files.js";
import { pack } from "./commands/pack.js";
import { pluginList, pluginSwitch } from "./commands/plugin.js";
import { processTest } from "./commands/process-test.js";
import { createPluginKey, signPackage } from "./commands/sign.js";
import { UsageError } from "./usage-error.js";

/** A command: its words, what it takes, one line on what it does. */
interface Command {
  words: string;
  usage: string;
  summary: string;
  run(args: string[]): Promise<number>;
}

const commands: Command[] = [
  {
    words: "create-plugin",
    usage: "<folder> [--id ID] [--title 标题] [--server] [--web]",
    summary: "make a plugin that passes its own checks",
    run: createPlugin,
  },
  {
    words: "check",
    usage: "[folder] [--language zh-CN|en]",
    summary: "hold manifest, files and bundles of a plugin together",
    run: check,
  },
  { words: "pack", usage: "[folder] [--out DIR]", summary: "make the .tgz of a checked plugin", run: pack },
  {
    words: "keys create-plugin-key",
    usage: "<file>",
    summary: "make a key pair that signs packages of plugins",
    run: createPluginKey,
  },
  { words: "sign", usage: "<file.tgz> --key FILE.pem", summary: "sign a package of a plugin", run: signPackage },
  {
    words: "dev",
    usage: "[folder] [--site URL] [--user NAME]",
    summary: "watch a plugin and restart it in a running site",
    run: dev,
  },
  {
    words: "process test",
    usage: "<file.bpmn> [--values JSON] [--actions step=action,…] [--language zh-CN|en]",
    summary: "check a process as a site does and run it to its end, without a site",
    run: processTest,
  },
  {
    words: "plugin list",
    usage: "[--site URL] [--user NAME]",
    summary: "plugins of a running site and where they are enabled",
    run: pluginList,
  },
  {
    words: "plugin enable",
    usage: "<plugin> --bureau ID [--site URL] [--user NAME]",
    summary: "enable a plugin in a bureau while the site runs",
    run: (args) => pluginSwitch(args, true),
  },
  {
    words: "plugin disable",
    usage: "<plugin> --bureau ID [--site URL] [--user NAME]",
    summary: "disable a plugin in a bureau while the site runs",
    run: (args) => pluginSwitch(args, false),
  },
  {
    words: "files verify",
    usage: "[--site URL] [--user NAME]",
    summary: "hash all stored files again; name those that are missing, damaged or orphaned",
    run: filesVerify,
  },
  {
    words: "files quarantine list",
    usage: "[--site URL] [--user NAME]",
    summary: "name the files in which the virus scanner found something",
    run: quarantineList,
  },
  {
    words: "files quarantine release",
    usage: "<file> --reason TEXT [--site URL] [--user NAME]",
    summary: "let a file out of quarantine that holds no virus after all",
    run: (args) => quarantineDecide(args, "release"),
  },
  {
    words: "files quarantine delete",
    usage: "<file> --reason TEXT [--site URL] [--user NAME]",
    summary: "remove the content of a file in quarantine for good",
    run: (args) => quarantineDecide(args, "delete"),
  },
  {
    words: "admin create",
    usage: "--system NAME:姓名 --security NAME:姓名 --audit NAME:姓名 [--data DIR] [--bureau ID] [--department ID]",
    summary: "make the first three administrators of a stopped site, with one-time passwords",
    run: elsewhere("admin create"),
  },
  {
    words: "admin reset-password",
    usage: "<username> [--data DIR] [--database URL]",
    summary: "give somebody of a stopped site a one-time password when no administrator can",
    run: elsewhere("admin reset-password"),
  },
  {
    words: "admin client",
    usage: "list | add ID … | secret ID | remove ID [--data DIR] [--database URL] [--configs DIR]",
    summary: "other systems that sign people in with a stopped site, and machines; without more words it says how",
    run: elsewhere("admin client"),
  },
  {
    words: "admin rotate-keys",
    usage: "[--data DIR]",
    summary: "new keys for what a stopped site signs for other systems",
    run: elsewhere("admin rotate-keys"),
  },
  {
    words: "audit verify",
    usage: "[--bureau ID] [--since SEQ] [--json] [--data DIR] [--database URL] [--anchors DIR|FILE] [--key FILE.pem]",
    summary: "recompute the audit chains of all bureaus from the site's own database, running or not",
    run: elsewhere("audit verify"),
  },
  {
    words: "signature verify",
    usage: "[NUMBER] [--bureau ID] [--json] [--data DIR] [--database URL]",
    summary: "check the signatures of all matters, or of one, from the site's own database, running or not",
    run: elsewhere("signature verify"),
  },
  {
    words: "keys list",
    usage: "[--data DIR]",
    summary: "the keys of a site, with the day each was made",
    run: elsewhere("keys list"),
  },
  {
    words: "keys renew",
    usage: "NAME … [--data DIR] [--database URL] [--configs DIR] [--anchors DIR]",
    summary: "new keys for a stopped site; what was signed and sealed before stays good",
    run: elsewhere("keys renew"),
  },
  {
    words: "schema leftovers",
    usage: "[--json] [--data DIR] [--database URL]",
    summary: "name columns that no installed version asks for any more",
    run: elsewhere("schema leftovers"),
  },
  {
    words: "schema drop",
    usage: "TABLE.COLUMN … --backup DIR [--data DIR] [--database URL]",
    summary: "drop such columns, each after its values are in a backup",
    run: elsewhere("schema drop"),
  },
  {
    words: "schema restore",
    usage: "FILE … [--data DIR] [--database URL]",
    summary: "bring dropped columns back from their backups",
    run: elsewhere("schema restore"),
  },
  {
    words: "config explain",
    usage: "[--site URL] [--user NAME]",
    summary: "what is enabled where, and whether a file or a person decided it",
    run: configExplain,
  },
];

/** Runs one command line and returns the exit code: 0 done, 1 the answer is no, 2 the call is wrong. */
export async function main(argv: string[]): Promise<number> {
  const command = commands.find(({ words }) => words === argv.slice(0, words.split(" ").length).join(" "));
  if (!command) {
    if (argv[0] !== undefined && !["--help", "help"].includes(argv[0]))
      process.stderr.write(`there is no command "${argv.slice(0, 2).join(" ")}"\n\n`);
    print(help());
    return argv.length === 0 || argv[0] === "--help" || argv[0] === "help" ? 0 : 2;
  }
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
