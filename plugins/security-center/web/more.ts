import { dateTime, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import type { Found } from "./page.js";

/** A list of which pages are added on demand. */
export class More<T> {
  items: T[] = [];
  total: number | undefined;
  searchedTo: string | undefined;
  loaded = false;
  #next: string | undefined;
  #run = 0;

  constructor(
    readonly read: (page: { cursor?: string }) => Promise<Found<T>>,
    /** Called when there is something new to draw. */
    readonly changed: () => void,
  ) {}

  async load(more = false): Promise<void> {
    const run = (this.#run += 1);
    const page = await this.read(more && this.#next !== undefined ? { cursor: this.#next } : {});
    if (run !== this.#run) return;
    this.items = more ? [...this.items, ...page.items] : page.items;
    this.total = page.total;
    this.searchedTo = page.searchedTo;
    this.#next = page.nextCursor;
    this.loaded = true;
    this.changed();
  }

  /** How many there are or how far the search came, and the next ones; or why there are none. */
  foot(empty: string, failed: (error: unknown) => void): TemplateResult {
    if (this.items.length === 0 && this.#next === undefined)
      return html`<ji-empty text=${this.loaded ? empty : t("list.loading")}></ji-empty>`;
    return html`<div class="foot">
      <span>${this.#count()}</span>
      ${this.#next === undefined ? nothing : html`<button class="button" @click=${() => this.load(true).catch(failed)}>${t(this.searchedTo === undefined ? "action.more" : "security-center.searchOn")}</button>`}
    </div>`;
  }

  #count(): string {
    if (this.searchedTo !== undefined)
      return t("security-center.searchedTo", { at: dateTime(this.searchedTo), n: this.items.length });
    return t(this.#next === undefined || this.total !== undefined ? "list.total" : "security-center.shown", {
      n: this.total ?? this.items.length,
    });
  }
}
