import { t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";

/** A page of a list as an operation gives it. */
export interface PageOf<T> {
  items: T[];
  nextCursor?: string | undefined;
  total: number;
}

/** The input of a page: its cursor, if it is not the first one. */
export interface PageInput {
  limit: number;
  cursor?: string;
}

const LIMIT = 200;

/** Reads a list to its end. For what is small: positions, duties, the people of one bureau. */
export async function readAll<T>(read: (page: PageInput) => Promise<PageOf<T>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor === undefined ? { limit: LIMIT } : { limit: LIMIT, cursor });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return all;
}

/** A list of which pages are added on demand. */
export class Pages<T> {
  items: T[] = [];
  total = 0;
  loaded = false;
  #next: string | undefined;
  #run = 0;

  constructor(
    readonly read: (page: PageInput) => Promise<PageOf<T>>,
    /** Called when there is something new to draw. */
    readonly changed: () => void,
  ) {}

  async load(more = false): Promise<void> {
    const run = (this.#run += 1);
    const page = await this.read(more && this.#next !== undefined ? { limit: 50, cursor: this.#next } : { limit: 50 });
    if (run !== this.#run) return;
    this.items = more ? [...this.items, ...page.items] : page.items;
    this.total = page.total;
    this.#next = page.nextCursor;
    this.loaded = true;
    this.changed();
  }

  /** How many there are, and the next ones; or why there are none. */
  foot(empty: string, failed: (error: unknown) => void): TemplateResult {
    if (this.items.length === 0) return html`<ji-empty text=${this.loaded ? empty : t("list.loading")}></ji-empty>`;
    return html`<div class="foot"><span>${t("list.total", { n: this.total })}</span>${this.more(failed)}</div>`;
  }

  /** The button for the next page, if there is one. */
  more(failed: (error: unknown) => void): TemplateResult | typeof nothing {
    if (this.#next === undefined) return nothing;
    return html`<button class="button" @click=${() => this.load(true).catch(failed)}>${t("action.more")}</button>`;
  }
}
