import type { Durations, MatterMeasure, StepMeasure } from "@jinshui/contracts";
import type { AggregateOptions, Database, Row, Where } from "@jinshui/storage";
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
/** Groups, each with every duration in it, that one answer is made of. */
const MAX_ROWS = 2_000_000;

/** A table of the figures, and what is counted in it. */
export interface Kind<M extends string> {
  table: "wf_figure_task" | "wf_figure_matter";
  key: "id" | "instance";
  measures: readonly M[];
  /** Measures that are a column of what is done; `done`, `onTime` and the others are asked for or follow. */
  columns: Partial<Record<M, string>>;
  where: (measure: M, period: Period) => Where;
}

export const STEPS: Kind<StepMeasure> = {
  table: "wf_figure_task",
  key: "id",
  measures: STEP_MEASURES,
  columns: { due: "is_due", late: "is_late", returned: "is_returned" },
  where: stepWhere,
};
export const MATTERS: Kind<MatterMeasure> = {
  table: "wf_figure_matter",
  key: "instance",
  measures: MATTER_MEASURES,
  columns: { due: "is_due", late: "is_late", smooth: "is_smooth" },
  where: matterWhere,
};

/** Figures of those that have the same value of a column. */
export interface GroupFigures<M extends string> {
  /** Empty where they have none, or where all are taken together. */
  key: string;
  counts: Record<M, number>;
  durations?: Durations;
}

interface Group<M extends string> {
  counts: Record<M, number>;
  /** How many took so many minutes. */
  minutes: [minutes: number, count: number][];
}

/** Counts and durations of a period, told apart by a column; without one a single group, also where there is nothing. */
export async function figuresOf<M extends string>(
  database: Database,
  kind: Kind<M>,
  scope: Where,
  period: Period,
  column?: string,
): Promise<GroupFigures<M>[]> {
  const groups = new Map<string, Group<M>>();
  const groupOf = (row: Row): Group<M> => {
    const key = typeof row["group_key"] === "string" ? row["group_key"] : "";
    const known = groups.get(key) ?? {
      counts: Object.fromEntries(kind.measures.map((each) => [each, 0])) as Record<M, number>,
      minutes: [],
    };
    groups.set(key, known);
    return known;
  };
  if (column === undefined) groupOf({});
  const read = (measure: M, more: Partial<Pick<AggregateOptions, "groups" | "figures">> = {}): Promise<Row[]> =>
    database.aggregate(kind.table, {
      where: { and: [scope, kind.where(measure, period)] },
      groups: [...(column === undefined ? [] : [{ as: "group_key", column }]), ...(more.groups ?? [])],
      figures: [{ as: "n", fn: "count" }, ...(more.figures ?? [])],
      orderBy: [],
      limit: MAX_ROWS,
    });
  // what is done, its flags and its durations are one reading
  const flags = Object.entries(kind.columns) as [M, string][];
  const done = await read("done" as M, {
    groups: [{ as: "took", column: "minutes" }],
    figures: flags.map(([measure, flag]) => ({ as: measure, fn: "sum", column: flag })),
  });
  for (const row of done) {
    const { counts, minutes } = groupOf(row);
    const add = (measure: string, value: unknown): number => (counts[measure as M] += Number(value));
    add("done", row["n"]);
    for (const [measure] of flags) add(measure, row[measure]);
    add("onTime", Number(row["due"]) - Number(row["late"]));
    minutes.push([Number(row["took"]), Number(row["n"])]);
  }
  const asked = kind.measures.filter(
    (each) => each !== "done" && each !== "onTime" && kind.columns[each] === undefined,
  );
  for (const measure of asked) for (const row of await read(measure)) groupOf(row).counts[measure] = Number(row["n"]);
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, { counts, minutes }]) => {
      const durations = durationsOf(minutes);
      return { key, counts, ...(durations ? { durations } : {}) };
    });
}
