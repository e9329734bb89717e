import type { Placed } from "#logic/layout.js";
import { GridStack, type GridStackNode } from "gridstack";
import style from "gridstack/dist/gridstack.min.css?inline";

/** What the grid is to know, and whom it tells. */
interface GridOptions {
  columns: number;
  /** Of a row, and between cards, in px. */
  height: number;
  gap: number;
  isLocked: (card: string) => boolean;
  /** A person has moved or resized something with mouse, pen or finger. */
  changed: (layout: Placed[]) => void;
}

/** Leaves the elements in the order in which the page has drawn them, which is the page's own affair. */
class Grid extends GridStack {
  protected _sortDom(): this {
    return this;
  }
}

/** Drag and drop on the cards' grid while it is edited; loaded only then, so that nothing can be dragged at other times. */
export class GridEditing {
  readonly #grid: GridStack;
  readonly #options: GridOptions;
  readonly #root: ShadowRoot;
  readonly #sheet = new CSSStyleSheet();
  #following = false;

  /** Takes over the children of `host`, which have the cards' keys in `data-card`. */
  constructor(host: HTMLElement, options: GridOptions) {
    this.#options = options;
    this.#root = host.getRootNode() as ShadowRoot;
    this.#sheet.replaceSync(style);
    this.#root.adoptedStyleSheets = [...this.#root.adoptedStyleSheets, this.#sheet];
    this.#grid = new Grid(host, {
      auto: false,
      column: options.columns,
      cellHeight: options.height + options.gap,
      margin: options.gap / 2,
      animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      handle: ".handle",
      resizable: { handles: "e,s,se" },
      alwaysShowResizeHandle: true,
    });
    this.#grid.on("change", () => {
      if (!this.#following) options.changed(this.#layout());
    });
  }

  /** Puts the cards where a layout has them: new ones are taken in, those that are gone are let go. */
  follow(layout: readonly Placed[]): void {
    this.#following = true;
    const grid = this.#grid.batchUpdate();
    const elements = new Map(
      [...grid.el.querySelectorAll<HTMLElement>("[data-card]")].map((element) => [element.dataset["card"], element]),
    );
    for (const { id, el } of [...grid.engine.nodes])
      if (el && !layout.some(({ card }) => card === id)) grid.removeWidget(el, false, false);
    for (const { card, ...place } of layout) {
      const element = elements.get(card) as (HTMLElement & { gridstackNode?: GridStackNode }) | undefined;
      if (!element) continue;
      const locked = this.#options.isLocked(card);
      const node = { ...place, locked, noMove: locked, noResize: locked };
      if (element.gridstackNode) grid.update(element, node);
      else grid.makeWidget(element, { id: card, ...node });
    }
    grid.batchUpdate(false);
    this.#following = false;
  }

  /** Lets the cards go, as they were before. */
  end(): void {
    const { el } = this.#grid;
    this.#grid.destroy(false);
    for (const element of [el, ...el.children]) {
      element.removeAttribute("style");
      for (const name of [...element.classList])
        if (/^(?:grid-stack$|grid-stack-|gs-|ui-)/.test(name)) element.classList.remove(name);
    }
    this.#root.adoptedStyleSheets = this.#root.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
  }

  #layout(): Placed[] {
    return this.#grid.engine.nodes.map(({ id, x = 0, y = 0, w = 1, h = 1 }) => ({ card: id ?? "", x, y, w, h }));
  }
}
