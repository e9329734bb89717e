import { COLUMNS, type Placed, type Screen, settle, withCard } from "./layout.js";

/** What of a card matters for its place. */
export interface Sized {
  key: string;
  size: "small" | "medium" | "large";
  rows: number;
}

const THIRDS = { small: 4, medium: 8, large: 12 } as const;

/** The layout of who has none, where the position has none either: every card in the order in which they are given. */
export function usualLayout(cards: readonly Sized[], screen: Screen): Placed[] {
  return cards.reduce<Placed[]>((layout, card) => withNew(layout, card, screen), []);
}

/** The layout with another card, as wide and high as the card wants. */
export function withNew(layout: readonly Placed[], { key, size, rows }: Sized, screen: Screen): Placed[] {
  return withCard(layout, key, THIRDS[size], rows, COLUMNS[screen]);
}

/** Rows of a pinned card: a strip over the whole width, which grows with what it says. */
const STRIP = 3;

/** A card that an administrator has put on everybody's workbench. */
export interface Pinned {
  card: string;
  order: number;
}

/**
 * What is shown: a person's layout (or the usual one) of the cards there are now, pinned ones above all else. A card whose plugin is
 * off keeps its place in the stored layout and leaves none empty meanwhile.
 */
export function shownLayout(
  layout: readonly Placed[],
  cards: readonly Sized[],
  pinned: readonly Pinned[],
  screen: Screen,
): Placed[] {
  const columns = COLUMNS[screen];
  const known = new Map(cards.map((card) => [card.key, card]));
  const above = [...pinned]
    .sort((a, b) => a.order - b.order)
    .flatMap(({ card }) => known.get(card) ?? [])
    .reduce<Placed[]>(
      (top, { key, rows }) => withNew(top, { key, size: "large", rows: Math.min(rows, STRIP) }, screen),
      [],
    );
  const height = Math.max(0, ...above.map(({ y, h }) => y + h));
  const isAbove = new Set(above.map(({ card }) => card));
  const own = layout.filter(({ card }) => known.has(card) && !isAbove.has(card));
  // they settle among themselves first, so that none of them slips in beside a pinned one
  const below = settle(own, columns).map((item) => ({ ...item, y: item.y + height }));
  return [...above, ...below];
}

/** What is stored when a person has arranged what was shown: pinned cards are nobody's own, hidden ones keep their places. */
export function ownLayout(
  shown: readonly Placed[],
  before: readonly Placed[],
  pinned: readonly Pinned[],
  cards: readonly Sized[],
): Placed[] {
  const isPinned = new Set(pinned.map(({ card }) => card));
  const known = new Set(cards.map(({ key }) => key));
  const own = shown.filter(({ card }) => !isPinned.has(card));
  const top = Math.min(...own.map(({ y }) => y), Number.MAX_SAFE_INTEGER);
  const absent = before.filter(({ card }) => !known.has(card) || isPinned.has(card));
  return [...own.map((item) => ({ ...item, y: item.y - top })), ...absent];
}
