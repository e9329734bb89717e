import { Type, type Static } from "typebox";
import { LocalText } from "./text.js";

const FieldName = Type.String({ pattern: "^[a-z][A-Za-z0-9]{0,39}$" });

/** Records as cards in columns, one for each choice of the enum field `by`; who may write that field moves them. */
export const BoardView = Type.Object(
  {
    by: FieldName,
    /** What a card tells besides the record's title. */
    fields: Type.Optional(Type.Array(FieldName, { maxItems: 4 })),
  },
  { additionalProperties: false },
);
export type BoardView = Static<typeof BoardView>;

/** Dates of a calendar: a record stands on the day of `from`, or on all days from there to that of `to`. */
export const CalendarDates = Type.Object(
  { from: FieldName, to: Type.Optional(FieldName) },
  { additionalProperties: false },
);
export type CalendarDates = Static<typeof CalendarDates>;

/** A figure by groups, drawn and as a table; dates and instants are grouped by `bucket`. */
export const ChartView = Type.Object(
  {
    title: LocalText,
    kind: Type.Enum(["bar", "line", "pie"]),
    by: FieldName,
    bucket: Type.Optional(Type.Enum(["day", "month", "quarter", "year"])),
    /** `sum` and `avg` take a field of numbers. */
    measure: Type.Object(
      { fn: Type.Enum(["count", "sum", "avg"]), field: Type.Optional(FieldName) },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type ChartView = Static<typeof ChartView>;
