import type { Field, ImportProblem } from "@jinshui/contracts";
import { CHINA_MS } from "../china-time.js";
import { isMangled, plainDecimal, savedDecimal, scaledInteger } from "./decimal-text.js";
import type { Cell } from "./reading/sheet.js";

/** What a cell is worth as a value of its field, or why it is worth nothing. */
export type CellValue =
  { value: unknown; problem?: undefined } | { problem: Pick<ImportProblem, "code" | "params">; value?: undefined };

const DAY_MS = 86_400_000;
/** Day 0 of spreadsheets; they take 1900 for a leap year, so days before March of it are one off. */
const EPOCH_MS = Date.UTC(1899, 11, 30);
const LEAP_ERROR = 60;
/** The last day of 9999. */
const MAX_SERIAL = 2_958_465;
const TRUE = ["是", "有", "true", "yes", "y", "1", "√"];
const FALSE = ["否", "无", "false", "no", "n", "0", "×"];
const DATE = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/;
const INSTANT =
  /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日? *T?(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.(\d{1,3}))?秒?)?分?$/;

/**
 * Reads a cell as people type it: choices by title, money in yuan, dates as days of a spreadsheet or `2026-11-26`, `2026/11/26`,
 * `2026年11月26日`, numbers in full width. Texts stay texts. What can't be read stays as it is, and the field's check names it.
 * References are left to {@link ReferenceLookup}.
 */
export function cellValue(field: Field, cell: Cell): CellValue {
  if (cell.kind === "formula") return { problem: { code: "formula" } };
  if (cell.kind === "error") return { problem: { code: "cell-error", params: { text: cell.text.slice(0, 20) } } };
  switch (field.type) {
    case "enum": {
      const text = shownText(cell).trim();
      const option = field.options?.find(({ value, title }) => value === text || Object.values(title).includes(text));
      return { value: option?.value ?? text };
    }
    case "integer":
      return { value: whole(cell, 0) };
    case "money":
      return { value: whole(cell, 2) };
    case "decimal":
      return { value: decimalOf(cell) ?? shownText(cell) };
    case "boolean": {
      const text = halfWidth(shownText(cell)).trim().toLowerCase();
      return { value: TRUE.includes(text) ? true : FALSE.includes(text) ? false : text };
    }
    case "date":
      return { value: dateOf(cell) };
    case "datetime":
      return { value: instantOf(cell) };
    case "json":
      return { value: jsonOf(cell.text) };
    case "attachments":
      return { value: cell.text.split(/[;；,，\s]+/).filter((id) => id !== "") };
    case "string":
    case "serial":
      return identifierOf(cell);
    default:
      return { value: shownText(cell).trimEnd() };
  }
}

/** A cell's content as a spreadsheet would show it. */
export function shownText(cell: Cell): string {
  switch (cell.kind) {
    case "boolean":
      return cell.text === "1" ? "是" : "否";
    case "date": {
      const serial = Number(cell.text);
      const ms = msOfSerial(serial);
      if (ms === undefined) return cell.text;
      const text = new Date(ms).toISOString();
      return Number.isInteger(serial) ? text.slice(0, 10) : text.slice(0, 19).replace("T", " ");
    }
    case "number":
      return savedDecimal(cell.text) ?? cell.text;
    default:
      return cell.text;
  }
}

/** Numbers of taxpayers and documents: what a spreadsheet has made powers of ten of is lost, and that is said. */
function identifierOf(cell: Cell): CellValue {
  const isNumber = cell.kind === "number";
  if (isNumber ? isMangled(cell.text) : /^[1-9](\.\d+)?E\+\d{2}$/i.test(cell.text.trim()))
    return { problem: { code: "scientific", params: { text: cell.text.trim() } } };
  const text = shownText(cell).trimEnd();
  // full-width digits and letters by themselves are a number that was typed with the input method left on
  return { value: /^[０-９Ａ-Ｚａ-ｚ－]+$/.test(text) ? halfWidth(text) : text };
}

function halfWidth(text: string): string {
  return text.normalize("NFKC");
}

function decimalOf(cell: Cell): string | undefined {
  if (cell.kind === "number" || cell.kind === "date") return savedDecimal(cell.text);
  if (cell.kind !== "text") return undefined;
  return plainDecimal(halfWidth(cell.text).replace(/[,￥¥\s元]/g, ""));
}

function whole(cell: Cell, scale: number): unknown {
  const decimal = decimalOf(cell);
  return (decimal === undefined ? undefined : scaledInteger(decimal, scale)) ?? shownText(cell);
}

function msOfSerial(serial: number): number | undefined {
  if (!(serial >= 1 && serial < MAX_SERIAL + 1) || Math.floor(serial) === LEAP_ERROR) return undefined;
  return EPOCH_MS + Math.round((serial < LEAP_ERROR ? serial + 1 : serial) * 86_400) * 1_000;
}

function dateOf(cell: Cell): string {
  const text = halfWidth(cell.text).trim();
  if (cell.kind !== "text") {
    const ms = msOfSerial(Number(text));
    if (ms !== undefined) return new Date(Math.floor(ms / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
  }
  const [, year, month = "", day = ""] = DATE.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text) ?? [];
  return year === undefined ? text : `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

/** A spreadsheet knows no time zones: what people type is the time in China. */
function instantOf(cell: Cell): string {
  const text = halfWidth(cell.text).trim();
  if (cell.kind !== "text") {
    const ms = msOfSerial(Number(text));
    if (ms !== undefined) return new Date(ms - CHINA_MS).toISOString();
  }
  const parts = INSTANT.exec(text) ?? DATE.exec(text);
  if (!parts) return text;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const wall = new Date(Date.UTC(year, month - 1, day, hour, minute, second, Number((parts[7] ?? "").padEnd(3, "0"))));
  const isReal = wall.getUTCMonth() === month - 1 && wall.getUTCHours() === hour && wall.getUTCMinutes() === minute;
  return isReal ? new Date(wall.getTime() - CHINA_MS).toISOString() : text;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
