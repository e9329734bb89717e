import { type Field, storageApi, type StoredRecord } from "@jinshui/contracts";
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { client } from "../api-client.js";
import { block } from "../base-element.js";
import { controls } from "../controls.js";
import { announce } from "../elements/messages.js";
import { local, t } from "../texts/text.js";
import { boardStyles } from "./board-styles.js";
import { fieldCell } from "./field-value.js";
import { type KnownCollection, recordTitle } from "./known-collection.js";
import { listQuery } from "./list-query.js";
import { type Names, namesOf, NO_NAMES, referencesOf } from "./names.js";
import { RecordsView } from "./records-view.js";

const PAGE = 30;
/** The column of records without a value. */
const NONE = "";

interface Lane {
  value: string;
  title: string;
  records: StoredRecord[];
  total: number;
  totalIsMore: boolean;
  next?: string | undefined;
}

/**
 * Records as cards in columns. A card is dragged, or moved with the choice on it, which keyboards and screen readers use; a move
 * is an ordinary update of the version that is shown, and is taken back when it is refused.
 */
@customElement("ji-record-board")
export class RecordBoard extends RecordsView {
  static override styles = [controls, block, boardStyles];
  @state() private lanes: Lane[] = [];
  @state() private names: Names = NO_NAMES;
  /** Whose records the columns hold. */
  @state() private shown: KnownCollection | undefined;
  @state() private moving: string | undefined;
  @state() private over: string | undefined;
  @state() private refused: unknown;
  #dragged: string | undefined;

  override render(): TemplateResult | typeof nothing {
    const { known } = this;
    const board = known?.definition.display.board;
    if (!known || !board) return nothing;
    const field = known.definition.fields[board.by];
    const movable = !this.address.removed && known.writable && !known.fields.locked.includes(board.by);
    return html`<ji-error .error=${this.error} ?retry=${true} @retry=${() => this.reload()}></ji-error>
      <ji-error .error=${this.refused}></ji-error>
      ${movable ? nothing : html`<p class="quiet note">${t("board.readOnly", { field: local(field?.title) })}</p>`}
      <div class="lanes" role="group" aria-label=${this.heading} tabindex="0">
        ${this.lanes.map((lane) => this.#lane(known, lane, movable))}
      </div>`;
  }

