import type { Field } from "@jinshui/contracts";
import type { Cell } from "./read-sheet.js";

const CHINA_MS = 8 * 3_600_000;
const TRUE = ["是", "有", "true", "yes", "y", "1", "√"];
const FALSE = ["否", "无", "false", "no", "n", "0", "×"];

/**
 * A cell as a value of its field, as people type it: enum by title, money in yuan, dates as date cells or `2005-3-1`,
 * `2005/3/1`, `2005年3月1日`, with a time behind it for instants. What can't be read stays as it is, and the field's check names it.
 */
export function parseCell(field: Field, value: Cell["value"]): unknown {
  switch (field.type) {
    case "enum": {
      const text = String(value);
      return (
        field.options?.find((option) => option.value === text || Object.values(option.title).includes(text))?.value ??
        text
      );
    }
    case "integer":
      return toNumber(value);
    case "money": {
      const yuan = toNumber(value);
      if (typeof yuan !== "number") return yuan;
      // spreadsheets keep 15 digits; sums show the binary dust behind them
      const text = String(Number(yuan.toPrecision(15)));
      return /^-?\d+(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : String(value);
    }
    case "decimal": {
      const number = toNumber(value);
      return typeof number === "number" ? String(Number(number.toPrecision(15))) : number;
    }
    case "boolean": {
      const text = String(value).toLowerCase();
      return TRUE.includes(text) ? true : FALSE.includes(text) ? false : text;
    }
    case "date":
      return toDate(value);
    case "datetime":
      return toInstant(value);
    default:
      return value instanceof Date ? value.toISOString().slice(0, 10) : String(value);
  }
}

/** A spreadsheet knows no time zones: what people type is the time in China. */
function toInstant(value: Cell["value"]): unknown {
  const parts = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T](\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(String(value));
  const wall = value instanceof Date ? value.getTime() : parts ? Date.UTC(...clock(parts)) : Number.NaN;
  return Number.isNaN(wall) ? String(value) : new Date(Math.round(wall / 1_000) * 1_000 - CHINA_MS).toISOString();
}

function clock(parts: RegExpExecArray): [number, number, number, number, number, number] {
  const [, year, month, day, hour, minute, second = 0] = parts.map(Number);
  return [year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second || 0];
}

function toNumber(value: Cell["value"]): unknown {
  if (typeof value === "number") return value;
  const text = String(value).replace(/[,，￥¥\s元]/g, "");
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : String(value);
}

function toDate(value: Cell["value"]): unknown {
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  const parts = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(String(value));
  if (!parts) return String(value);
  return `${parts[1]}-${(parts[2] ?? "").padStart(2, "0")}-${(parts[3] ?? "").padStart(2, "0")}`;
}
