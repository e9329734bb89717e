import { col, fn, Op, type Sequelize, where as compare, type WhereOptions } from "sequelize";
import type { Condition, Where } from "./table.js";

/** Our conditions as Sequelize's. Text search ignores the case of Latin letters on both databases. */
export function toSequelize(where: Where, sequelize: Sequelize): WhereOptions {
  const parts: unknown[] = [];
  for (const [name, value] of Object.entries(where)) {
    if (value === undefined) continue;
    if (name === "and") parts.push({ [Op.and]: (value as Where[]).map((part) => toSequelize(part, sequelize)) });
    else if (name === "or") parts.push({ [Op.or]: (value as Where[]).map((part) => toSequelize(part, sequelize)) });
    else if (name === "not") parts.push({ [Op.not]: toSequelize(value as Where, sequelize) });
    else parts.push(...column(name, value as Condition, sequelize));
  }
  return { [Op.and]: parts } as WhereOptions;
}

function column(name: string, value: Condition, sequelize: Sequelize): unknown[] {
  if (typeof value !== "object" || value === null) return [{ [name]: plain(value) }];
  const parts: unknown[] = [];
  if (value.in) parts.push({ [name]: { [Op.in]: [...value.in] } });
  if (value.ne !== undefined) {
    const other = { [name]: { [Op.ne]: plain(value.ne) } };
    // SQL's "not equal" leaves rows without a value out, which nobody means
    parts.push(value.ne === null ? other : { [Op.or]: [other, { [name]: null }] });
  }
  for (const operator of ["lt", "lte", "gt", "gte"] as const) {
    if (value[operator] !== undefined) parts.push({ [name]: { [Op[operator]]: value[operator] } });
  }
  if (value.contains !== undefined) parts.push(like(name, `%${escaped(value.contains)}%`, sequelize));
  if (value.startsWith !== undefined) parts.push(like(name, `${escaped(value.startsWith)}%`, sequelize));
  return parts;
}

function like(name: string, pattern: string, sequelize: Sequelize): unknown {
  const quoted = sequelize.escape(pattern.toLowerCase());
  return compare(fn("lower", col(name)), { [Op.like]: sequelize.literal(`${quoted} ESCAPE '!'`) });
}

function escaped(text: string): string {
  return text.replace(/[!%_]/g, "!$&");
}

function plain(value: string | number | boolean | null): string | number | null {
  return typeof value === "boolean" ? Number(value) : value;
}
