/** Where a card stands: columns and rows of the grid, from the upper left. */
export interface Placed {
  /** Key of the card, e.g. `shell.todo`. */
  card: string;
  x: number;
  y: number;
  w: number;
  h: number;
}

/** What a person uses: each kind of screen has a layout of its own. */
export type Screen = "narrow" | "desk" | "large";

/** Columns of the grid on a kind of screen. */
export const COLUMNS: Record<Screen, number> = { narrow: 1, desk: 12, large: 12 };
/** No card is higher, and no layout longer than what a record holds. */
const MAX_ROWS = 40;
const MAX_CARDS = 60;

/** What a stored layout holds as far as it is one: a layout may come from another version, or be damaged. */
export function readLayout(stored: unknown, columns: number): Placed[] {
  if (!Array.isArray(stored)) return [];
  const seen = new Set<string>();
  const found: Placed[] = [];
  for (const entry of stored as unknown[]) {
    const { card, x, y, w, h } = (entry ?? {}) as Partial<Placed>;
    if (typeof card !== "string" || seen.has(card) || found.length === MAX_CARDS) continue;
    seen.add(card);
    found.push({ card, x: whole(x, 0), y: whole(y, 0), w: whole(w, 1), h: whole(h, 1) });
  }
  return settle(found, columns);
}

function whole(value: unknown, least: number): number {
  return typeof value === "number" && Number.isInteger(value) ? Math.min(Math.max(value, least), 10_000) : least;
}

/**
 * No card sticks out or lies on another, and none hangs in the air: what is in the way moves down, and then all move up. Where two
 * want the same row, the one named `first` has it.
 */
export function settle(layout: readonly Placed[], columns: number, first = ""): Placed[] {
  const settled: Placed[] = [];
  const order = [...layout].sort(
    (a, b) => a.y - b.y || Number(b.card === first) - Number(a.card === first) || a.x - b.x,
  );
  for (const item of order) {
    const w = clamp(item.w, 1, columns);
    const fitted = {
      ...item,
      w,
      x: clamp(item.x, 0, columns - w),
      h: clamp(item.h, 1, MAX_ROWS),
      y: Math.max(item.y, 0),
    };
    settled.push({ ...fitted, y: restingRow(fitted, settled) });
  }
  return settled;
}

/** The row to which a card rises from where it is put, or sinks when others are in the way. */
function restingRow(item: Placed, others: readonly Placed[]): number {
  let y = item.y;
  while (others.some((other) => overlaps({ ...item, y }, other))) y += 1;
  while (y > 0 && !others.some((other) => overlaps({ ...item, y: y - 1 }, other))) y -= 1;
  return y;
}

/** The layout with a card in the first place that it fits in. */
export function withCard(layout: readonly Placed[], card: string, w: number, h: number, columns: number): Placed[] {
  const width = clamp(w, 1, columns);
  const bottom = Math.max(0, ...layout.map((item) => item.y + item.h));
  for (let y = 0; y < bottom; y += 1)
    for (let x = 0; x + width <= columns; x += 1) {
      const item = { card, x, y, w: width, h };
      if (!layout.some((other) => overlaps(item, other))) return settle([...layout, item], columns);
    }
  return settle([...layout, { card, x: 0, y: bottom, w: width, h }], columns);
}

/** The layout without a card; what stood below it moves up. */
export function withoutCard(layout: readonly Placed[], card: string, columns: number): Placed[] {
  return settle(
    layout.filter((item) => item.card !== card),
    columns,
  );
}

/** A step of the keyboard: to the side, or past what is above or below. */
export interface Step {
  x: -1 | 0 | 1;
  y: -1 | 0 | 1;
}

/** The layout with a card moved one step; the same when it can't go there. */
export function moved(layout: readonly Placed[], card: string, step: Step, columns: number): Placed[] {
  const from = layout.find((item) => item.card === card);
  if (!from) return [...layout];
  const put = (change: Partial<Placed>): Placed[] => settle(replaced(layout, { ...from, ...change }), columns, card);
  if (step.x !== 0) return put({ x: from.x + step.x });
  // a card one row lower would only rise again: it goes on until it is past its neighbour
  const bottom = Math.max(...layout.map((item) => item.y + item.h));
  for (let y = from.y + step.y; step.y !== 0 && y >= 0 && y <= bottom; y += step.y) {
    const tried = put({ y });
    if (((tried.find((item) => item.card === card)?.y ?? from.y) - from.y) * step.y > 0) return tried;
  }
  return [...layout];
}

/** The layout with a card wider (`x`) or higher (`y`) by a step, or less so. */
export function resized(layout: readonly Placed[], card: string, step: Step, columns: number): Placed[] {
  const from = layout.find((item) => item.card === card);
  if (!from) return [...layout];
  const w = clamp(from.w + step.x, 1, columns - from.x);
  return settle(replaced(layout, { ...from, w, h: clamp(from.h + step.y, 1, MAX_ROWS) }), columns, card);
}

function replaced(layout: readonly Placed[], item: Placed): Placed[] {
  return layout.map((other) => (other.card === item.card ? item : other));
}

/** From the top to the bottom, from the left to the right: as people read, and the keyboard goes. */
export function inOrder(layout: readonly Placed[]): Placed[] {
  return [...layout].sort((a, b) => a.y - b.y || a.x - b.x);
}

export function sameLayout(a: readonly Placed[], b: readonly Placed[]): boolean {
  const text = (layout: readonly Placed[]): string =>
    JSON.stringify(inOrder(layout).map(({ card, x, y, w, h }) => [card, x, y, w, h]));
  return text(a) === text(b);
}

function overlaps(a: Placed, b: Placed): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
