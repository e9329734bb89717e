import { JinshuiError, type Profile, type StoredRecord } from "@jinshui/contracts";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { announce } from "../elements/messages.js";
import type { LiveEvent } from "../live-events.js";
import { pageTitle } from "../page-title.js";
import { signedIn } from "../signed-in.js";
import { dateTime } from "../texts/format.js";
import { local, t } from "../texts/text.js";
import { collectionStyles } from "./collection-styles.js";
import { knownCollection, type KnownCollection, recordTitle } from "./known-collection.js";
import {
  type Column,
  columnsOf,
  keepListPreferences,
  type ListPreferences,
  readListPreferences,
} from "./list-columns.js";
import type { Asked } from "./list-filters.js";
import { listQuery } from "./list-query.js";
import { type PageAddress, readAddress, type Shape, writeAddress } from "./page-address.js";
import type { ExportPanel } from "./export-panel.js";
import type { RecordEditor } from "./record-editor.js";
import { RecordList } from "./record-list.js";
import type { RecordPanel } from "./record-panel.js";
import type { RecordsView } from "./records-view.js";
import { loadShape, shapesOf } from "./shapes.js";
import { UnsavedGuard } from "./unsaved-guard.js";
import "./column-chooser.js";
import "./export-panel.js";
import "./import-panel.js";
import "./list-filters.js";
import "./record-editor.js";
import "./record-panel.js";
import "./saved-filters.js";

/**
 * List, board, calendar, charts, record, import and export of a collection, drawn from its metadata alone. What is looked at
 * stands in the address of the page.
 */
@customElement("ji-collection-page")
export class CollectionPage extends JinshuiElement {
  static override styles = [controls, block, collectionStyles];
  /** `<plugin>.<collection>`. */
  @property() collection = "";
  @property() heading = "";
  @property({ type: Boolean }) importable = false;
  @state() private known: KnownCollection | undefined;
  @state() private address: PageAddress = readAddress("");
  @state() private error: unknown;
  /** The shape whose code has come. */
  @state() private loaded: Shape = "list";
  @state() private preferences: ListPreferences = { filters: [] };
  @state() private choosing = false;
  @state() private me: Profile | undefined;
  @query("[data-view]") private view!: RecordsView | null;
  @query("ji-record-panel") private panel!: RecordPanel | null;
  @query("ji-record-editor") private editor!: RecordEditor | null;
  #path = "";

  readonly #navigated = (): void => {
    // other pages have their own addresses
    if (location.pathname === this.#path) this.#look(readAddress(location.search));
  };

