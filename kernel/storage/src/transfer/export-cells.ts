import type { Field } from "@jinshui/contracts";
import { CHINA_MS } from "../china-time.js";
import { scaled } from "../collections/values.js";
import type { OutCell } from "./writing/cells.js";

const DAY_MS = 86_400_000;
const EPOCH_MS = Date.UTC(1899, 11, 30);
/** Before it the calendar of spreadsheets has a day too many. */
const FIRST_DATE = "1900-03-01";
/** More digits than a spreadsheet keeps of a number. */
const MAX_DIGITS = 15;

/** A value as a cell that an import reads back as the same value; a reference is given by what it is called. */
export function exportCell(
  field: Field,
  value: unknown,
  titles: ReadonlyMap<unknown, string> | undefined,
): OutCell | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  switch (field.type) {
    case "money":
      return typeof value === "number" ? numberCell(scaled(value, 2), "money") : textCell(value);
    case "integer":
    case "decimal":
      return numberCell(String(value));
    case "boolean":
      return { kind: "text", text: value === true ? "是" : "否" };
    case "date":
      return dateCell(String(value));
    case "datetime":
      return { kind: "text", text: chinaTime(String(value)) };
    case "enum":
      return textCell(field.options?.find((option) => option.value === value)?.title["zh-CN"] ?? value);
    case "reference":
      return textCell(titles?.get(value) ?? value);
    case "attachments":
      return Array.isArray(value) && value.length > 0 ? textCell(value.join(";")) : undefined;
    case "json":
      return textCell(JSON.stringify(value));
    default:
      return { kind: "text", text: String(value), look: "text" };
  }
}

/** A date as texts have it. In a workbook it is a day of the spreadsheet's calendar, so that it sorts and filters as one. */
export function asText(cell: OutCell | undefined): OutCell | undefined {
  if (cell?.look !== "date") return cell;
  return { kind: "text", text: new Date(EPOCH_MS + Number(cell.text) * DAY_MS).toISOString().slice(0, 10) };
}

function textCell(value: unknown): OutCell {
  return { kind: "text", text: String(value) };
}

function numberCell(text: string, look?: "money"): OutCell {
  const isShort = text.replace(/\D/g, "").replace(/^0+/, "").length <= MAX_DIGITS;
  if (!isShort || !/^-?\d+(\.\d+)?$/.test(text)) return { kind: "text", text };
  return { kind: "number", text, ...(look ? { look } : {}) };
}

function dateCell(value: string): OutCell {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || value < FIRST_DATE) return { kind: "text", text: value };
  return { kind: "number", text: String((Date.parse(value) - EPOCH_MS) / DAY_MS), look: "date" };
}

function chinaTime(value: string): string {
  const time = Date.parse(value);
  if (Number.isNaN(time)) return value;
  const text = new Date(time + CHINA_MS).toISOString().replace("T", " ").replace("Z", "");
  return text.replace(/\.000$/, "");
}
