import { type DrawnEdge, type DrawnGraph, leaving } from "./drawn-graph.js";

/** How many rows up or down a shape is looked for a place, so that the way there has one turn. */
const FAR = 12;

/** Rows and columns of the shapes, and which cells flows pass through. */
export class Grid {
  readonly #rows = new Map<string, number>();
  /** What has a cell: a shape, or flows to one target that pass. */
  readonly #cells = new Map<string, string>();

  constructor(readonly graph: DrawnGraph) {
    this.#place(graph.start, 0);
    for (const id of graph.nodes.keys())
      if (!this.#rows.has(id)) this.#place(id, this.#freeRow(0, this.column(id), this.column(id)));
  }

  column(id: string): number {
    return this.graph.columns.get(id) ?? 0;
  }

  row(id: string): number {
    return this.#rows.get(id) ?? 0;
  }

  get rows(): { first: number; last: number } {
    const all = [...this.#rows.values()];
    return { first: Math.min(...all), last: Math.max(...all) };
  }

  /** Whether nothing stands in the cells of a row between two columns, or only flows to the same target. */
  free(row: number, from: number, to: number, target?: string): boolean {
    for (let column = from; column <= to; column += 1) {
      const holder = this.#cells.get(`${row} ${column}`);
      if (holder !== undefined && holder !== `to ${target ?? ""}`) return false;
    }
    return true;
  }

  /** Whether nothing stands in a column strictly between two rows, nor in the second. */
  freeDown(column: number, from: number, to: number, target?: string): boolean {
    const step = Math.sign(to - from);
    for (let row = from + step; step !== 0; row += step) {
      if (!this.free(row, column, column, target)) return false;
      if (row === to) break;
    }
    return true;
  }

  /** Keeps cells for flows to a target. */
  keep(row: number, from: number, to: number, target: string): void {
    for (let column = from; column <= to; column += 1) {
      const key = `${row} ${column}`;
      if (!this.#cells.has(key)) this.#cells.set(key, `to ${target}`);
    }
  }

  /** The usual way first and in one row, every other way in the nearest row that is free. */
  #place(id: string, row: number): void {
    this.#rows.set(id, row);
    this.#cells.set(`${row} ${this.column(id)}`, id);
    const forward = leaving(this.graph, id).filter(({ back }) => !back);
    for (const edge of forward) if (!this.#rows.has(edge.target)) this.#follow(edge, row);
  }

  #follow({ source, target, boundary }: DrawnEdge, row: number): void {
    const column = this.column(source);
    const to = this.column(target);
    const wanted = boundary === undefined ? row : row + 1;
    // a way that leaves its row turns in the column where it begins
    const turns = (found: number): boolean =>
      found === row
        ? this.free(found, column + 1, to)
        : this.free(found, column, to) && this.freeDown(column, row, found);
    const found = this.#nearest(wanted, turns) ?? this.#freeRow(wanted, column + 1, to);
    this.#place(target, found);
    if (found === row) this.keep(found, column + 1, to - 1, target);
    else {
      this.keep(found, column, to - 1, target);
      for (let between = Math.min(row, found) + 1; between < Math.max(row, found); between += 1)
        this.keep(between, column, column, target);
    }
  }

  #nearest(wanted: number, fits: (row: number) => boolean): number | undefined {
    for (let distance = 0; distance <= FAR; distance += 1)
      for (const row of [wanted + distance, wanted - distance]) if (fits(row)) return row;
    return undefined;
  }

  #freeRow(wanted: number, from: number, to: number): number {
    for (let distance = 0; ; distance += 1)
      for (const row of [wanted + distance, wanted - distance]) if (this.free(row, from, to)) return row;
  }
}
