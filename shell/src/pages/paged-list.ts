import { JinshuiElement, oneAtATime, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

export interface PageOf<T> {
  items: T[];
  nextCursor?: string | undefined;
  total: number;
}

/** Base of pages that list something page by page, with a search and reading again at hints. */
export abstract class PagedList<T> extends JinshuiElement {
  @state() protected items: T[] = [];
  @state() protected total = 0;
  @state() protected loading = true;
  @state() protected error: unknown;
  @state() private next: string | undefined;
  protected search = "";
  #run = 0;

  protected abstract read(cursor: string | undefined): Promise<PageOf<T>>;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  /** Reads it again, as hints ask for: however many, one reading at a time. */
  protected readonly refresh = oneAtATime(() => this.load());

  async load(more = false): Promise<void> {
    const run = (this.#run += 1);
    this.loading = true;
    try {
      const page = await this.read(more ? this.next : undefined);
      if (run !== this.#run) return;
      this.items = more ? [...this.items, ...page.items] : page.items;
      this.total = page.total;
      this.next = page.nextCursor;
      this.error = undefined;
    } catch (error) {
      if (run === this.#run) this.error = error;
    } finally {
      if (run === this.#run) this.loading = false;
    }
  }

  protected errorNote(): TemplateResult {
    return html`<ji-error .error=${this.error} ?retry=${true} @retry=${() => this.load()}></ji-error>`;
  }

  protected searchBox(label: string): TemplateResult {
    return html`<form
      role="search"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        this.search = new FormData(event.target as HTMLFormElement).get("q") as string;
        void this.load();
      }}
    >
      <input class="input" type="search" name="q" aria-label=${label} placeholder=${label} />
      <button class="button" type="submit">${t("action.search")}</button>
    </form>`;
  }

  /** What stands below the rows: how many there are, and the next page. */
  protected foot(empty: string): TemplateResult {
    if (this.items.length === 0) return html`<ji-empty text=${this.loading ? t("list.loading") : empty}></ji-empty>`;
    return html`<div class="foot">
      <span>${t("list.total", { n: this.total })}</span
      >${this.next === undefined ? nothing : html`<button class="button" ?disabled=${this.loading} @click=${() => this.load(true)}>${t("action.more")}</button>`}
    </div>`;
  }
}
