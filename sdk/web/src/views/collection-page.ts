import { type Field, type Filter, storageApi, type StoredRecord } from "@jinshui/contracts";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import type { LiveEvent } from "../live-events.js";
import { local, t } from "../texts/text.js";
import { fieldCell, isNumber } from "./field-value.js";
import { knownCollection, type KnownCollection } from "./known-collection.js";
import { type Names, namesOf, NO_NAMES, referencesOf } from "./names.js";
import "./export-panel.js";
import "./import-panel.js";
import "./record-editor.js";
import "./record-panel.js";

const PAGE = 50;
/** What no list can be sorted by. */
const UNSORTED = new Set<string | undefined>(["text", "json", "attachments"]);

/** List, record, import and export of a collection, drawn from its metadata alone. */
@customElement("ji-collection-page")
export class CollectionPage extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      .filters {
        display: flex;
        gap: 8px;
        padding: 8px 12px;
        border-bottom: 1px solid var(--ji-rule);
        flex-wrap: wrap;
        align-items: center;
      }
      .filters .search {
        width: 260px;
      }
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
      @media (max-width: 1100px) {
        .columns.open {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
  /** `<plugin>.<collection>`. */
  @property() collection = "";
  @property() heading = "";
  @property({ type: Boolean }) importable = false;
  @state() private known: KnownCollection | undefined;
  @state() private records: StoredRecord[] = [];
  @state() private total = 0;
  @state() private totalIsMore = false;
  @state() private next: string | undefined;
  @state() private loading = true;
  @state() private error: unknown;
  @state() private selected: string | undefined;
  @state() private mode: "list" | "new" | "import" | "export" = "list";
  @state() private filter: Record<string, string> = {};
  @state() private sort: string[] = [];
  @state() private names: Names = NO_NAMES;
  #search = "";
  #run = 0;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("collection") && this.collection !== "") void this.#open();
  }

  protected override onHint({ name }: LiveEvent): void {
    const [plugin = "", collection = ""] = this.collection.split(".");
    if (name === `${plugin}.${collection}-changed` && this.mode === "list") this.#soon();
  }

  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Many changes in a row are one reading. */
  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.load(), 300);
  }

  override render(): TemplateResult {
    return html` <div class="bar">
        <h1 tabindex="-1">${this.heading}</h1>
        <span class="space"></span>
        ${this.known?.writable && this.importable ? html`<button class="button" @click=${() => (this.mode = "import")}>${t("import.title")}</button>` : nothing}
        ${this.known?.exportable && this.importable ? html`<button class="button" aria-expanded=${this.mode === "export"} @click=${() => (this.mode = this.mode === "export" ? "list" : "export")}>${t("export.title")}</button>` : nothing}
        ${this.known?.writable ? html`<button class="button primary" @click=${() => (this.mode = "new")}>${t("action.new")}</button>` : nothing}
      </div>
      <ji-error .error=${this.error} ?retry=${true} @retry=${() => this.load()}></ji-error>
      ${this.mode === "import" ? html`<ji-import-panel .collection=${this.collection} .definition=${this.known?.definition} @closed=${this.#back}></ji-import-panel>` : nothing}
      ${this.mode === "new" && this.known ? html`<ji-record-editor .known=${this.known} @closed=${this.#back} @saved=${this.#saved}></ji-record-editor>` : nothing}
      ${this.mode === "export" ? html`<ji-export-panel .collection=${this.collection} .query=${this.#query()} @closed=${this.#back}></ji-export-panel>` : nothing}
      ${(this.mode === "list" || this.mode === "export") && this.known ? this.#list(this.known) : nothing}`;
  }

  #list(known: KnownCollection): TemplateResult {
    const columns = this.#columns(known);
    return html`<div class="columns ${this.selected === undefined ? "" : "open"}">
      <section class="card">
        ${this.#filters(known)}
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
                    aria-selected=${record.id === this.selected}
                    @click=${() => (this.selected = record.id)}
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
      ${this.selected === undefined ? nothing : html`<ji-record-panel .known=${known} .recordId=${this.selected} @closed=${() => (this.selected = undefined)} @changed=${() => this.load()}></ji-record-panel>`}
    </div>`;
  }

  /** Columns that this person may see. */
  #columns({ definition, fields }: KnownCollection): string[] {
    return definition.display.list.filter((name) => !fields.hidden.includes(name));
  }

  #filters({ definition, fields }: KnownCollection): TemplateResult {
    const searched = (definition.display.search ?? [definition.display.title])
      .slice(0, 3)
      .map((name) => local(definition.fields[name]?.title))
      .join("、");
    return html`<form class="filters" role="search" @submit=${this.#submitted}>
      <input
        class="input search"
        type="search"
        name="search"
        placeholder=${t("list.search", { fields: searched })}
        aria-label=${t("list.search", { fields: searched })}
      />
      ${(definition.display.filters ?? [])
        .filter((name) => !fields.hidden.includes(name) && !fields.masked.includes(name))
        .map((name) => {
          const field = definition.fields[name];
          const options = this.#choices(field);
          return html`<select
            class="input"
            aria-label=${local(field?.title)}
            @change=${(event: Event) => this.#filterBy(name, (event.target as HTMLSelectElement).value)}
          >
            <option value="">${local(field?.title)}：${t("list.all")}</option>
            ${options.map(({ value, title }) => html`<option value=${value} ?selected=${this.filter[name] === value}>${title}</option>`)}
          </select>`;
        })}
      <button class="button" type="submit">${t("action.search")}</button>
    </form>`;
  }

  #choices(field: Field | undefined): { value: string; title: string }[] {
    if (field?.type === "department") return [...this.names.departments].map(([value, title]) => ({ value, title }));
    if (field?.type === "boolean")
      return [
        { value: "true", title: t("value.yes") },
        { value: "false", title: t("value.no") },
      ];
    return (field?.options ?? []).map(({ value, title }) => ({ value, title: local(title) }));
  }

  #heading({ definition, fields }: KnownCollection, name: string): TemplateResult {
    const field = definition.fields[name];
    const title = local(field?.title);
    const side = isNumber(field) ? "number" : "";
    if (fields.masked.includes(name) || UNSORTED.has(field?.type))
      return html`<th scope="col" class=${side}>${title}</th>`;
    const direction = this.sort[0] === name ? "ascending" : this.sort[0] === `-${name}` ? "descending" : "none";
    return html`<th scope="col" aria-sort=${direction} class=${side}>
      <button @click=${() => this.#sortBy(name)}>
        ${title}${direction === "ascending" ? " ↑" : direction === "descending" ? " ↓" : ""}
      </button>
    </th>`;
  }

  #cell({ definition }: KnownCollection, record: StoredRecord, name: string, first: boolean): TemplateResult {
    const field = definition.fields[name];
    const cell = fieldCell(field, record.values[name], this.names);
    return html`<td class=${isNumber(field) ? "number" : ""}>
      ${first ? html`<a href="#" @click=${(event: Event) => this.#select(event, record.id)}>${cell}</a>` : cell}
    </td>`;
  }

  #select(event: Event, id: string): void {
    event.preventDefault();
    this.selected = id;
  }

  #submitted(event: SubmitEvent): void {
    event.preventDefault();
    this.#search = new FormData(event.target as HTMLFormElement).get("search") as string;
    void this.load();
  }

  #filterBy(name: string, value: string): void {
    const { [name]: _gone, ...others } = this.filter;
    this.filter = value === "" ? others : { ...others, [name]: value };
    void this.load();
  }

  #sortBy(name: string): void {
    this.sort = this.sort[0] === name ? [`-${name}`] : [name];
    void this.load();
  }

  #back(): void {
    this.mode = "list";
    void this.load();
  }

  #saved(event: CustomEvent<StoredRecord>): void {
    this.selected = event.detail.id;
    this.#back();
  }

  async #open(): Promise<void> {
    this.error = undefined;
    try {
      this.known = await knownCollection(this.collection);
      this.sort = this.known?.definition.display.sort ?? [];
      await this.load();
    } catch (error) {
      this.error = error;
    }
  }

  /** What the list is about: the same for its pages and for an export. */
  #query(): { filter?: Filter; search?: string; sort: string[] } {
    return {
      sort: this.sort,
      ...(Object.keys(this.filter).length > 0 ? { filter: this.#condition() } : {}),
      ...(this.#search.trim() === "" ? {} : { search: this.#search }),
    };
  }

  #condition(): Filter {
    const fields = this.known?.definition.fields ?? {};
    return Object.fromEntries(
      Object.entries(this.filter).map(([name, value]) => [
        name,
        fields[name]?.type === "boolean" ? value === "true" : value,
      ]),
    );
  }

  /** Reads the list again, or its next page. */
  async load(more = false): Promise<void> {
    const run = (this.#run += 1);
    this.loading = true;
    try {
      const found = await client(storageApi).find({
        collection: this.collection,
        limit: PAGE,
        ...this.#query(),
        relations: this.known ? referencesOf(this.known, this.#columns(this.known)) : [],
        ...(more && this.next !== undefined ? { cursor: this.next } : {}),
      });
      if (run !== this.#run) return;
      const records = more ? [...this.records, ...found.records] : found.records;
      if (this.known) this.names = await namesOf(this.known, records);
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
