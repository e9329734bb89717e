import { html, nothing, type TemplateResult } from "lit";
import { dateTime } from "./texts/format.js";
import { t } from "./texts/text.js";

/** A page of a list as an operation gives it. */
export interface PageOf<T> {
  items: T[];
  nextCursor?: string | undefined;
  total?: number | undefined;
  /** A search that has stopped for now: how far it came. */
  searchedTo?: string | undefined;
}

/** The input of a page: its cursor, if it is not the first one. */
export interface PageInput {
  limit: number;
  cursor?: string;
}

const LIMIT = 50;

/** A list of which pages are added on demand. */
export class Pages<T> {
  items: T[] = [];
  total: number | undefined;
  #searchedTo: string | undefined;
  #loaded = false;
  #failed = false;
  #next: string | undefined;
  #run = 0;

  constructor(
    readonly read: (page: PageInput) => Promise<PageOf<T>>,
    /** Called when there is something new to draw. */
    readonly changed: () => void,
  ) {}

  async load(more = false): Promise<void> {
    const run = (this.#run += 1);
    const cursor = more && this.#next !== undefined ? { cursor: this.#next } : {};
    this.#failed = false;
    const page = await this.read({ limit: LIMIT, ...cursor }).catch((error: unknown) => {
      // the page says why; nothing is being loaded any more
      if (run === this.#run) this.#failed = true;
      this.changed();
      throw error;
    });
    if (run !== this.#run) return;
    this.items = more ? [...this.items, ...page.items] : page.items;
    this.total = page.total;
    this.#searchedTo = page.searchedTo;
    this.#next = page.nextCursor;
    this.#loaded = true;
    this.changed();
  }

  /** How many there are or how far the search came, and the next ones; or why there are none. */
  foot(empty: string, failed: (error: unknown) => void): TemplateResult | typeof nothing {
    if (this.#failed && !this.#loaded) return nothing;
    if (this.items.length === 0 && this.#next === undefined)
      return html`<ji-empty text=${this.#loaded ? empty : t("list.loading")}></ji-empty>`;
    return html`<div class="foot"><span>${this.#count()}</span>${this.more(failed)}</div>`;
  }

  /** The button for the next page, if there is one. */
  more(failed: (error: unknown) => void): TemplateResult | typeof nothing {
    if (this.#next === undefined) return nothing;
    const text = t(this.#searchedTo === undefined ? "action.more" : "action.searchOn");
    return html`<button class="button" @click=${() => this.load(true).catch(failed)}>${text}</button>`;
  }

  #count(): string {
    const n = this.total ?? this.items.length;
    if (this.#searchedTo !== undefined) return t("list.searchedTo", { at: dateTime(this.#searchedTo), n });
    return t(this.#next === undefined || this.total !== undefined ? "list.total" : "list.shown", { n });
  }
}
