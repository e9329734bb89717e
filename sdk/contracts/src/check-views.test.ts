import test from "ava";
import { viewFields, viewProblems } from "./check-views.js";
import type { CollectionDefinition } from "./collection.js";

const title = { "zh-CN": "名称" };
const trip = (display: Partial<CollectionDefinition["display"]>): CollectionDefinition => ({
  name: "trip",
  title,
  fields: {
    name: { type: "string", title },
    state: { type: "enum", title, options: [{ value: "open", title }] },
    starts: { type: "datetime", title },
    cost: { type: "money", title },
    note: { type: "text", title },
  },
  display: { title: "name", list: ["name"], ...display },
  permissions: { read: ["trips.own"], write: ["trips.own"] },
});

test("board, calendar and charts of fitting fields are no problem", (t) => {
  const definition = trip({
    board: { by: "state", fields: ["cost"] },
    calendar: [{ from: "starts" }],
    charts: [
      { title, kind: "bar", by: "state", measure: { fn: "count" } },
      { title, kind: "line", by: "starts", bucket: "month", measure: { fn: "sum", field: "cost" } },
    ],
  });
  t.deepEqual(viewProblems(definition), []);
  t.deepEqual(viewFields(definition.display), ["state", "cost", "starts", "state", "starts", "cost"]);
});

test("a board that is not about choices, a calendar without dates and figures of texts are told", (t) => {
  const found = viewProblems(
    trip({
      board: { by: "name" },
      calendar: [{ from: "starts", to: "cost" }],
      charts: [
        { title, kind: "bar", by: "note", measure: { fn: "count" } },
        { title, kind: "pie", by: "state", bucket: "month", measure: { fn: "sum", field: "name" } },
        { title, kind: "pie", by: "state", measure: { fn: "avg" } },
      ],
    }),
  );
  t.deepEqual(
    found.map(({ code, params }) => `${code} ${params["field"] ?? ""} ${params["type"] ?? ""}`),
    [
      "board-field name string",
      "calendar-field cost money",
      "chart-field note text",
      "chart-field state enum",
      "chart-field name string",
      "chart-field avg none",
    ],
  );
});

test("fields that are not there are told by the check of names alone", (t) => {
  t.deepEqual(viewProblems(trip({ board: { by: "gone" }, calendar: [{ from: "gone" }] })), []);
});
