/** Follows a parser through its source and knows the line, in one pass over the text. */
export class LineCursor {
  #at = 0;
  #line = 1;

  constructor(private readonly source: string) {}

  /** Moves behind the next occurrence of `token` and says on which line it starts, counted from 1. */
  advance(token: string): number {
    const start = this.source.indexOf(token, this.#at);
    if (start < 0) return this.#line;
    this.#count(start);
    const line = this.#line;
    this.#count(start + token.length);
    return line;
  }

  #count(target: number): void {
    for (let at = this.source.indexOf("\n", this.#at); at >= 0 && at < target; at = this.source.indexOf("\n", at + 1)) {
      this.#line += 1;
    }
    this.#at = target;
  }
}
