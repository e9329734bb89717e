import { ownLayout, type Pinned, shownLayout, type Sized } from "./arrangement.js";
import { COLUMNS, type Placed, sameLayout, type Screen, settle } from "./layout.js";

/** The cards there are, as far as they bear on a layout. */
export interface Parts {
  cards: readonly Sized[];
  pinned: readonly Pinned[];
  screen: Screen;
}

/** A layout that a person is arranging, with every step so far; nothing of it is kept until it is saved. */
export class Draft {
  readonly #steps: Placed[][];

  constructor(own: readonly Placed[]) {
    this.#steps = [[...own]];
  }

  /** As it would be saved. */
  get own(): Placed[] {
    return this.#steps.at(-1) ?? [];
  }

  get canUndo(): boolean {
    return this.#steps.length > 1;
  }

  /** Whether saving it would change anything. */
  get isChanged(): boolean {
    return !sameLayout(this.own, this.#steps[0] ?? []);
  }

  /** As it is shown, pinned cards among it. */
  shown({ cards, pinned, screen }: Parts): Placed[] {
    return shownLayout(this.own, cards, pinned, screen);
  }

  /** Takes over a layout in which somebody has dragged something; false when it is the same. */
  take(shown: readonly Placed[], { cards, pinned }: Parts): boolean {
    return this.#add(ownLayout(shown, this.own, pinned, cards));
  }

  /** Changes what of it is shown and not pinned; false when that changes nothing. */
  change(parts: Parts, how: (movable: Placed[], columns: number) => Placed[]): boolean {
    const isPinned = new Set(parts.pinned.map(({ card }) => card));
    const isKnown = new Set(parts.cards.map(({ key }) => key));
    const columns = COLUMNS[parts.screen];
    const movable = this.own.filter(({ card }) => isKnown.has(card) && !isPinned.has(card));
    return this.#add(ownLayout(how(settle(movable, columns), columns), this.own, parts.pinned, parts.cards));
  }

  undo(): void {
    if (this.canUndo) this.#steps.pop();
  }

  #add(next: Placed[]): boolean {
    if (sameLayout(next, this.own)) return false;
    this.#steps.push(next);
    return true;
  }
}
