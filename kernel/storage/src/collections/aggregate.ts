import { type GroupBy, JinshuiError, type Measure } from "@jinshui/contracts";
import type { Figure, GroupColumn } from "../database/aggregate.js";
import type { Database } from "../database/database.js";
import type { Row, Where } from "../database/table.js";
import { target } from "./filter.js";
import type { Standing } from "./rights.js";
import { scaled, shown } from "./values.js";

const LIMIT = 200;
/** Digits behind the point of an average. */
const AVERAGE_DIGITS = 6;

interface Input {
  groupBy?: GroupBy[];
  measures: Record<string, Measure>;
  sort?: string[];
  limit?: number;
}

type Field = ReturnType<typeof target>;

/** Figures of the records that fulfil a condition, by groups. */
export async function aggregate(
  database: Database,
  standing: Standing,
  where: Where,
  { groupBy = [], measures, sort, limit = LIMIT }: Input,
): Promise<{ groups: Record<string, unknown>[]; more: boolean }> {
  const groups = groupBy.map((group) => groupColumn(standing, group));
  const asked = Object.entries(measures).map(([name, measure]) => ({
    name,
    measure,
    on: measured(standing, name, measure),
  }));
  const names = new Set([...groups.map(({ as }) => as), ...asked.map(({ name }) => name)]);
  if (names.size < groups.length + asked.length) fail("Groups and measures need different names", {});
  const columns = new Map([...names].map((name, index) => [name, `a${index}`]));
  const columnOf = (name: string): string =>
    columns.get(name) ?? fail(`There is no group or measure "${name}"`, { name });
  // both parts of an average are added up by the database, so that it is the same on every one
  const figures = asked.flatMap(({ name, measure, on }): Figure[] => {
    const column = on === undefined ? {} : { column: on.column };
    if (measure.fn !== "avg") return [{ as: columnOf(name), fn: measure.fn, ...column }];
    return [
      { as: columnOf(name), fn: "sum", ...column },
      { as: `${columnOf(name)}n`, fn: "count", ...column },
    ];
  });
  for (const name of sort ?? [])
    if (measures[name.replace(/^-/, "")]?.fn === "avg")
      fail(`Nothing can be sorted by the average "${name}"`, { name });
  const order = (sort ?? groups.map(({ as }) => as)).map((name) =>
    name.startsWith("-") ? `-${columnOf(name.slice(1))}` : columnOf(name),
  );
  const rows = await database.aggregate(standing.collection.table.name, {
    where,
    groups: groups.map(({ as, column }) => ({ ...column, as: columnOf(as) })),
    figures,
    orderBy: groups.length === 0 ? [] : order,
    limit: limit + 1,
  });
  return {
    groups: rows.slice(0, limit).map((row) => answer(row, groups, asked, columnOf)),
    more: rows.length > limit,
  };
}

function groupColumn(
  standing: Standing,
  { field, bucket, as = field }: GroupBy,
): { as: string; on: Field; column: Omit<GroupColumn, "as"> } {
  const on = target(standing, field);
  if (on.masked || ["text", "json", "attachments"].includes(on.type))
    fail(`Nothing can be grouped by "${field}"`, { field });
  if (bucket !== undefined && on.type !== "date" && on.type !== "datetime")
    fail(`"${field}" is neither a date nor an instant, so it has no ${bucket}`, { field });
  return {
    as,
    on,
    column: {
      column: on.column,
      ...(bucket === undefined ? {} : { bucket }),
      ...(on.type === "datetime" ? { instant: true } : {}),
    },
  };
}

function measured(standing: Standing, name: string, { fn, field }: Measure): Field | undefined {
  if (fn === "count" && field === undefined) return undefined;
  if (field === undefined) return fail(`Measure "${name}" needs a field`, { name });
  const on = target(standing, field);
  const numeric = ["integer", "money", "decimal"].includes(on.type);
  if (on.masked || ["text", "json", "attachments"].includes(on.type)) fail(`"${field}" can't be measured`, { field });
  if ((fn === "sum" || fn === "avg") && !numeric) fail(`"${field}" is no number, so it has no ${fn}`, { field });
  return on;
}

function answer(
  row: Row,
  groups: { as: string; on: Field; column: Omit<GroupColumn, "as"> }[],
  asked: { name: string; measure: Measure; on: Field | undefined }[],
  columnOf: (name: string) => string,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { as, on, column } of groups) {
    const value = row[columnOf(as)];
    if (value !== null && value !== undefined)
      values[as] = column.bucket === undefined ? typed(on, value) : String(value);
  }
  for (const { name, measure, on } of asked) {
    const value = row[columnOf(name)];
    if (measure.fn === "count" || measure.fn === "countDistinct") values[name] = Number(value);
    else if (value !== null && value !== undefined && on)
      values[name] = measure.fn === "avg" ? average(on, value, Number(row[`${columnOf(name)}n`])) : typed(on, value);
  }
  return values;
}

/** A value as databases give it, MariaDB its sums as texts. */
function typed({ type, definition }: Field, value: unknown): unknown {
  if (type === "boolean") return Boolean(Number(value));
  if (!["integer", "money", "decimal"].includes(type)) return value;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) return String(value);
  return shown(definition, number);
}

/** Exact to the last digit that is shown, rounded half away from zero. */
function average({ definition }: Field, sum: unknown, count: number): string {
  const scale = definition?.type === "decimal" ? (definition.scale ?? 0) : 0;
  const total = BigInt(String(sum)) * 10n ** BigInt(AVERAGE_DIGITS - scale);
  const half = BigInt(count) * (total < 0n ? -1n : 1n);
  return scaled(Number((2n * total + half) / (2n * BigInt(count))), AVERAGE_DIGITS);
}

function fail(message: string, details: Record<string, unknown>): never {
  throw new JinshuiError("invalid-request", message, { details });
}
