import test from "ava";
import { shownLayout, type Sized, usualLayout } from "./arrangement.js";
import { Draft, type Parts } from "./draft.js";
import { inOrder, moved, withoutCard } from "./layout.js";

const card = (key: string, size: Sized["size"] = "small"): Sized => ({ key, size, rows: 2 });
const CARDS = [card("shell.figures", "large"), card("shell.todo", "medium"), card("shell.mine"), card("a.news")];
const parts = (changes: Partial<Parts> = {}): Parts => ({ cards: CARDS, pinned: [], screen: "desk", ...changes });
const keys = (layout: Parameters<typeof inOrder>[0]): string[] => inOrder(layout).map((item) => item.card);

test("who has no layout sees every card as wide as it wants to be, beside one another where they fit", (t) => {
  t.deepEqual(usualLayout(CARDS, "desk"), [
    { card: "shell.figures", x: 0, y: 0, w: 12, h: 2 },
    { card: "shell.todo", x: 0, y: 2, w: 8, h: 2 },
    { card: "shell.mine", x: 8, y: 2, w: 4, h: 2 },
    { card: "a.news", x: 0, y: 4, w: 4, h: 2 },
  ]);
});

test("a pinned card stands above all others, whatever a person's layout says", (t) => {
  const shown = shownLayout(usualLayout(CARDS, "desk"), CARDS, [{ card: "a.news", order: 1 }], "desk");
  t.deepEqual(keys(shown), ["a.news", "shell.figures", "shell.todo", "shell.mine"]);
  t.is(shown.find((item) => item.card === "shell.figures")?.y, 2);
});

test("a card whose plugin is off leaves no gap, and has its place again when the plugin is back", (t) => {
  const draft = new Draft(usualLayout(CARDS, "desk"));
  const without = parts({ cards: CARDS.filter(({ key }) => key !== "shell.todo") });
  t.deepEqual(draft.shown(without), [
    { card: "shell.figures", x: 0, y: 0, w: 12, h: 2 },
    { card: "shell.mine", x: 8, y: 2, w: 4, h: 2 },
    { card: "a.news", x: 0, y: 2, w: 4, h: 2 },
  ]);
  t.true(draft.change(without, (layout, columns) => moved(layout, "shell.mine", { x: -1, y: 0 }, columns)));
  t.true(keys(draft.shown(parts())).includes("shell.todo"));
});

test("pinned cards are not part of what a person saves, but keep their place for when they are let go", (t) => {
  const pinned = [{ card: "a.news", order: 0 }];
  const draft = new Draft(usualLayout(CARDS, "desk"));
  t.false(draft.take(draft.shown(parts({ pinned })), parts({ pinned })), "nothing was moved");
  t.false(draft.isChanged);
  t.true(draft.change(parts({ pinned }), (layout, columns) => withoutCard(layout, "shell.todo", columns)));
  t.deepEqual(keys(draft.own).sort(), ["a.news", "shell.figures", "shell.mine"]);
});

test("every step can be undone, and what changes nothing is no step", (t) => {
  const draft = new Draft(usualLayout(CARDS, "desk"));
  t.false(draft.canUndo);
  t.false(draft.change(parts(), (layout) => layout));
  draft.change(parts(), (layout, columns) => withoutCard(layout, "a.news", columns));
  draft.change(parts(), (layout, columns) => withoutCard(layout, "shell.mine", columns));
  draft.undo();
  t.deepEqual(keys(draft.own), ["shell.figures", "shell.todo", "shell.mine"]);
  draft.undo();
  draft.undo();
  t.false(draft.isChanged);
});
