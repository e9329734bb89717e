import type { Field } from "@jinshui/contracts";
import test from "ava";
import { exportCell } from "./export-cells.js";

const field = (type: Field["type"]): Field => ({ type, title: { "zh-CN": "数" } });

test("a number of more digits than a spreadsheet keeps is written as a text, and loses none", (t) => {
  const kinds = (type: Field["type"], value: unknown): unknown => exportCell(field(type), value, undefined);
  t.like(kinds("decimal", "123456789012345"), { kind: "number", text: "123456789012345" });
  t.like(kinds("decimal", "1234567890123456"), { kind: "text", text: "1234567890123456" });
  t.like(kinds("decimal", "0.000000000000001234"), { kind: "number" }, "zeros in front are no digits");
  t.like(kinds("integer", 9_007_199_254_740_991), { kind: "text", text: "9007199254740991" });
  t.like(kinds("money", 29), { kind: "number", text: "0.29" });
});
