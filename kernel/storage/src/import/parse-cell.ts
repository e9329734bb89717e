import type { Field } from "@jinshui/contracts";
import type { Cell } from "./read-sheet.js";

const TRUE = ["是", "有", "true", "yes", "y", "1", "√"];
const FALSE = ["否", "无", "false", "no", "n", "0", "×"];

/**
 * A cell as a value of its field, as people type it: enum by title, money in yuan, dates as date cells or `2005-3-1`,
 * `2005/3/1`, `2005年3月1日`. What can't be read stays as it is, and the field's check names it.
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
      const fen = Math.round(yuan * 100);
      return Math.abs(yuan * 100 - fen) < 1e-6 ? fen : String(value); // more than two decimals is no amount
    }
    case "boolean": {
      const text = String(value).toLowerCase();
      return TRUE.includes(text) ? true : FALSE.includes(text) ? false : text;
    }
    case "date":
      return toDate(value);
    case "datetime":
      return value instanceof Date ? value.toISOString() : String(value);
    default:
      return value instanceof Date ? value.toISOString().slice(0, 10) : String(value);
  }
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
