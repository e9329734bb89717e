import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { t } from "../texts/text.js";
import type { SavedFilter } from "./list-columns.js";

const LONGEST_NAME = 30;

/** Filters under a name. Fires `picked` with the query of one, and `kept` with all of them. */
@customElement("ji-saved-filters")
export class SavedFilters extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      :host > * {
        display: inline-flex;
        gap: 8px;
        align-items: center;
        flex-wrap: wrap;
      }
    `,
  ];
  @property({ attribute: false }) filters: readonly SavedFilter[] = [];
  /** The query that the page has now. */
  @property() query = "";
  @state() private naming = false;

  override render(): TemplateResult {
    const current = this.filters.find(({ query }) => query === this.query);
    return html`<div>
        ${
          this.filters.length === 0
            ? nothing
            : html`<select
                class="input"
                aria-label=${t("filters.saved")}
                @change=${(event: Event) => this.#pick((event.target as HTMLSelectElement).value)}
              >
                <option value="" ?selected=${!current} .selected=${!current}>${t("filters.saved")}</option>
                ${this.filters.map(({ name }) => html`<option value=${name} ?selected=${name === current?.name} .selected=${name === current?.name}>${name}</option>`)}
              </select>`
        }
        ${current ? html`<button class="button" @click=${() => this.#keep(this.filters.filter((one) => one !== current))}>${t("filters.remove", { name: current.name })}</button>` : nothing}
        ${!current && !this.naming && this.query !== "" ? html`<button class="button" @click=${() => (this.naming = true)}>${t("filters.save")}</button>` : nothing}
      </div>
      ${
        this.naming
          ? html`<form @submit=${(event: SubmitEvent) => this.#save(event)}>
              <input
                class="input"
                name="name"
                required
                maxlength=${LONGEST_NAME}
                aria-label=${t("filters.name")}
                placeholder=${t("filters.name")}
              />
              <button class="button primary">${t("filters.save")}</button>
              <button class="button" type="button" @click=${() => (this.naming = false)}>${t("action.cancel")}</button>
            </form>`
          : nothing
      }`;
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("naming") && this.naming) this.renderRoot.querySelector("input")?.focus();
  }

  #pick(name: string): void {
    const found = this.filters.find((one) => one.name === name);
    this.dispatchEvent(new CustomEvent("picked", { detail: found?.query ?? "" }));
  }

  #save(event: SubmitEvent): void {
    event.preventDefault();
    const name = (new FormData(event.target as HTMLFormElement).get("name") as string).trim();
    if (name === "") return;
    this.naming = false;
    this.#keep([...this.filters.filter((one) => one.name !== name), { name, query: this.query }]);
  }

  #keep(filters: SavedFilter[]): void {
    this.filters = filters;
    this.dispatchEvent(new CustomEvent("kept", { detail: filters }));
  }
}
