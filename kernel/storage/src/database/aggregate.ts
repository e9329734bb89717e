import { col, fn, literal, type Sequelize } from "sequelize";

/** A column to group by, or the China-time period its date or instant lies in. */
export interface GroupColumn {
  as: string;
  column: string;
  bucket?: "day" | "month" | "quarter" | "year";
  /** Whether the column holds instants in UTC rather than dates. */
  instant?: boolean;
}

export interface Figure {
  as: string;
  fn: "count" | "countDistinct" | "sum" | "min" | "max";
  column?: string;
}

/** The SQL of a group: dates are texts, so a period is the beginning of one. */
export function groupSql(
  group: GroupColumn,
  sequelize: Sequelize,
): ReturnType<typeof literal> | ReturnType<typeof col> {
  if (group.bucket === undefined) return col(group.column);
  const sqlite = sequelize.getDialect() === "sqlite";
  const quoted = sequelize.getQueryInterface().quoteIdentifier(group.column, false);
  const day = !group.instant
    ? quoted
    : sqlite
      ? `strftime('%Y-%m-%d', ${quoted}, '+8 hours')`
      : `DATE_FORMAT(DATE_ADD(STR_TO_DATE(SUBSTR(${quoted}, 1, 19), '%Y-%m-%dT%H:%i:%s'), INTERVAL 8 HOUR), '%Y-%m-%d')`;
  const quarter = `CASE WHEN substr(${day}, 6, 2) < '04' THEN '-Q1' WHEN substr(${day}, 6, 2) < '07' THEN '-Q2' WHEN substr(${day}, 6, 2) < '10' THEN '-Q3' ELSE '-Q4' END`;
  const year = `substr(${day}, 1, 4)`;
  switch (group.bucket) {
    case "day":
      return literal(`substr(${day}, 1, 10)`);
    case "month":
      return literal(`substr(${day}, 1, 7)`);
    case "year":
      return literal(year);
    case "quarter":
      return literal(
        `CASE WHEN ${quoted} IS NULL THEN NULL ELSE ${sqlite ? `${year} || ${quarter}` : `CONCAT(${year}, ${quarter})`} END`,
      );
  }
}

export function figureSql({ fn: name, column }: Figure): ReturnType<typeof fn> {
  if (column === undefined) return fn("COUNT", literal("*"));
  if (name === "countDistinct") return fn("COUNT", fn("DISTINCT", col(column)));
  return fn(name.toUpperCase(), col(column));
}
