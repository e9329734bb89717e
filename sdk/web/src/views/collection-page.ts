import { type Filter, JinshuiError, storageApi, type StoredRecord } from "@jinshui/contracts";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { announce } from "../elements/messages.js";
import type { LiveEvent } from "../live-events.js";
import { pageTitle } from "../page-title.js";
import { local, t } from "../texts/text.js";
import { fieldCell, isNumber } from "./field-value.js";
import { knownCollection, type KnownCollection, recordTitle, shownColumns } from "./known-collection.js";
import { type Names, namesOf, NO_NAMES, referencesOf } from "./names.js";
import { type PageAddress, readAddress, writeAddress } from "./page-address.js";
import type { Asked } from "./list-filters.js";
import type { RecordEditor } from "./record-editor.js";
import type { RecordPanel } from "./record-panel.js";
import { UnsavedGuard } from "./unsaved-guard.js";
import "./export-panel.js";
import "./import-panel.js";
import "./list-filters.js";
import "./record-editor.js";
import "./record-panel.js";

const PAGE = 50;
/** What no list can be sorted by. */
const UNSORTED = new Set<string | undefined>(["text", "json", "attachments"]);

/**
 * List, record, import and export of a collection, drawn from its metadata alone. What is looked at stands in the address of
 * the page.
 */
