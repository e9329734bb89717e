import { col, fn, Op, type Sequelize, where as compare, type WhereOptions } from "sequelize";
import { matchingSql } from "./full-text.js";
import { storable } from "./storable.js";
import type { Condition, Where } from "./table.js";

/**
 * Our conditions as Sequelize's. Every condition is either true or false: an empty column fulfils none but `null`, `ne` and
 * what is negated. Text search ignores the case of letters on both databases.
 */
export function toSequelize(where: Where, sequelize: Sequelize): WhereOptions {
  return compile(where, sequelize, { twoValued: false, aside: sequelize.getDialect() === "sqlite" && isPicked(where) });
}

interface Mode {
  /** Under a negation, where SQL's "unknown" would stay unknown and hide rows. */
  twoValued: boolean;
  /** Whether equality only filters: SQLite, which has no statistics, takes an index on the bureau for better than an id. */
  aside: boolean;
}

/** Whether every row must be one that a full-text index finds, or one of some ids. */
function isPicked(where: Where): boolean {
  return Object.entries(where).some(([name, value]) => {
    if (name === "and") return (value as Where[]).some(isPicked);
    if (name === "or" || name === "not" || typeof value !== "object" || value === null) return false;
    return "matching" in value || (name === "id" && "in" in value);
  });
}

function compile(where: Where, sequelize: Sequelize, mode: Mode): WhereOptions {
  const parts: unknown[] = [];
  for (const [name, value] of Object.entries(where)) {
    if (value === undefined) continue;
    if (name === "and") parts.push(...(value as Where[]).map((part) => compile(part, sequelize, mode)));
    else if (name === "or") parts.push({ [Op.or]: (value as Where[]).map((part) => compile(part, sequelize, mode)) });
    else if (name === "not") parts.push({ [Op.not]: compile(value as Where, sequelize, { ...mode, twoValued: true }) });
    else parts.push(...column(name, value as Condition, sequelize, mode));
  }
  // an empty list would be dropped from an "or" instead of making it true
  return { [Op.and]: parts.length > 0 ? parts : [sequelize.literal("1 = 1")] } as WhereOptions;
}

function column(name: string, value: Condition, sequelize: Sequelize, { twoValued, aside }: Mode): unknown[] {
  if (value === null) return [{ [name]: null }];
  const present = twoValued ? [{ [name]: { [Op.ne]: null } }] : [];
  if (typeof value !== "object") {
    const equal = storable(value, name);
    if (aside) return [compare(sequelize.literal(`+${quoted(name, sequelize)}`), equal as never), ...present];
    return [{ [name]: equal }, ...present];
  }
  const parts: unknown[] = [];
  if (value.in)
    parts.push(
      value.in.length > 0
        ? { [name]: { [Op.in]: value.in.map((part) => storable(part, name)) } }
        : sequelize.literal("0 = 1"),
      ...present,
    );
  if (value.ne !== undefined) {
    // SQL's "not equal" leaves rows without a value out, which nobody means
    if (value.ne === null) parts.push({ [name]: { [Op.ne]: null } });
    else
      parts.push({
        [Op.or]: [{ [Op.and]: [{ [name]: { [Op.ne]: storable(value.ne, name) } }, ...present] }, { [name]: null }],
      });
  }
  for (const operator of ["lt", "lte", "gt", "gte"] as const) {
    const limit = value[operator];
    if (limit !== undefined) parts.push({ [name]: { [Op[operator]]: storable(limit, name) } }, ...present);
  }
  if (value.matching) parts.push({ [name]: { [Op.in]: sequelize.literal(matchingSql(sequelize, value.matching)) } });
  if (value.contains !== undefined) parts.push(like(name, `%${escaped(value.contains)}%`, sequelize), ...present);
  if (value.startsWith !== undefined) parts.push(like(name, `${escaped(value.startsWith)}%`, sequelize), ...present);
  return parts;
}

function quoted(name: string, sequelize: Sequelize): string {
  return sequelize.getQueryInterface().quoteIdentifier(name, false);
}

function like(name: string, pattern: string, sequelize: Sequelize): unknown {
  const text = sequelize.escape(storable(pattern.toLowerCase(), name));
  return compare(fn("lower", col(name)), { [Op.like]: sequelize.literal(`${text} ESCAPE '!'`) });
}

function escaped(text: string): string {
  return text.replace(/[!%_]/g, "!$&");
}
