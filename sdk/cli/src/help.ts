import { LANGUAGE, type CommandHelp, type CommandOption } from "./command.js";
import { language, t } from "./texts.js";

/** The line that says how a command is called. */
export function usageLine({ words, operand, options }: CommandHelp): string {
  const parts = options.map(({ flag, required }) => (required === true ? flag : `[${flag}]`));
  return `jinshui ${[words, ...(operand === undefined ? [] : [operand]), ...parts].join(" ")}`;
}

/** All there is to say of some commands, one after the other in the same form. */
export function helpOf(commands: readonly CommandHelp[]): string {
  return commands.map(one).join("\n");
}

/** Every command with one line on what it does. */
export function overview(commands: readonly CommandHelp[]): string {
  const width = Math.max(...commands.map(({ words }) => words.length));
  const lines = commands.map(({ words, summary }) => `  ${words.padEnd(width)}  ${summary[language()]}`);
  return `${t("help.title")}\n\n${lines.join("\n")}\n\n${t("help.more")}\n`;
}

function one(command: CommandHelp): string {
  const options = [...command.options, LANGUAGE];
  const width = Math.max(...options.map(({ flag }) => flag.length));
  const line = ({ flag, about }: CommandOption): string => `  ${flag.padEnd(width)}  ${about[language()]}`;
  const password = command.signsIn === true ? "JINSHUI_PASSWORD=… " : "";
  return [
    `${t("help.usage")}: ${usageLine(command)}`,
    `  ${command.summary[language()]}`,
    "",
    ...options.map(line),
    "",
    `${t("help.example")}: ${password}npm run -s jinshui -- ${command.example}`,
    "",
  ].join("\n");
}