@customElement("ji-collection-page")
export class CollectionPage extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
        align-items: start;
      }
      .columns.open {
        grid-template-columns: minmax(0, 1fr) 400px;
      }
      th {
        position: sticky;
        top: 0;
      }
      th button {
        border: 0;
        background: none;
        padding: 0;
        color: inherit;
        font-size: inherit;
      }
      tr[aria-selected="true"] td {
        background: var(--ji-brand-tint);
      }
      td:first-child a {
        color: var(--ji-brand);
      }
      .list {
        max-height: calc(100vh - 230px);
        overflow: auto;
      }
      .columns.open > section {
        position: sticky;
        top: 8px;
      }
      /* where there is no room for both, the record stands in place of the list */
      @media (max-width: 900px) {
        .columns.open {
          grid-template-columns: minmax(0, 1fr);
        }
        .columns.open > section {
          display: none;
        }
      }
    `,
  ];
  /** `<plugin>.<collection>`. */
  @property() collection = "";
  @property() heading = "";
  @property({ type: Boolean }) importable = false;
  @state() private known: KnownCollection | undefined;
  @state() private address: PageAddress = readAddress("");
  @state() private records: StoredRecord[] = [];
  @state() private total = 0;
  @state() private totalIsMore = false;
  @state() private next: string | undefined;
  @state() private loading = true;
  @state() private error: unknown;
  @state() private names: Names = NO_NAMES;
  @query("ji-record-panel") private panel!: RecordPanel | null;
  @query("ji-record-editor") private editor!: RecordEditor | null;
  #path = "";
  #run = 0;

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
    await this.load();
  }

  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Many changes in a row are one reading. */
  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), 300);
  }

  override render(): TemplateResult {
    const { known, collection } = this;
    const { mode } = this.address;
    const back = (): void => this.#go({ mode: "list" });
    return html` <div class="bar">
        <h1 tabindex="-1">${this.heading}</h1>
        <span class="space"></span>
        ${known?.writable && this.importable ? html`<button class="button" @click=${() => this.#go({ mode: "import" })}>${t("import.title")}</button>` : nothing}
        ${known?.exportable && this.importable ? html`<button class="button" aria-expanded=${mode === "export"} @click=${() => this.#go({ mode: mode === "export" ? "list" : "export" })}>${t("export.title")}</button>` : nothing}
        ${known?.writable ? html`<button class="button primary" @click=${() => this.#go({ mode: "new" })}>${t("action.new")}</button>` : nothing}
      </div>
      <ji-error .error=${this.error} ?retry=${true} @retry=${() => this.load()}></ji-error>
      ${mode === "import" ? html`<ji-import-panel .collection=${collection} .definition=${known?.definition} @closed=${back}></ji-import-panel>` : nothing}
      ${mode === "new" && known ? html`<ji-record-editor .known=${known} @closed=${back} @saved=${({ detail }: CustomEvent<StoredRecord>) => this.#made(known, detail)}></ji-record-editor>` : nothing}
      ${mode === "export" ? html`<ji-export-panel .collection=${collection} .query=${this.#query()} @closed=${back}></ji-export-panel>` : nothing}
      ${(mode === "list" || mode === "export") && known ? this.#list(known) : nothing}`;
  }

  #made(known: KnownCollection, { id, values }: StoredRecord): void {
    this.#go({ mode: "list", removed: false, record: id });
    announce(t("record.saved", { title: recordTitle(known, values) }));
  }

  #list(known: KnownCollection): TemplateResult {
    const columns = shownColumns(known);
    const { record: selected } = this.address;
    return html`<div class="columns ${selected === undefined ? "" : "open"}">
      <section class="card">
        <ji-list-filters
          .known=${known}
          .asked=${this.address}
          @asked=${({ detail: { search, filter, removed } }: CustomEvent<Asked>) => this.#go({ search, filter, removed, ...(removed === this.address.removed ? {} : { record: undefined }) })}
        ></ji-list-filters>
        <div class="list" tabindex="0" role="region" aria-label=${this.heading}>
          <table>
            <thead>
              <tr>
                ${columns.map((name) => this.#heading(known, name))}
              </tr>
            </thead>
            <tbody>
              ${this.records.map(
                (record) =>
                  html`<tr
                    class="link"
                    aria-selected=${record.id === selected}
                    @click=${() => this.#go({ record: record.id })}
                  >
                    ${columns.map((name, index) => this.#cell(known, record, name, index === 0))}
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
        ${this.records.length === 0 ? html`<ji-empty text=${t(this.loading ? "list.loading" : "list.empty")}></ji-empty>` : nothing}
        <div class="foot">
          <span
            >${t("list.total", { n: this.totalIsMore ? `${this.total}+` : this.total })}${this.records.length < this.total ? `，${t("list.shown", { n: this.records.length })}` : ""}</span
          >
          ${this.next === undefined ? nothing : html`<button class="button" ?disabled=${this.loading} @click=${() => this.load(true)}>${t("action.more")}</button>`}
        </div>
      </section>
      ${selected === undefined ? nothing : this.#panel(known, selected)}
    </div>`;
  }

  #panel(known: KnownCollection, selected: string): TemplateResult {
    return html`<ji-record-panel
      .known=${known}
      .recordId=${selected}
      ?removed=${this.address.removed}
      @shown=${({ detail }: CustomEvent<string>) => pageTitle(detail, this.heading)}
      @closed=${() => this.#go({ record: undefined })}
      @changed=${() => this.load()}
      @restored=${() => this.#go({ removed: false })}
    ></ji-record-panel>`;
  }

  #heading({ definition, fields }: KnownCollection, name: string): TemplateResult {
    const field = definition.fields[name];
    const title = local(field?.title);
    const side = isNumber(field) ? "number" : "";
    if (fields.masked.includes(name) || UNSORTED.has(field?.type))
      return html`<th scope="col" class=${side}>${title}</th>`;
    const [first] = this.#sort();
    const direction = first === name ? "ascending" : first === `-${name}` ? "descending" : "none";
    return html`<th scope="col" aria-sort=${direction} class=${side}>
      <button @click=${() => this.#go({ sort: [first === name ? `-${name}` : name] })}>
        ${title}${direction === "ascending" ? " ↑" : direction === "descending" ? " ↓" : ""}
      </button>
    </th>`;
  }

  #cell({ definition }: KnownCollection, record: StoredRecord, name: string, first: boolean): TemplateResult {
    const field = definition.fields[name];
    const cell = fieldCell(field, record.values[name], this.names);
    const link = writeAddress({ ...this.address, record: record.id });
    const go = (event: MouseEvent): void => {
      // a modifier opens the record in a tab of its own
      event.stopPropagation();
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.#go({ record: record.id });
    };
    return html`<td class=${isNumber(field) ? "number" : ""}>
      ${first ? html`<a href=${link} @click=${go}>${cell}</a>` : cell}
    </td>`;
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
    const before = this.address;
    this.address = address;
    if (address.record === undefined) pageTitle(this.heading);
    const listed = ({ record: _record, ...others }: PageAddress): string => writeAddress(others);
    if (listed(before) !== listed(address) && address.mode === "list") void this.load();
  }

  #sort(): string[] {
    return this.address.sort ?? this.known?.definition.display.sort ?? [];
  }

  async #open(): Promise<void> {
    this.error = undefined;
    [this.known, this.records] = [undefined, []];
    this.#path = location.pathname;
    this.address = readAddress(location.search);
    pageTitle(this.heading);
    try {
      this.known = await knownCollection(this.collection);
      if (!this.known) throw new JinshuiError("forbidden", `${this.collection} can't be read with these positions`);
      await this.load();
    } catch (error) {
      this.error = error;
    }
  }

  /** What the list is about: the same for its pages and for an export. */
  #query(): { filter?: Filter; search?: string; sort: string[] } {
    const { filter, search } = this.address;
    const fields = this.known?.definition.fields ?? {};
    const conditions = Object.entries(filter).map(([name, value]): [string, unknown] => [
      name,
      fields[name]?.type === "boolean" ? value === "true" : value,
    ]);
    return {
      sort: this.#sort(),
      ...(conditions.length > 0 ? { filter: Object.fromEntries(conditions) } : {}),
      ...(search === "" ? {} : { search }),
    };
  }

  /** Reads the list again, or its next page. */
  async load(more = false): Promise<void> {
    const { known } = this;
    if (!known) return;
    const run = (this.#run += 1);
    this.loading = true;
    try {
      const found = await client(storageApi).find({
        collection: known.id,
        limit: PAGE,
        ...this.#query(),
        ...(this.address.removed ? { removed: true } : {}),
        relations: referencesOf(known, shownColumns(known)),
        ...(more && this.next !== undefined ? { cursor: this.next } : {}),
      });
      const records = more ? [...this.records, ...found.records] : found.records;
      const names = run === this.#run ? await namesOf(known, records) : NO_NAMES;
      // another reading began meanwhile
      if (run !== this.#run) return;
      this.names = names;
      this.records = records;
      this.total = found.total ?? this.total;
      this.totalIsMore = found.totalIsMore === true;
      this.next = found.nextCursor;
      this.error = undefined;
    } catch (error) {
      if (run === this.#run) this.error = error;
    } finally {
      if (run === this.#run) this.loading = false;
    }
  }
}
