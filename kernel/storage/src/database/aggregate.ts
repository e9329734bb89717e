import { quoted } from "./sql.js";

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
export function groupSql(group: GroupColumn, dialect: string): string {
  const column = quoted(group.column);
  if (group.bucket === undefined) return column;
  const sqlite = dialect === "sqlite";
  const day = !group.instant
    ? column
    : sqlite
      ? `strftime('%Y-%m-%d', ${column}, '+8 hours')`
      : `DATE_FORMAT(DATE_ADD(STR_TO_DATE(SUBSTR(${column}, 1, 19), '%Y-%m-%dT%H:%i:%s'), INTERVAL 8 HOUR), '%Y-%m-%d')`;
  const quarter = `CASE WHEN substr(${day}, 6, 2) < '04' THEN '-Q1' WHEN substr(${day}, 6, 2) < '07' THEN '-Q2' WHEN substr(${day}, 6, 2) < '10' THEN '-Q3' ELSE '-Q4' END`;
  const year = `substr(${day}, 1, 4)`;
  switch (group.bucket) {
    case "day":
      return `substr(${day}, 1, 10)`;
    case "month":
      return `substr(${day}, 1, 7)`;
    case "year":
      return year;
    case "quarter":
      return `CASE WHEN ${column} IS NULL THEN NULL ELSE ${sqlite ? `${year} || ${quarter}` : `CONCAT(${year}, ${quarter})`} END`;
  }
}

export function figureSql({ fn: name, column }: Figure): string {
  if (column === undefined) return "COUNT(*)";
  if (name === "countDistinct") return `COUNT(DISTINCT ${quoted(column)})`;
  return `${name.toUpperCase()}(${quoted(column)})`;
}
