import { QueryTypes, type Sequelize } from "sequelize";
import { shortName } from "./schema.js";
import { storable } from "./storable.js";
import type { TableDefinition } from "./table.js";

/** A condition on the words of a text: one of them, or what it begins with. Words are plain small letters and digits. */
export type TextQuery =
  { token: string; prefix?: boolean } | { and: readonly TextQuery[] } | { or: readonly TextQuery[] };

/** Rows of a table with a full-text index, told by what their column `key` holds. */
export interface Matching {
  table: string;
  /** The indexed column. */
  column: string;
  key: string;
  query: TextQuery;
  /** What another column of those rows must contain, or must not. */
  text?: { column: string; contains: string; not?: boolean };
}

/** SQLite's index of a table's words. */
function sqliteIndex(table: string): string {
  return shortName(`${table}__fts`);
}

/**
 * Makes the full-text index of a table that has one: MariaDB's own, or a table of SQLite's FTS5, which gets a row's words
 * with the row (`fullTextInsert`) and loses them by a trigger. FTS5 keeps no positions and no text, and the row itself no
 * words: what is found is looked up elsewhere. Looks first, so it can be done again.
 */
export async function ensureFullText(sequelize: Sequelize, { name, fullText }: TableDefinition): Promise<void> {
  if (fullText === undefined) return;
  if (sequelize.getDialect() !== "sqlite") {
    const index = shortName(`${name}__ft`);
    const present = await sequelize.query(`SHOW INDEX FROM ${name} WHERE Key_name = '${index}'`, {
      type: QueryTypes.SELECT,
    });
    if (present.length === 0) await sequelize.query(`CREATE FULLTEXT INDEX ${index} ON ${name} (${fullText})`);
    return;
  }
  const index = sqliteIndex(name);
  await sequelize.query(
    `CREATE VIRTUAL TABLE IF NOT EXISTS ${index} USING fts5(${fullText}, content='', contentless_delete=1, detail=none, tokenize='ascii')`,
  );
  // earlier versions filled the index by a trigger, for which SQLite keeps a journal of each statement: half the time of a write
  await sequelize.query(`DROP TRIGGER IF EXISTS ${index}_in`);
  await sequelize.query(
    `CREATE TRIGGER IF NOT EXISTS ${index}_out AFTER DELETE ON ${name} BEGIN ` +
      `DELETE FROM ${index} WHERE rowid = old.doc; END`,
  );
}

/** The statement that gives SQLite's index the words of the row just added. */
export function fullTextInsert({ name, fullText = "" }: TableDefinition): string {
  return `INSERT INTO ${sqliteIndex(name)} (rowid, ${fullText}) VALUES (last_insert_rowid(), ?)`;
}

/** The SQL that lists the keys of what matches. */
export function matchingSql(sequelize: Sequelize, { table, column, key, query, text }: Matching): string {
  const match =
    sequelize.getDialect() === "sqlite"
      ? `doc IN (SELECT rowid FROM ${sqliteIndex(table)} WHERE ${sqliteIndex(table)} MATCH '${fts5(query)}')`
      : `MATCH(${column}) AGAINST('${required(query)}' IN BOOLEAN MODE)`;
  const more =
    text === undefined
      ? ""
      : ` AND ${text.column} ${text.not ? "NOT " : ""}LIKE ${likePattern(text.contains, sequelize, text.column)}`;
  return `(SELECT ${key} FROM ${table} WHERE ${match}${more})`;
}

function fts5(query: TextQuery): string {
  if ("token" in query) return `${word(query.token)}${query.prefix ? "*" : ""}`;
  const [parts, operator] = "and" in query ? [query.and, " AND "] : [query.or, " OR "];
  return `(${parts.map(fts5).join(operator)})`;
}

/** MariaDB's language knows no "and": what is needed has a plus in front of it. */
function required(query: TextQuery): string {
  return "and" in query ? query.and.map((part) => `+${inner(part)}`).join(" ") : `+${inner(query)}`;
}

function inner(query: TextQuery): string {
  if ("token" in query) return `${word(query.token)}${query.prefix ? "*" : ""}`;
  return `(${"and" in query ? required(query) : query.or.map(inner).join(" ")})`;
}

function word(token: string): string {
  if (!/^[a-z0-9]+$/.test(token)) throw new Error(`"${token}" is no token`);
  return token;
}

/** A pattern for LIKE: texts that contain this one. */
function likePattern(text: string, sequelize: Sequelize, column: string): string {
  const pattern = `%${text.replace(/[!%_]/g, "!$&")}%`;
  return `${sequelize.escape(storable(pattern, column))} ESCAPE '!'`;
}
