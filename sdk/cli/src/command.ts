import type { ProblemLanguage } from "@jinshui/engine/problem-texts";

/** A text of the help in both languages. */
export type HelpText = Record<ProblemLanguage, string>;

export interface CommandOption {
  /** As it is typed, with a word for its value: `--site URL`. */
  flag: string;
  about: HelpText;
  required?: boolean;
}

/** What is known of a command besides what it does. */
export interface CommandHelp {
  words: string;
  summary: HelpText;
  /** What follows the words, e.g. `<folder>`. */
  operand?: string;
  options: CommandOption[];
  /** What is typed after `npm run -s jinshui --`. */
  example: string;
  /** Whether a site is asked, for which the password must be given. */
  signsIn?: boolean;
  /** Exit code where it was refused or could not look; 1 when absent. */
  refusal?: number;
}

export const both = (chinese: string, english: string): HelpText => ({ "zh-CN": chinese, en: english });

export const option = (flag: string, chinese: string, english: string, required = false): CommandOption => ({
  flag,
  about: both(chinese, english),
  ...(required ? { required } : {}),
});

/** Of every command that asks a running site. */
export const SITE: CommandOption[] = [
  option(
    "--site URL",
    "站点地址；没有时取 JINSHUI_SITE，再没有为 http://127.0.0.1:8080",
    "address of the site; else JINSHUI_SITE, else http://127.0.0.1:8080",
  ),
  option(
    "--user NAME",
    "以谁的身份登录；没有时取 JINSHUI_USER，再没有则询问。密码取 JINSHUI_PASSWORD，没有则询问",
    "who signs in; else JINSHUI_USER, else it is asked for. The password is JINSHUI_PASSWORD, else it is asked for",
  ),
];

/** Of every command that opens a site's own data. */
export const STORE: CommandOption[] = [
  option("--data DIR", "数据目录，默认 .data", "data folder, .data when absent"),
  option(
    "--database URL",
    "mysql://用户:密码@主机/库，默认为数据目录中的 SQLite",
    "mysql://user:password@host/name; SQLite in the data folder when absent",
  ),
];

export const CONFIGS = option("--configs DIR", "配置目录，默认 configs", "configuration folder, configs when absent");
export const JSON_LINES = option("--json", "逐行输出 JSON", "lines of JSON");

/** Of every command at all. */
export const LANGUAGE = option(
  "--language LANG",
  "zh-CN 或 en；没有时随终端（LC_ALL、LC_MESSAGES、LANG）",
  "zh-CN or en; else the terminal's (LC_ALL, LC_MESSAGES, LANG)",
);
