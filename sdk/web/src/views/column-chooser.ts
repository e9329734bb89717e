import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { announce } from "../elements/messages.js";
import { local, t } from "../texts/text.js";
import type { KnownCollection } from "./known-collection.js";
import { type Column, columnsOf, possibleColumns, WIDTHS } from "./list-columns.js";

/** Which columns a list has, in which order and how wide. Fires `chosen` with them, nothing for the collection's own, and `closed`. */
@customElement("ji-column-chooser")
export class ColumnChooser extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      .card {
        margin-bottom: 12px;
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 8px 12px;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(300px, 1fr));
        gap: 4px 24px;
      }
      li {
        display: flex;
        gap: 8px;
        align-items: center;
        min-width: 0;
      }
      li label {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .actions {
        display: flex;
        gap: 8px;
        padding: 0 12px 12px;
      }
    `,
  ];
  @property({ attribute: false }) known: KnownCollection | undefined;
  @property({ attribute: false }) columns: readonly Column[] | undefined;

  override render(): TemplateResult | typeof nothing {
    const { known } = this;
    if (!known) return nothing;
    const shown = columnsOf(known, this.columns);
    const others = possibleColumns(known).filter((name) => !shown.some((column) => column.name === name));
    return html`<section class="card" aria-label=${t("columns.title")}>
      <h2>${t("columns.title")}</h2>
      <ol>
        ${repeat(
          [...shown, ...others.map((name): Column => ({ name }))],
          ({ name }) => name,
          (column, index) =>
            index < shown.length ? this.#shown(known, shown, column, index) : this.#other(known, shown, column),
        )}
      </ol>
      <div class="actions">
        <button class="button" @click=${() => this.#choose(undefined)}>${t("columns.reset")}</button>
        <button class="button primary" @click=${() => this.dispatchEvent(new CustomEvent("closed"))}>
          ${t("columns.done")}
        </button>
      </div>
    </section>`;
  }

  #other(known: KnownCollection, shown: Column[], column: Column): TemplateResult {
    return html`<li data-name=${column.name}>
      <label>
        <input type="checkbox" @change=${() => this.#choose([...shown, column], column.name)} />
        ${this.#title(known, column.name)}
      </label>
    </li>`;
  }

  #shown(known: KnownCollection, shown: Column[], column: Column, index: number): TemplateResult {
    const title = this.#title(known, column.name);
    const without = shown.filter(({ name }) => name !== column.name);
    const move = (by: -1 | 1): void => {
      const order = [...without.slice(0, index + by), column, ...without.slice(index + by)];
      this.#choose(order, column.name, `[data-by="${by}"]`);
      announce(t("columns.moved", { title, n: index + by + 1 }));
    };
    return html`<li data-name=${column.name}>
      <label
        ><input
          type="checkbox"
          checked
          ?disabled=${without.length === 0}
          @change=${() => this.#choose(without, column.name)}
        />
        ${title}</label
      >
      <select
        class="input"
        aria-label=${t("columns.widthOf", { title })}
        @change=${(event: Event) => this.#widen(shown, index, event)}
      >
        <option value="">${t("columns.auto")}</option>
        ${WIDTHS.map((width) => html`<option value=${width} ?selected=${width === column.width}>${t(`columns.${width}`)}</option>`)}
      </select>
      <button
        class="button"
        data-by="-1"
        ?disabled=${index === 0}
        aria-label=${t("columns.before", { title })}
        @click=${() => move(-1)}
      >
        ↑
      </button>
      <button
        class="button"
        data-by="1"
        ?disabled=${index === shown.length - 1}
        aria-label=${t("columns.after", { title })}
        @click=${() => move(1)}
      >
        ↓
      </button>
    </li>`;
  }

  #title({ definition }: KnownCollection, name: string): string {
    return local(definition.fields[name]?.title);
  }

  #widen(shown: Column[], index: number, event: Event): void {
    const chosen = (event.target as HTMLSelectElement).value;
    const width = WIDTHS.find((one) => one === chosen);
    this.#choose(
      shown.map((column, at) => (at === index ? { name: column.name, ...(width ? { width } : {}) } : column)),
    );
  }

  /** Takes a choice over; the control that was used goes on with its column, and keeps the focus. */
  #choose(columns: Column[] | undefined, used?: string, control = "input"): void {
    this.columns = columns;
    this.dispatchEvent(new CustomEvent("chosen", { detail: columns }));
    if (used === undefined) return;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(`[data-name="${used}"] ${control}`)?.focus(),
    );
  }
}