  #lane(known: KnownCollection, lane: Lane, movable: boolean): TemplateResult {
    return html`<section
      class=${this.over === lane.value ? "over" : ""}
      aria-label=${lane.title}
      @dragover=${(event: DragEvent) => this.#dragOver(event, lane)}
      @dragleave=${() => (this.over = undefined)}
      @drop=${(event: DragEvent) => this.#drop(event, lane)}
    >
      <h2>${lane.title}<span class="quiet">${lane.totalIsMore ? `${lane.total}+` : lane.total}</span></h2>
      <ul>
        ${repeat(
          lane.records,
          ({ id }) => id,
          (record) => this.#card(known, lane, record, movable),
        )}
      </ul>
      ${lane.records.length === 0 ? html`<p class="quiet note">${t(this.known === this.shown ? "board.empty" : "list.loading")}</p>` : nothing}
      ${lane.next === undefined ? nothing : html`<button class="button plain" ?disabled=${this.loading} @click=${() => this.#more(lane)}>${t("board.more", { title: lane.title })}</button>`}
    </section>`;
  }

  #card(known: KnownCollection, lane: Lane, record: StoredRecord, movable: boolean): TemplateResult {
    const { definition, fields } = known;
    const title = recordTitle(known, record.values) || record.id;
    const facts = (definition.display.board?.fields ?? []).filter((name) => !fields.hidden.includes(name));
    return html`<li
      class=${this.moving === record.id ? "moving" : ""}
      aria-current=${record.id === this.address.record ? "true" : nothing}
      draggable=${movable ? "true" : "false"}
      @dragstart=${(event: DragEvent) => this.#dragStart(event, record)}
      @dragend=${() => ((this.#dragged = undefined), (this.over = undefined))}
    >
      <a draggable="false" href=${this.link(record.id)} @click=${(event: MouseEvent) => this.follow(event, record.id)}
        >${title}</a
      >
      ${facts.map((name) => this.#fact(definition.fields[name], record.values[name]))}
      ${
        movable
          ? html`<select
              class="input"
              data-record=${record.id}
              aria-label=${t("board.moveOf", { title })}
              ?disabled=${this.moving !== undefined}
              @change=${(event: Event) => this.#move(record, lane.value, (event.target as HTMLSelectElement).value, true)}
            >
              ${this.#targets(known).map(({ value, title: name }) => html`<option value=${value} ?selected=${value === lane.value} .selected=${value === lane.value}>${name}</option>`)}
            </select>`
          : nothing
      }
    </li>`;
  }

  #fact(field: Field | undefined, value: unknown): TemplateResult | typeof nothing {
    if (value === undefined || value === null || value === "") return nothing;
    return html`<div class="small">
      <span class="quiet">${local(field?.title)}</span> ${fieldCell(field, value, this.names)}
    </div>`;
  }

  /** Where a card can be put: an empty value only where the field may be empty. */
  #targets({ definition }: KnownCollection): { value: string; title: string }[] {
    const field = definition.fields[definition.display.board?.by ?? ""];
    const choices = (field?.options ?? []).map(({ value, title }) => ({ value, title: local(title) }));
    return field?.required === true ? choices : [...choices, { value: NONE, title: t("value.none") }];
  }

  #dragStart(event: DragEvent, { id }: StoredRecord): void {
    this.#dragged = id;
    event.dataTransfer?.setData("text/plain", id);
  }

  #dragOver(event: DragEvent, { value }: Lane): void {
    if (this.#dragged === undefined || !this.known) return;
    if (!this.#targets(this.known).some((target) => target.value === value)) return;
    event.preventDefault();
    this.over = value;
  }

  #drop(event: DragEvent, target: Lane): void {
    event.preventDefault();
    this.over = undefined;
    const from = this.lanes.find(({ records }) => records.some(({ id }) => id === this.#dragged));
    const record = from?.records.find(({ id }) => id === this.#dragged);
    this.#dragged = undefined;
    if (from && record) void this.#move(record, from.value, target.value);
  }

  async #move(record: StoredRecord, from: string, to: string, keepsFocus = false): Promise<void> {
    const { known } = this;
    const by = known?.definition.display.board?.by;
    if (!known || by === undefined || from === to || this.moving !== undefined) return;
    const title = recordTitle(known, record.values) || record.id;
    this.moving = record.id;
    this.refused = undefined;
    this.#put(record, from, to);
    try {
      const { id, version } = record;
      const values = { [by]: to === NONE ? null : to };
      const now = await client(storageApi).update({ collection: known.id, id, version, values });
      this.#put({ ...now, related: record.related ?? {} }, to, to);
      announce(t("board.moved", { title, to: this.#title(to) }));
      this.dispatchEvent(new CustomEvent("moved", { detail: id }));
    } catch (error) {
      this.#put(record, to, from);
      this.refused = error;
    } finally {
      this.moving = undefined;
    }
    await this.updateComplete;
    if (keepsFocus) this.renderRoot.querySelector<HTMLElement>(`[data-record="${record.id}"]`)?.focus();
  }

  #title(value: string): string {
    return this.lanes.find((lane) => lane.value === value)?.title ?? value;
  }

  /** Takes a card out of one column and puts it on top of another one, or in its place in the same one. */
  #put(record: StoredRecord, from: string, to: string): void {
    this.lanes = this.lanes.map((lane) => {
      const others = lane.records.filter(({ id }) => id !== record.id);
      if (from === to && lane.value === to)
        return { ...lane, records: lane.records.map((one) => (one.id === record.id ? record : one)) };
      if (lane.value === from) return { ...lane, records: others, total: lane.total - 1 };
      return lane.value === to ? { ...lane, records: [record, ...others], total: lane.total + 1 } : lane;
    });
  }

  #more(lane: Lane): Promise<void> {
    return this.reading(async (known, isLatest) => {
      const more = await this.#page(known, lane, lane.next);
      if (!isLatest()) return;
      this.lanes = this.lanes.map((one) =>
        one.value === lane.value ? { ...more, total: one.total, totalIsMore: one.totalIsMore } : one,
      );
    });
  }

  protected override async read(known: KnownCollection, isLatest: () => boolean): Promise<void> {
    const by = known.definition.display.board?.by ?? "";
    const { [by]: only, ...filter } = this.address.filter;
    const field = known.definition.fields[by];
    const choices = [
      ...(field?.options ?? []).map(({ value, title }) => ({ value, title: local(title) })),
      { value: NONE, title: t("value.none") },
    ].filter(({ value }) => only === undefined || value === only);
    const empty = choices.map((choice): Lane => ({ ...choice, records: [], total: 0, totalIsMore: false }));
    if (this.lanes.length === 0) this.lanes = empty;
    const lanes = await Promise.all(empty.map((lane) => this.#page(known, lane, undefined, filter)));
    if (!isLatest()) return;
    this.shown = known;
    // a column without a value is shown only while something stands in it, or may be put there
    const mayBeEmpty = field?.required !== true;
    this.lanes = lanes.filter(({ value, total }) => value !== NONE || total > 0 || mayBeEmpty);
  }

  async #page(
    known: KnownCollection,
    lane: Lane,
    cursor?: string,
    filter: Record<string, string> = this.address.filter,
  ): Promise<Lane> {
    const { board, sort } = known.definition.display;
    const by = board?.by ?? "";
    const found = await client(storageApi).find({
      collection: known.id,
      limit: PAGE,
      sort: this.address.sort ?? sort ?? [],
      ...listQuery(known, { ...this.address, filter }, { [by]: lane.value === NONE ? { empty: true } : lane.value }),
      ...(this.address.removed ? { removed: true } : {}),
      relations: referencesOf(known, board?.fields ?? []),
      ...(cursor === undefined ? {} : { cursor, total: "none" as const }),
    });
    const names = await namesOf(known, found.records);
    this.names = { ...names, records: new Map([...this.names.records, ...names.records]) };
    return {
      ...lane,
      records: cursor === undefined ? found.records : [...lane.records, ...found.records],
      total: found.total ?? lane.total,
      totalIsMore: found.totalIsMore ?? lane.totalIsMore,
      next: found.nextCursor,
    };
  }
}
