import test from "ava";
import { addedUsage, byUsage, readUsage } from "./usage.js";

const LAYOUT = [
  { card: "a", x: 0, y: 0, w: 12, h: 2 },
  { card: "b", x: 0, y: 2, w: 8, h: 4 },
  { card: "c", x: 8, y: 2, w: 4, h: 4 },
];

test("what is used most comes first, as large as it was; what is used alike keeps its order", (t) => {
  t.deepEqual(
    byUsage(LAYOUT, { c: 9, gone: 99 }, 12),
    [
      { card: "c", x: 0, y: 0, w: 4, h: 4 },
      { card: "a", x: 0, y: 4, w: 12, h: 2 },
      { card: "b", x: 4, y: 0, w: 8, h: 4 },
    ].sort((one, other) => one.y - other.y || one.x - other.x),
  );
  t.deepEqual(byUsage(LAYOUT, {}, 12), LAYOUT);
});

test("uses add up, and older ones fade when there are many", (t) => {
  t.deepEqual(addedUsage({ a: 2 }, { a: 1, b: 1 }), { a: 3, b: 1 });
  t.deepEqual(addedUsage({ a: 500, rare: 1 }, { b: 9 }), { a: 250, b: 4 });
});

test("of a damaged record only counts are read", (t) => {
  t.deepEqual(readUsage({ a: 2, b: "3", c: null, d: 1.5 }), { a: 2 });
  t.deepEqual(readUsage(null), {});
});
