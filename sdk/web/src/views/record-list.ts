import { storageApi, type StoredRecord } from "@jinshui/contracts";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { client } from "../api-client.js";
import { block } from "../base-element.js";
import { controls } from "../controls.js";
import { local, t } from "../texts/text.js";
import { fieldCell, isNumber } from "./field-value.js";
import type { KnownCollection } from "./known-collection.js";
import { type Column, columnsOf } from "./list-columns.js";
import { listQuery } from "./list-query.js";
import { type Names, namesOf, NO_NAMES, referencesOf } from "./names.js";
import { RecordsView } from "./records-view.js";

const PAGE = 50;
/** Rows drawn above and below what is in sight. */
const MARGIN = 12;
/** Records that go onto paper at most. */
const PRINTED = 2_000;
/** What no list can be sorted by. */
const UNSORTED = new Set<string | undefined>(["text", "json", "attachments"]);

/**
 * Records as a table. Only the rows in sight are drawn, and further pages come as they are scrolled to, so that a list of 100,000
 * is as quick as one of a hundred.
 */
@customElement("ji-record-list")
export class RecordList extends RecordsView {
  static override styles = [
    controls,
    block,
    css`
      .list {
        max-height: calc(100vh - 230px);
        overflow: auto;
      }
      th {
        position: sticky;
        top: 0;
        z-index: 1;
      }
      th:first-child,
      td:first-child {
        position: sticky;
        left: 0;
        background: var(--ji-surface);
      }
      th:first-child {
        z-index: 2;
        background: var(--ji-surface-2);
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
      tr.link:hover td {
        background: var(--ji-surface-2);
      }
      tr.space td {
        padding: 0;
        border: 0;
      }
      td:first-child a {
        color: var(--ji-brand);
      }
      td.narrow {
        max-width: 96px;
      }
      td.medium {
        min-width: 160px;
        max-width: 160px;
      }
      td.wide {
        min-width: 320px;
        max-width: 480px;
      }
      @media print {
        .list {
          max-height: none;
          overflow: visible;
        }
        th,
        th:first-child,
        td:first-child {
          position: static;
        }
        td {
          white-space: normal;
          height: auto;
          overflow-wrap: anywhere;
        }
        tr {
          break-inside: avoid;
        }
        .foot .button {
          display: none;
        }
      }
    `,
  ];
  /** As the person has chosen them. */
  @property({ attribute: false }) columns: readonly Column[] | undefined;
  @state() private records: StoredRecord[] = [];
  @state() private total = 0;
  @state() private totalIsMore = false;
  @state() private names: Names = NO_NAMES;
  @state() private top = 0;
  @state() private whole = false;
  @query(".list") private list!: HTMLElement | null;
  #next: string | undefined;
  #rowHeight = 37;