  constructor() {
    super();
    new UnsavedGuard(this, () => (this.panel ?? this.editor)?.dirty === true);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("popstate", this.#navigated);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("popstate", this.#navigated);
    clearTimeout(this.#timer);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("collection") && this.collection !== "") void this.#open();
  }

  protected override onHint({ name }: LiveEvent): void {
    const [plugin = "", collection = ""] = this.collection.split(".");
    if (name === `${plugin}.${collection}-changed` && this.address.mode === "list") this.#soon();
    if (name === "supervisor.plugins-changed") void this.#learn();
  }

  /** A newer version of the plugin may have other fields; what somebody is just entering is left alone. */
  async #learn(): Promise<void> {
    const { known } = this;
    const now = await knownCollection(this.collection).catch(() => undefined);
    const said = (it: KnownCollection): string => JSON.stringify([it.definition, it.fields]);
    if (!known || known !== this.known || !now || said(now) === said(known)) return;
    if ((this.panel ?? this.editor)?.dirty === true) return;
    this.known = now;
  }

  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Many changes in a row are one reading. */
  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.view?.reload(), 300);
  }

  override render(): TemplateResult {
    const { known, collection } = this;
    const { mode } = this.address;
    const back = (): void => this.#go({ mode: "list" });
    const listed = (mode === "list" || mode === "export") && known !== undefined;
    return html` <div class="bar">
        <h1 tabindex="-1">${this.heading}</h1>
        ${listed ? this.#shapes(known) : nothing}
        <span class="space"></span>
        ${listed ? html`<button class="button" @click=${() => this.#print()}>${t("action.print")}</button>` : nothing}
        ${listed && this.#shape() === "list" ? html`<button class="button" aria-expanded=${this.choosing} @click=${() => (this.choosing = !this.choosing)}>${t("columns.title")}</button>` : nothing}
        ${known?.writable && this.importable ? html`<button class="button" @click=${() => this.#go({ mode: "import" })}>${t("import.title")}</button>` : nothing}
        ${known?.exportable && this.importable ? html`<button class="button" aria-expanded=${mode === "export"} @click=${() => this.#go({ mode: mode === "export" ? "list" : "export" })}>${t("export.title")}</button>` : nothing}
        ${known?.writable ? html`<button class="button primary" @click=${() => this.#go({ mode: "new" })}>${t("action.new")}</button>` : nothing}
      </div>
      <p class="paper">
        ${local(this.me?.bureauTitle)} ·
        ${t("print.by", { by: this.me?.name ?? "", at: dateTime(new Date().toISOString()) })}
      </p>
      <ji-error .error=${this.error} ?retry=${true} @retry=${() => this.#open()}></ji-error>
      ${mode === "import" ? html`<ji-import-panel .collection=${collection} .definition=${known?.definition} @closed=${back}></ji-import-panel>` : nothing}
      ${mode === "new" && known ? html`<ji-record-editor .known=${known} @closed=${back} @saved=${({ detail }: CustomEvent<StoredRecord>) => this.#made(known, detail)}></ji-record-editor>` : nothing}
      ${mode === "export" && known ? html`<ji-export-panel .collection=${collection} .query=${this.#exported(known)} @closed=${back}></ji-export-panel>` : nothing}
      ${this.choosing && listed ? html`<ji-column-chooser .known=${known} .columns=${this.preferences.columns} @chosen=${({ detail }: CustomEvent<Column[] | undefined>) => this.#prefer({ columns: detail })} @closed=${() => (this.choosing = false)}></ji-column-chooser>` : nothing}
      ${listed ? this.#list(known) : nothing}`;
  }

  #shapes(known: KnownCollection): TemplateResult | typeof nothing {
    const shapes = shapesOf(known);
    if (shapes.length < 2) return nothing;
    const current = this.#shape();
    return html`<span class="shapes" role="group" aria-label=${t("shape.title")}>
      ${shapes.map((shape) => html`<button class="button" aria-pressed=${shape === current} @click=${() => this.#go({ as: shape })}>${t(`shape.${shape}`)}</button>`)}
    </span>`;
  }

  /** The shape that the address asks for, where the collection has it. */
  #shape(): Shape {
    const { as } = this.address;
    return this.known && shapesOf(this.known).includes(as) ? as : "list";
  }

  #made(known: KnownCollection, { id, values }: StoredRecord): void {
    this.#go({ mode: "list", removed: false, record: id });
    announce(t("record.saved", { title: recordTitle(known, values) }));
  }

  #list(known: KnownCollection): TemplateResult {
    const { record: selected, search, filter, sort, removed } = this.address;
    const query = writeAddress({ mode: "list", as: "list", removed, search, filter, sort });
    return html`<div class="columns ${selected === undefined ? "" : "open"}">
      <section class="card">
        ${this.preferences.filters.length === 0 && query === "" ? nothing : this.#saved(query)}
        <ji-list-filters
          .known=${known}
          .asked=${this.address}
          @asked=${({ detail: { search, filter, removed } }: CustomEvent<Asked>) => this.#go({ search, filter, removed, ...(removed === this.address.removed ? {} : { record: undefined }) })}
        ></ji-list-filters>
        ${this.#view(known)}
      </section>
      ${selected === undefined ? nothing : this.#panel(known, selected)}
    </div>`;
  }

  #saved(query: string): TemplateResult {
    return html`<ji-saved-filters
      .filters=${this.preferences.filters}
      .query=${query}
      @picked=${({ detail }: CustomEvent<string>) => this.#pick(detail)}
      @kept=${({ detail }: CustomEvent<ListPreferences["filters"]>) => this.#prefer({ filters: detail })}
    ></ji-saved-filters>`;
  }

  #view(known: KnownCollection): TemplateResult {
    const go = ({ detail }: CustomEvent<Partial<PageAddress>>): void => this.#go(detail);
    const shape = this.#shape();
    if (shape !== "list" && shape !== this.loaded) return html`<ji-empty text=${t("list.loading")}></ji-empty>`;
    switch (shape) {
      case "board":
        return html`<ji-record-board
          data-view
          .known=${known}
          .address=${this.address}
          heading=${this.heading}
          @go=${go}
        ></ji-record-board>`;
      case "calendar":
        return html`<ji-record-calendar
          data-view
          .known=${known}
          .address=${this.address}
          heading=${this.heading}
          @go=${go}
        ></ji-record-calendar>`;
      case "charts":
        return html`<ji-record-charts
          data-view
          .known=${known}
          .address=${this.address}
          heading=${this.heading}
          @go=${go}
        ></ji-record-charts>`;
      case "list":
        return html`<ji-record-list
          data-view
          .known=${known}
          .columns=${this.preferences.columns}
          .address=${this.address}
          heading=${this.heading}
          @go=${go}
        ></ji-record-list>`;
    }
  }

  #panel(known: KnownCollection, selected: string): TemplateResult {
    return html`<ji-record-panel
      .known=${known}
      .recordId=${selected}
      ?removed=${this.address.removed}
      @shown=${({ detail }: CustomEvent<string>) => pageTitle(detail, this.heading)}
      @closed=${() => this.#go({ record: undefined })}
      @changed=${() => this.view?.reload()}
      @restored=${() => this.#go({ removed: false })}
    ></ji-record-panel>`;
  }

  /** Moves on within the page, as a step that "back" takes back. */
  #go(change: Partial<PageAddress>): void {
    const address = { ...this.address, ...change };
    const leaves = address.record !== this.address.record || address.mode !== this.address.mode;
    if (leaves && this.panel?.dirty === true && !confirm(t("record.discard"))) return;
    history.pushState({}, "", this.#path + writeAddress(address));
    this.#look(address);
  }

  #look(address: PageAddress): void {
    this.address = address;
    if (address.record === undefined) pageTitle(this.heading);
    void this.#shaped();
  }

  /** Has the code of the shape that is asked for. */
  async #shaped(): Promise<void> {
    const shape = this.#shape();
    try {
      await loadShape(shape);
      this.loaded = shape;
    } catch (error) {
      this.error = error;
    }
  }

  #pick(query: string): void {
    const { search, filter, sort, removed } = readAddress(query);
    this.#go({ search, filter, sort, removed, record: undefined });
  }

  #prefer(change: Partial<ListPreferences>): void {
    this.preferences = { ...this.preferences, ...change };
    if (this.me) keepListPreferences(this.me.id, this.collection, this.preferences);
  }

  async #print(): Promise<void> {
    if (this.view instanceof RecordList && this.address.record === undefined)
      await this.view.drawnForPaper(() => window.print());
    else window.print();
  }

  async #open(): Promise<void> {
    this.error = undefined;
    this.known = undefined;
    this.#path = location.pathname;
    this.address = readAddress(location.search);
    pageTitle(this.heading);
    const { collection } = this;
    try {
      const [known, me] = await Promise.all([knownCollection(collection), signedIn()]);
      if (collection !== this.collection) return;
      if (!known) throw new JinshuiError("forbidden", `${collection} can't be read with these positions`);
      this.me = me;
      this.preferences = readListPreferences(me?.id ?? "", collection);
      this.known = known;
      await this.#shaped();
    } catch (error) {
      this.error = error;
    }
  }

  /** What is seen is what is exported: filters, order and columns. */
  #exported(known: KnownCollection): ExportPanel["query"] {
    return {
      sort: this.address.sort ?? known.definition.display.sort ?? [],
      fields: columnsOf(known, this.preferences.columns).map(({ name }) => name),
      ...listQuery(known, this.address),
    };
  }
}
