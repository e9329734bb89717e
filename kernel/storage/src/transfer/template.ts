import type { CollectionDefinition, Field } from "@jinshui/contracts";
import type { Standing } from "../collections/rights.js";
import { isMade } from "./heading.js";
import { typeText } from "./problem-texts.js";
import { letters } from "./reading/sheet.js";
import type { OutCell, OutRow } from "./writing/cells.js";
import { type Choices, type OutSheet, xlsxContent } from "./writing/xlsx.js";
import type { Look } from "./writing/xlsx-parts.js";

const CHOICES = "选项";
const EXAMPLE_ROWS = 1;
const SEE_EXAMPLE = "填写样例见“示例”工作表，样例不会导入";
/** Types of which an example tells more than the rules do. */
const SHOWN: ReadonlySet<Field["type"]> = new Set(["integer", "decimal", "money", "date", "datetime"]);

/**
 * A workbook for a register: columns that this person fills in, required ones red and with a star, choices to pick from, formats in
 * notes, and an example on a sheet of its own, which an import does not read.
 */
export function templateContent({ collection, fields: rights }: Standing): AsyncGenerator<Buffer> {
  const { definition } = collection;
  const fields = Object.entries(definition.fields).filter(
    ([name, field]) => !rights.locked.has(name) && !isMade(field) && field.type !== "attachments",
  );
  const lists = fields.map(([, field]) => choicesOf(field));
  const format = (name: string): string | undefined => collection.formats.get(name)?.definition.example;
  const heading = fields.map(([name, field], index): OutCell => ({
    kind: "text",
    text: `${field.title["zh-CN"]}${isRequired(field) ? "*" : ""}`,
    look: isRequired(field) ? "required" : "heading",
    note: [...noteOf(definition, field, format(name)), ...(index === 0 ? [SEE_EXAMPLE] : [])].join("\n"),
  }));
  const widths = fields.map(([, { title, type }]) =>
    Math.max(type === "text" ? 40 : 16, title["zh-CN"].length * 2 + 4),
  );
  const example = fields.map(([name, field]) => exampleOf(field, format(name)));
  const sheet: OutSheet = {
    title: definition.title["zh-CN"],
    widths,
    looks: fields.map(([, field]) => lookOf(field)),
    rows: [[heading]],
    hasNotes: true,
    choices: lists.flatMap((list, index): Choices[] => {
      const column = letters(index + 1);
      return list ? [{ column: index + 1, formula: `'${CHOICES}'!$${column}$2:$${column}$${list.length + 1}` }] : [];
    }),
  };
  const plain = heading.map(({ note: _note, ...cell }): OutCell => cell);
  return xlsxContent([
    sheet,
    { title: "示例", widths, rows: [[plain, ...Array.from({ length: EXAMPLE_ROWS }, () => example)]] },
    { title: CHOICES, widths, rows: [[plain, ...listRows(lists)]], isHidden: true },
  ]);
}

function isRequired(field: Field): boolean {
  return field.required === true && field.default === undefined;
}

function choicesOf(field: Field): string[] | undefined {
  if (field.type === "boolean") return ["是", "否"];
  return field.type === "enum" ? field.options?.map(({ title }) => title["zh-CN"]) : undefined;
}

function listRows(lists: readonly (string[] | undefined)[]): OutRow[] {
  const longest = Math.max(0, ...lists.map((list) => list?.length ?? 0));
  return Array.from({ length: longest }, (_, row) =>
    lists.map((list): OutCell | undefined => {
      const text = list?.[row];
      return text === undefined ? undefined : { kind: "text", text };
    }),
  );
}

/** Texts stay texts, with their leading zeros, only in cells that are made for text. */
function lookOf({ type }: Field): Look {
  if (type === "date") return "date";
  if (type === "money") return "money";
  return type === "integer" || type === "decimal" ? "plain" : "text";
}

function noteOf(definition: CollectionDefinition, field: Field, format: string | undefined): string[] {
  const example = format ?? (SHOWN.has(field.type) ? exampleOf(field, undefined).text : undefined);
  const lines = [isRequired(field) ? "必填" : "可不填"];
  if (field.type === "reference") lines.push("填写所指记录的名称或编号");
  else if (field.type === "enum") lines.push(`从列表中选择：${(choicesOf(field) ?? []).slice(0, 20).join("、")}`);
  else lines.push(`应为${typeText(field.type)}`);
  if (field.type === "string") lines.push(`最多 ${field.maxLength ?? 200} 个字`);
  if (field.minimum !== undefined) lines.push(`不小于 ${limitText(field, field.minimum)}`);
  if (field.maximum !== undefined) lines.push(`不大于 ${limitText(field, field.maximum)}`);
  if (field.pattern) lines.push(field.pattern.message["zh-CN"]);
  if (example !== undefined) lines.push(`例如 ${example}`);
  if ((definition.unique ?? []).some((names) => names.length === 1 && definition.fields[names[0] ?? ""] === field))
    lines.push("不能与已有的重复");
  if (field.description) lines.push(field.description["zh-CN"]);
  return lines;
}

function limitText({ type }: Field, limit: number): string {
  return type === "money" ? (limit / 100).toFixed(2) : String(limit);
}

function exampleOf(field: Field, example: string | undefined): OutCell {
  const text = (value: string): OutCell => ({ kind: "text", text: value });
  if (example !== undefined) return text(example);
  switch (field.type) {
    case "enum":
      return text(choicesOf(field)?.[0] ?? "");
    case "boolean":
      return text("是");
    case "money":
      return { kind: "number", text: "1234.50", look: "money" };
    case "integer":
      return { kind: "number", text: String(Math.max(1, field.minimum ?? 1)) };
    case "decimal":
      return { kind: "number", text: "0.5" };
    case "date":
      return text("2026-11-26");
    case "datetime":
      return text("2026-11-26 09:30");
    default:
      return text(field.pattern?.message["zh-CN"] ?? `${field.title["zh-CN"]}示例`);
  }
}
