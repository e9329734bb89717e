import type { Field, ImportProblem, LocalText } from "@jinshui/contracts";

type Code = ImportProblem["code"];

const TEXTS: Record<Code, [string, string]> = {
  required: ["必填，不能为空", "a value is required"],
  type: ["格式不正确，应为{type}", "should be {type}"],
  option: ["不在可选范围内，应为其中之一：{choices}", "is none of the choices: {choices}"],
  pattern: ["格式不符：{message}", "has the wrong form: {message}"],
  format: ["{message}", "{message}"],
  check: ["{message}", "{message}"],
  "too-long": ["超过 {limit} 个字", "has more than {limit} characters"],
  "too-small": ["小于下限 {limit}", "is less than {limit}"],
  "too-large": ["大于上限 {limit}", "is more than {limit}"],
  "not-unique": ["台账中已有相同的值", "is in the register already"],
  "duplicate-row": ["与第 {row} 行重复", "is the same as in row {row}"],
  reference: ["找不到所指的记录", "there is no such record"],
  ambiguous: ["有多条记录与此同名，请改填编号", "several records have this name; give a number"],
  "not-writable": ["此项由业务流程维护或无权填写，不能导入", "can't be written by you"],
  "out-of-reach": ["此记录不在您可填写的范围内", "the record is outside of what you may write"],
  scientific: [
    "编号 {text} 已被表格软件改写，请把此列设为文本格式后重新填写",
    "the spreadsheet has turned the number into {text}; make the column text and type it again",
  ],
  formula: ["公式没有计算结果，请填写数值", "a formula without a value"],
  "cell-error": ["单元格为错误值 {text}", "the cell holds the error {text}"],
  refused: ["未能写入（{reason}）", "was refused ({reason})"],
};

const TYPES: Record<Field["type"], [string, string]> = {
  string: ["文字", "text"],
  text: ["文字", "text"],
  integer: ["整数", "a whole number"],
  money: ["金额（元，最多两位小数）", "an amount in yuan with two decimals at most"],
  decimal: ["数字", "a number"],
  boolean: ["是或否", "yes or no"],
  date: ["日期，如 2026-11-26", "a date such as 2026-11-26"],
  datetime: ["日期和时间，如 2026-11-26 09:30", "a date and time such as 2026-11-26 09:30"],
  enum: ["可选项", "one of the choices"],
  reference: ["记录", "a record"],
  person: ["人员编号", "the id of a person"],
  department: ["部门编号", "the id of a department"],
  serial: ["编号", "a number"],
  attachments: ["文件编号", "ids of files"],
  json: ["数据", "data"],
};

/** A problem with its words. */
export function problem(about: Omit<ImportProblem, "message">): ImportProblem {
  return { ...about, message: problemMessage(about) };
}

/** What is wrong with a cell, in words. */
function problemMessage({ code, params = {} }: Pick<ImportProblem, "code" | "params">): LocalText {
  const [chinese, english] = TEXTS[code];
  const fill = (text: string, language: 0 | 1): string =>
    text.replace(/\{(\w+)\}/g, (_, name: string) =>
      name === "type" ? typeText(params["type"] ?? "", language) : (params[name] ?? ""),
    );
  return { "zh-CN": fill(chinese, 0) || code, en: fill(english, 1) || code };
}

/** How a value of this type is written. */
export function typeText(type: string, language: 0 | 1 = 0): string {
  return (TYPES as Record<string, [string, string]>)[type]?.[language] ?? type;
}
