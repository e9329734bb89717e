import test from "ava";
import { moved, type Placed, readLayout, resized, sameLayout, settle, withCard, withoutCard } from "./layout.js";

const at = (card: string, x: number, y: number, w = 4, h = 2): Placed => ({ card, x, y, w, h });
const place = (layout: readonly Placed[], card: string): number[] => {
  const { x = -1, y = -1, w = -1, h = -1 } = layout.find((item) => item.card === card) ?? {};
  return [x, y, w, h];
};

test("cards that lie on one another move down, and those that hang in the air move up", (t) => {
  const settled = settle([at("a", 0, 0), at("b", 2, 1), at("c", 8, 9)], 12);
  t.deepEqual(place(settled, "a"), [0, 0, 4, 2]);
  t.deepEqual(place(settled, "b"), [2, 2, 4, 2]);
  t.deepEqual(place(settled, "c"), [8, 0, 4, 2]);
});

test("a layout of a wider screen fits into a narrow one, in the order in which it is read", (t) => {
  const narrow = settle([at("left", 0, 0, 8), at("right", 8, 0), at("below", 0, 2, 12)], 1);
  t.deepEqual(
    narrow.map(({ card, x, y, w }) => [card, x, y, w]),
    [
      ["left", 0, 0, 1],
      ["right", 0, 2, 1],
      ["below", 0, 4, 1],
    ],
  );
});

test("a new card takes the first gap that is wide enough, else the end", (t) => {
  const layout = [at("a", 0, 0, 8, 4), at("b", 8, 0, 4, 2)];
  t.deepEqual(place(withCard(layout, "small", 4, 2, 12), "small"), [8, 2, 4, 2]);
  t.deepEqual(place(withCard(layout, "wide", 12, 2, 12), "wide"), [0, 4, 12, 2]);
});

test("what stood below a removed card moves up", (t) => {
  t.deepEqual(place(withoutCard([at("a", 0, 0), at("b", 0, 2)], "a", 12), "b"), [0, 0, 4, 2]);
});

test("one step down goes past the neighbour below, one step up past that above", (t) => {
  const layout = [at("a", 0, 0), at("b", 0, 2, 4, 5), at("c", 0, 7)];
  const down = moved(layout, "a", { x: 0, y: 1 }, 12);
  t.deepEqual(
    [place(down, "b"), place(down, "a"), place(down, "c")],
    [
      [0, 0, 4, 5],
      [0, 5, 4, 2],
      [0, 7, 4, 2],
    ],
  );
  const up = moved(layout, "c", { x: 0, y: -1 }, 12);
  t.deepEqual(
    [place(up, "a"), place(up, "c"), place(up, "b")],
    [
      [0, 0, 4, 2],
      [0, 2, 4, 2],
      [0, 4, 4, 5],
    ],
  );
});

test("a step to the side pushes down what is there; at an edge nothing moves", (t) => {
  const layout = [at("a", 0, 0), at("b", 4, 0)];
  const right = moved(layout, "a", { x: 1, y: 0 }, 12);
  t.deepEqual(
    [place(right, "a"), place(right, "b")],
    [
      [1, 0, 4, 2],
      [4, 2, 4, 2],
    ],
  );
  for (const step of [
    { x: -1, y: 0 },
    { x: 0, y: -1 },
  ] as const)
    t.true(sameLayout(moved(layout, "a", step, 12), layout));
  t.true(sameLayout(moved(layout, "b", { x: 0, y: 1 }, 12), layout));
});

test("a card grows and shrinks by a step, never beyond the grid nor to nothing", (t) => {
  t.deepEqual(place(resized([at("a", 8, 0)], "a", { x: 1, y: 1 }, 12), "a"), [8, 0, 4, 3]);
  t.deepEqual(place(resized([at("a", 0, 0, 1, 1)], "a", { x: -1, y: -1 }, 12), "a"), [0, 0, 1, 1]);
  const pushed = resized([at("a", 0, 0), at("b", 4, 0)], "a", { x: 1, y: 0 }, 12);
  t.deepEqual(
    [place(pushed, "a"), place(pushed, "b")],
    [
      [0, 0, 5, 2],
      [4, 2, 4, 2],
    ],
  );
});

test("a damaged layout is read as far as it is one", (t) => {
  t.deepEqual(readLayout("no", 12), []);
  const read = readLayout(
    [null, { card: 7 }, { card: "a", x: -3, y: "1", w: 99, h: 1e9 }, { card: "a" }, { card: "b", x: 0.5 }],
    12,
  );
  t.deepEqual(read, [
    { card: "a", x: 0, y: 0, w: 12, h: 40 },
    { card: "b", x: 0, y: 40, w: 1, h: 1 },
  ]);
  t.is(
    readLayout(
      Array.from({ length: 200 }, (_, n) => at(`c${n}`, 0, n)),
      12,
    ).length,
    60,
  );
});
