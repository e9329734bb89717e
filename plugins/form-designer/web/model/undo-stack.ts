/** Steps that can be taken back. */
const DEPTH = 100;

/** What was done to a value, to be taken back and done again. Changes of one `mark` in a row are one step: typing a word is. */
export class UndoStack<T> {
  #past: T[] = [];
  #future: T[] = [];
  #mark: string | undefined;

  constructor(private now: T) {}

  get value(): T {
    return this.now;
  }
  get canUndo(): boolean {
    return this.#past.length > 0;
  }
  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  change(next: T, mark?: string): void {
    if (next === this.now) return;
    if (mark === undefined || mark !== this.#mark) this.#past = [...this.#past, this.now].slice(-DEPTH);
    this.#mark = mark;
    this.#future = [];
    this.now = next;
  }

  undo(): void {
    const before = this.#past.pop();
    if (before === undefined) return;
    this.#future.push(this.now);
    this.now = before;
    this.#mark = undefined;
  }

  redo(): void {
    const next = this.#future.pop();
    if (next === undefined) return;
    this.#past.push(this.now);
    this.now = next;
    this.#mark = undefined;
  }
}
