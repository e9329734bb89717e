import type { Sequelize } from "sequelize";
import { matchingSql } from "./full-text.js";
import { quoted, type Sql, sqlList } from "./sql.js";
import { storable } from "./storable.js";
import type { Condition, Where } from "./table.js";

/**
 * Our conditions as SQL. Every condition is either true or false: an empty column fulfils none but `null`, `ne` and what is negated.
 * Text search ignores the case of letters on both databases. Values stand apart, so that the text is the same for conditions alike.
 */
export function whereSql(where: Where, sequelize: Sequelize): Sql {
  const sqlite = sequelize.getDialect() === "sqlite";
  return new Compiler(sequelize, sqlite && isPicked(where)).all(where, false);
}

/** Whether every row must be one that a full-text index finds, or one of some ids. */
function isPicked(where: Where): boolean {
  return Object.entries(where).some(([name, value]) => {
    if (name === "and") return (value as Where[]).some(isPicked);
    if (name === "or" || name === "not" || typeof value !== "object" || value === null) return false;
    return "matching" in value || (name === "id" && "in" in value);
  });
}

class Compiler {
  /** @param aside Whether equality only filters: SQLite, which has no statistics, takes an index on the bureau for better than an id. */
  constructor(
    readonly sequelize: Sequelize,
    readonly aside: boolean,
  ) {}

  /** @param twoValued Under a negation, where SQL's "unknown" would stay unknown and hide rows. */
  all(where: Where, twoValued: boolean): Sql {
    const parts: Sql[] = [];
    for (const [name, value] of Object.entries(where)) {
      if (value === undefined) continue;
      if (name === "and") for (const part of value as Where[]) parts.push(this.all(part, twoValued));
      else if (name === "or") parts.push(this.#any(value as Where[], twoValued));
      else if (name === "not") {
        const { text, values } = this.all(value as Where, true);
        parts.push({ text: `NOT (${text})`, values });
      } else {
        const found = this.#column(name, value as Condition);
        parts.push(...found);
        if (twoValued && found.length > 0 && needsValue(value as Condition))
          parts.push({ text: `${quoted(name)} IS NOT NULL`, values: [] });
      }
    }
    return joined(parts, " AND ", "1 = 1");
  }

  /** Of no alternatives none holds. */
  #any(alternatives: readonly Where[], twoValued: boolean): Sql {
    const { text, values } = joined(
      alternatives.map((part) => this.all(part, twoValued)),
      ") OR (",
      "0 = 1",
    );
    return { text: `((${text}))`, values };
  }

  #column(name: string, value: Condition): Sql[] {
    const column = quoted(name);
    if (value === null) return [{ text: `${column} IS NULL`, values: [] }];
    if (typeof value !== "object")
      return [{ text: `${this.aside ? "+" : ""}${column} = ?`, values: [storable(value, name)] }];
    const parts: Sql[] = [];
    if (value.in)
      parts.push(
        value.in.length === 0
          ? { text: "0 = 1", values: [] }
          : sqlList(
              column,
              value.in.map((part) => storable(part, name)),
            ),
      );
    if (value.ne === null) parts.push({ text: `${column} IS NOT NULL`, values: [] });
    // SQL's "not equal" leaves rows without a value out, which nobody means
    else if (value.ne !== undefined)
      parts.push({
        text: `((${column} != ? AND ${column} IS NOT NULL) OR ${column} IS NULL)`,
        values: [storable(value.ne, name)],
      });
    for (const [operator, sign] of LIMITS) {
      const limit = value[operator];
      if (limit !== undefined) parts.push({ text: `${column} ${sign} ?`, values: [storable(limit, name)] });
    }
    if (value.matching) parts.push({ text: `${column} IN ${matchingSql(this.sequelize, value.matching)}`, values: [] });
    if (value.contains !== undefined) parts.push(like(name, `%${escaped(value.contains)}%`));
    if (value.startsWith !== undefined) parts.push(like(name, `${escaped(value.startsWith)}%`));
    return parts;
  }
}

const LIMITS = [
  ["lt", "<"],
  ["lte", "<="],
  ["gt", ">"],
  ["gte", ">="],
] as const;

/** Whether a condition says "unknown" of an empty column. */
function needsValue(value: Condition): boolean {
  if (value === null) return false;
  if (typeof value !== "object") return true;
  const { ne: _, matching: _found, ...others } = value;
  return Object.values(others).some((operand) => operand !== undefined);
}

function joined(parts: readonly Sql[], by: string, none: string): Sql {
  if (parts.length === 0) return { text: none, values: [] };
  return { text: parts.map(({ text }) => text).join(by), values: parts.flatMap(({ values }) => values) };
}

function like(name: string, pattern: string): Sql {
  return { text: `lower(${quoted(name)}) LIKE ? ESCAPE '!'`, values: [storable(pattern.toLowerCase(), name)] };
}

function escaped(text: string): string {
  return text.replace(/[!%_]/g, "!$&");
}