  override render(): TemplateResult | typeof nothing {
    const { known, records } = this;
    if (!known) return nothing;
    const columns = columnsOf(known, this.columns);
    const [first, last] = this.#inSight();
    return html`<ji-error .error=${this.error} ?retry=${true} @retry=${() => this.reload()}></ji-error>
      <div class="list" tabindex="0" role="region" aria-label=${this.heading} @scroll=${this.#scrolled}>
        <table aria-rowcount=${this.totalIsMore ? -1 : this.total + 1}>
          <thead>
            <tr>
              ${columns.map(({ name }) => this.#heading(known, name))}
            </tr>
          </thead>
          <tbody>
            ${this.#space(first, columns.length)}
            ${repeat(
              records.slice(first, last),
              ({ id }) => id,
              (record, index) => this.#row(known, columns, record, first + index),
            )}
            ${this.#space(records.length - last, columns.length)}
          </tbody>
        </table>
      </div>
      ${records.length === 0 ? html`<ji-empty text=${t(this.loading ? "list.loading" : "list.empty")}></ji-empty>` : nothing}
      <div class="foot">
        <span
          >${t("list.total", { n: this.totalIsMore ? `${this.total}+` : this.total })}${records.length < this.total ? `，${t("list.shown", { n: records.length })}` : ""}</span
        >
        ${this.#next === undefined ? nothing : html`<button class="button" ?disabled=${this.loading} @click=${() => this.#more()}>${t("action.more")}</button>`}
      </div>`;
  }

  /** Draws all rows, those that are still to be read among them, so that they can be printed; the rest is drawn again after it. */
  async drawnForPaper(print: () => void): Promise<void> {
    while (this.#next !== undefined && this.records.length < PRINTED && this.error === undefined) await this.#more(200);
    this.whole = true;
    await this.updateComplete;
    print();
    this.whole = false;
  }

  #row(known: KnownCollection, columns: readonly Column[], record: StoredRecord, index: number): TemplateResult {
    return html`<tr
      class="link"
      aria-rowindex=${index + 2}
      aria-selected=${record.id === this.address.record}
      @click=${() => this.go({ record: record.id })}
    >
      ${columns.map(({ name, width }, column) => {
        const field = known.definition.fields[name];
        const cell = fieldCell(field, record.values[name], this.names);
        return html`<td class="${isNumber(field) ? "number" : ""} ${width ?? ""}">
          ${column === 0 ? html`<a href=${this.link(record.id)} @click=${(event: MouseEvent) => this.follow(event, record.id)}>${cell}</a>` : cell}
        </td>`;
      })}
    </tr>`;
  }

  /** Stands for rows that are not drawn. */
  #space(rows: number, columns: number): TemplateResult | typeof nothing {
    if (rows <= 0) return nothing;
    return html`<tr class="space" aria-hidden="true">
      <td colspan=${columns} style="height: ${rows * this.#rowHeight}px"></td>
    </tr>`;
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
      <button @click=${() => this.go({ sort: [first === name ? `-${name}` : name] })}>
        ${title}${direction === "ascending" ? " ↑" : direction === "descending" ? " ↓" : ""}
      </button>
    </th>`;
  }

  readonly #scrolled = (): void => {
    const { list } = this;
    if (!list) return;
    // as high as a row is with the font size that is set
    this.#rowHeight = list.querySelector("tr.link")?.getBoundingClientRect().height ?? this.#rowHeight;
    this.top = list.scrollTop;
    const left = list.scrollHeight - list.scrollTop - list.clientHeight;
    if (left < MARGIN * this.#rowHeight && this.#next !== undefined && !this.loading) void this.#more();
  };

  #inSight(): [number, number] {
    if (this.whole) return [0, this.records.length];
    const height = this.list?.clientHeight ?? window.innerHeight;
    const first = Math.max(0, Math.floor(this.top / this.#rowHeight) - MARGIN);
    return [first, Math.min(this.records.length, first + Math.ceil(height / this.#rowHeight) + 2 * MARGIN)];
  }

  #sort(): string[] {
    return this.address.sort ?? this.known?.definition.display.sort ?? [];
  }

  protected override async read(known: KnownCollection, isLatest: () => boolean): Promise<void> {
    await this.#page(known, isLatest, undefined, Math.min(Math.max(PAGE, this.records.length), 200));
  }

  #more(limit = PAGE): Promise<void> {
    return this.reading((known, isLatest) => this.#page(known, isLatest, this.#next, limit));
  }

  async #page(
    known: KnownCollection,
    isLatest: () => boolean,
    cursor: string | undefined,
    limit: number,
  ): Promise<void> {
    const shown = columnsOf(known, this.columns).map(({ name }) => name);
    const found = await client(storageApi).find({
      collection: known.id,
      limit,
      sort: this.#sort(),
      ...listQuery(known, this.address),
      ...(this.address.removed ? { removed: true } : {}),
      relations: referencesOf(known, shown),
      ...(cursor === undefined ? {} : { cursor }),
    });
    const records = cursor === undefined ? found.records : [...this.records, ...found.records];
    const names = isLatest() ? await namesOf(known, found.records) : NO_NAMES;
    if (!isLatest()) return;
    this.names = { ...names, records: new Map([...this.names.records, ...names.records]) };
    this.records = records;
    this.total = found.total ?? this.total;
    this.totalIsMore = found.totalIsMore === true;
    this.#next = found.nextCursor;
  }
}
