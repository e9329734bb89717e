import type { ChartView } from "./collection-views.js";
import type { CollectionDefinition, Field } from "./collection.js";
import type { ToldProblem } from "./plugin-problem.js";

const DATES: ReadonlySet<Field["type"]> = new Set(["date", "datetime"]);
const NUMBERS: ReadonlySet<Field["type"]> = new Set(["integer", "money", "decimal"]);
const NO_GROUPS: ReadonlySet<Field["type"]> = new Set(["text", "json", "attachments"]);

/** Fields that board, calendar and charts name. */
export function viewFields({ board, calendar, charts }: CollectionDefinition["display"]): string[] {
  return [
    ...(board ? [board.by, ...(board.fields ?? [])] : []),
    ...(calendar ?? []).flatMap(({ from, to }) => (to === undefined ? [from] : [from, to])),
    ...(charts ?? []).flatMap(({ by, measure }) => (measure.field === undefined ? [by] : [by, measure.field])),
  ];
}

/** Fields of board, calendar and charts whose type does not serve; fields that are not there are told elsewhere. */
export function viewProblems({ fields, display }: CollectionDefinition): ToldProblem[] {
  const typeOf = (name: string): Field["type"] | undefined =>
    Object.hasOwn(fields, name) ? fields[name]?.type : undefined;
  const found: ToldProblem[] = [];
  const board = display.board && typeOf(display.board.by);
  if (display.board && board !== undefined && board !== "enum")
    found.push({ code: "board-field", params: { field: display.board.by, type: board } });
  for (const name of (display.calendar ?? []).flatMap(({ from, to }) => (to === undefined ? [from] : [from, to]))) {
    const type = typeOf(name);
    if (type !== undefined && !DATES.has(type)) found.push({ code: "calendar-field", params: { field: name, type } });
  }
  for (const chart of display.charts ?? [])
    for (const { field, type } of unfit(chart, typeOf)) found.push({ code: "chart-field", params: { field, type } });
  return found;
}

function unfit(
  { by, bucket, measure }: ChartView,
  typeOf: (name: string) => Field["type"] | undefined,
): { field: string; type: string }[] {
  const group = typeOf(by);
  const figure = typeOf(measure.field ?? "");
  const isGroup = group === undefined || (!NO_GROUPS.has(group) && (bucket === undefined || DATES.has(group)));
  const isFigure = measure.fn === "count" || figure === undefined || NUMBERS.has(figure);
  return [
    ...(isGroup ? [] : [{ field: by, type: group }]),
    ...(isFigure ? [] : [{ field: measure.field ?? "", type: figure }]),
    ...(measure.fn !== "count" && measure.field === undefined ? [{ field: measure.fn, type: "none" }] : []),
  ];
}
