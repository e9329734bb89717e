import type { Durations, MatterMeasure, StepMeasure } from "@jinshui/contracts";
import type { Database, Where } from "@jinshui/storage";
import { durationsOf } from "./durations.js";
import { matterWhere, type Period, stepWhere } from "./measures.js";

const STEP_MEASURES: readonly StepMeasure[] = [
  "arrived",
  "done",
  "due",
  "onTime",
  "late",
  "returned",
  "open",
  "overdue",
];
const MATTER_MEASURES: readonly MatterMeasure[] = [
  "arrived",
  "done",
  "due",
  "onTime",
  "late",
  "smooth",
  "cancelled",
  "open",
  "overdue",
];
/** Groups that one answer tells apart. */
const MAX_GROUPS = 20_000;
const CHUNK = 20_000;

/** A table of the figures, and what is counted in it. */
export interface Kind<M extends string> {
  table: "wf_figure_task" | "wf_figure_matter";
  key: "id" | "instance";
  measures: readonly M[];
  where: (measure: M, period: Period) => Where;
}

export const STEPS: Kind<StepMeasure> = {
  table: "wf_figure_task",
  key: "id",
  measures: STEP_MEASURES,
  where: stepWhere,
};
export const MATTERS: Kind<MatterMeasure> = {
  table: "wf_figure_matter",
  key: "instance",
  measures: MATTER_MEASURES,
  where: matterWhere,
};

/** Figures of those that have the same value of a column. */
export interface GroupFigures<M extends string> {
  /** Empty where they have none, or where all are taken together. */
  key: string;
  counts: Record<M, number>;
  durations?: Durations;
}

/** Counts and durations of a period, told apart by a column; without one a single group, also where there is nothing. */
export async function figuresOf<M extends string>(
  database: Database,
  kind: Kind<M>,
  scope: Where,
  period: Period,
  column?: string,
): Promise<GroupFigures<M>[]> {
  const groups = new Map<string, Record<M, number>>();
  const countsOf = (key: string): Record<M, number> => {
    const known = groups.get(key) ?? (Object.fromEntries(kind.measures.map((each) => [each, 0])) as Record<M, number>);
    groups.set(key, known);
    return known;
  };
  if (column === undefined) countsOf("");
  for (const measure of kind.measures) {
    const rows = await database.aggregate(kind.table, {
      where: { and: [scope, kind.where(measure, period)] },
      groups: column === undefined ? [] : [{ as: "group_key", column }],
      figures: [{ as: "n", fn: "count" }],
      orderBy: [],
      limit: MAX_GROUPS,
    });
    for (const row of rows) countsOf(textOf(row["group_key"]))[measure] = Number(row["n"]);
  }
  const minutes = await minutesOf(database, kind, scope, period, column);
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, counts]) => {
      const durations = durationsOf(minutes.get(key) ?? []);
      return { key, counts, ...(durations ? { durations } : {}) };
    });
}

/** How long those took that were done, in minutes, by group. */
async function minutesOf<M extends string>(
  database: Database,
  { table, key, where }: Kind<M>,
  scope: Where,
  period: Period,
  column: string | undefined,
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  let after: Where = {};
  for (;;) {
    const rows = await database.find(table, {
      where: { and: [scope, where("done" as M, period), after] },
      columns: [key, "ended_at", "minutes", ...(column === undefined ? [] : [column])],
      orderBy: ["ended_at", key],
      limit: CHUNK,
    });
    for (const row of rows) {
      const group = column === undefined ? "" : textOf(row[column]);
      const list = found.get(group);
      if (list) list.push(Number(row["minutes"]));
      else found.set(group, [Number(row["minutes"])]);
    }
    const last = rows.at(-1);
    if (!last || rows.length < CHUNK) return found;
    const [ended, id] = [String(last["ended_at"]), String(last[key])];
    after = { ended_at: { gte: ended }, or: [{ ended_at: { gt: ended } }, { [key]: { gt: id } }] };
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
