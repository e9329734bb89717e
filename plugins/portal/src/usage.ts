import { inOrder, type Placed, withCard } from "./layout.js";

/** How often a person has used each card. */
export type Usage = Readonly<Record<string, number>>;

/** From this many uses on older ones count half, so that a layout follows what a person does now. */
const MOST_USES = 500;

/** What a record holds, as far as it is counts. */
export function readUsage(stored: unknown): Usage {
  const entries = Object.entries((stored ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => Number.isSafeInteger(entry[1])));
}

export function addedUsage(before: Usage, more: Usage): Usage {
  const sum: Record<string, number> = { ...before };
  for (const [card, uses] of Object.entries(more)) sum[card] = (sum[card] ?? 0) + uses;
  const total = Object.values(sum).reduce((all, uses) => all + uses, 0);
  if (total <= MOST_USES) return sum;
  const halved = Object.entries(sum).map(([card, uses]): [string, number] => [card, Math.floor(uses / 2)]);
  return Object.fromEntries(halved.filter(([, uses]) => uses > 0));
}

/** The layout with what is used most at the top, each card as large as it was; what is used alike stays in its order. */
export function byUsage(layout: readonly Placed[], usage: Usage, columns: number): Placed[] {
  const uses = ({ card }: Placed): number => usage[card] ?? 0;
  return inOrder(layout)
    .sort((a, b) => uses(b) - uses(a))
    .reduce<Placed[]>((placed, { card, w, h }) => withCard(placed, card, w, h, columns), []);
}
