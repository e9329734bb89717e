import { both, type CommandHelp, JSON_LINES, option, STORE } from "./command.js";

/** Commands about archives, in the order of the help. */
export const ARCHIVE_COMMANDS: CommandHelp[] = [
  {
    words: "archive export",
    summary: both(
      "把一份档案连同附件导出为一个 .zip，站点运行与否均可",
      "write an archive with its files as one .zip, the site running or not",
    ),
    operand: "<number>",
    options: [
      option("--bureau ID", "哪个局的档案；编号在几个局都有时须写明", "of which bureau, where several have the number"),
      option("--out DIR", "放到哪里，默认当前目录", "where it goes, the current folder when absent"),
      ...STORE,
    ],
    example: "archive export 20261127-000001 --bureau wuhu --out /tmp",
  },
  {
    words: "archive verify",
    summary: both(
      "核对导出的档案是否与归档时一致，不需要站点",
      "check an exported archive against what was sealed, without a site",
    ),
    operand: "<file.zip>",
    options: [
      option(
        "--seal SHA256",
        "归档时的摘要，见审计记录或打印的档案；防整份重做",
        "the seal as the audit trail or the printed document tells it; finds what was made anew as a whole",
      ),
      JSON_LINES,
    ],
    example: "archive verify 20261127-000001.zip",
    refusal: 2,
  },
];
