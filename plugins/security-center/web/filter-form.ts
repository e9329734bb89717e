import { t } from "@jinshui/web";
import { fieldTemplate, type FieldSpec } from "@jinshui/web/form";
import { css, html, type LitElement, type TemplateResult } from "lit";

/** A field of a search: nothing in it has to be filled in. */
export type FilterSpec = Omit<FieldSpec, "required">;

export const filterStyles = css`
  form.filters {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(230px, 100%), 1fr));
    gap: 4px 12px;
    align-items: end;
    padding: 6px 12px 10px;
    border-bottom: 1px solid var(--ji-rule);
  }
  form.filters > * {
    min-width: 0;
    width: 100%;
    padding-top: 0;
  }
  form.filters .buttons {
    display: flex;
    gap: 8px;
  }
`;

/** The search above a list: what is entered becomes the page's address when it is sent. */
export class FilterForm {
  #entered: Record<string, unknown> = {};

  /** Enter takes what an open list offers and does not send the form as well. */
  readonly #pick = {
    capture: true,
    handleEvent: (event: KeyboardEvent): void => {
      const isOpen = (event.currentTarget as Element).querySelector("[opened]") !== null;
      if (event.key === "Enter" && isOpen) event.preventDefault();
    },
  };

  constructor(
    readonly host: LitElement,
    readonly search: (query: Record<string, string>) => void,
  ) {}

  /** Shows what the address asks for: texts, or choices with their titles. */
  fill(entered: Record<string, unknown>): void {
    this.#entered = entered;
    this.host.requestUpdate();
  }

  template(fields: readonly FilterSpec[]): TemplateResult {
    return html`<form
      class="filters"
      role="search"
      novalidate
      @keydown=${this.#pick}
      @submit=${(event: Event) => {
        event.preventDefault();
        this.search(this.#query());
      }}
    >
      ${fields.map((field) => fieldTemplate({ ...field, required: false }, this.#entered[field.key], undefined, (value) => this.#enter(field.key, value)))}
      <div class="buttons">
        <button class="button primary">${t("action.search")}</button>
        <button class="button" type="button" @click=${() => this.search({})}>${t("action.clear")}</button>
      </div>
    </form>`;
  }

  #enter(key: string, value: unknown): void {
    this.#entered = { ...this.#entered, [key]: value };
    this.host.requestUpdate();
  }

  #query(): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.#entered).flatMap(([key, value]) => {
        const text = typeof value === "object" && value !== null ? (value as { id?: string }).id : value;
        return typeof text === "string" && text.trim() !== "" ? [[key, text.trim()]] : [];
      }),
    );
  }
}
