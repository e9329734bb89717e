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
  try {
    return await command.run(argv.slice(command.words.split(" ").length));
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\nusage: jinshui ${command.words} ${command.usage}\n`);
      return 2;
    }
    if (isJinshuiError(error)) {
      process.stderr.write(
        `${error.code}: ${error.message}${error.traceId === undefined ? "" : ` (trace ${error.traceId})`}\n`,
      );
      return 1;
    }
    throw error;
  }
}

/** What reads a site's database belongs to its kernel, not to this package. */
function elsewhere(words: string): (args: string[]) => Promise<number> {
  return (args) => {
    process.stderr.write(
      `"${words}" reads the database of a site: run it in the site's folder, as\n  npm run -s jinshui -- ${words} ${args.join(" ")}\n`,
    );
    return Promise.resolve(2);
  };
}

function help(): string {
  const width = Math.max(...commands.map(({ words }) => words.length));
  const lines = commands.map(({ words, summary }) => `  ${words.padEnd(width)}  ${summary}`);
  return `jinshui: make plugins, operate a site\n\n${lines.join("\n")}\n\nA site's password is asked for, or read from JINSHUI_PASSWORD.\n`;
}

function print(text: string): void {
  process.stdout.write(text);
}
