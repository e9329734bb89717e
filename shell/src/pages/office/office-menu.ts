import type { OpOutput, WorkflowApi } from "@jinshui/contracts";
import { controls, JinshuiElement, t } from "@jinshui/web";
import { css, html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

/** What can be done with a task besides its actions. */
export type Operation = OpOutput<WorkflowApi, "task">["operations"][number];

/** The rarer things that can be done with a task, out of the way until somebody looks for them. Fires `choose`. */
@customElement("ji-office-menu")
export class OfficeMenu extends JinshuiElement {
  static override styles = [
    controls,
    css`
      details {
        position: relative;
      }
      summary {
        list-style: none;
        cursor: pointer;
        height: 36px;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      .list {
        position: absolute;
        bottom: 42px;
        left: 0;
        min-width: 160px;
        padding: 4px;
        display: grid;
        background: var(--ji-surface);
        border: 1px solid var(--ji-rule);
        border-radius: var(--ji-card-radius);
        box-shadow: var(--ji-float);
      }
      .list button {
        text-align: left;
        border: 0;
        background: none;
        color: var(--ji-text);
        min-height: 32px;
        padding: 0 12px;
        border-radius: var(--ji-radius);
        white-space: nowrap;
      }
      .list button:hover {
        background: var(--ji-surface-2);
      }
    `,
  ];
  @property({ attribute: false }) operations: Operation[] = [];
  @property({ type: Boolean }) disabled = false;

  override render(): TemplateResult {
    return html`<details @keydown=${this.#keydown} @focusout=${this.#focusout}>
      <summary class="button">${t("office.more")}</summary>
      <div class="list" role="group" aria-label=${t("office.more")}>
        ${this.operations.map(
          (operation) =>
            html`<button type="button" ?disabled=${this.disabled} @click=${() => this.#choose(operation)}>
              ${t(`office.${operation}`)}
            </button>`,
        )}
      </div>
    </details>`;
  }

  get #details(): HTMLDetailsElement | null {
    return this.renderRoot.querySelector("details");
  }

  #choose(operation: Operation): void {
    this.#details?.removeAttribute("open");
    this.renderRoot.querySelector("summary")?.focus();
    this.dispatchEvent(new CustomEvent<Operation>("choose", { detail: operation }));
  }

  readonly #keydown = (event: KeyboardEvent): void => {
    const buttons = [...this.renderRoot.querySelectorAll<HTMLButtonElement>(".list button")];
    const at = buttons.indexOf(this.shadowRoot?.activeElement as HTMLButtonElement);
    if (event.key === "Escape" && this.#details?.open) {
      this.#details.removeAttribute("open");
      this.renderRoot.querySelector("summary")?.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.#details?.setAttribute("open", "");
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = at < 0 && step < 0 ? buttons.length - 1 : (at + step + buttons.length) % buttons.length;
      buttons[next]?.focus();
    }
  };

  /** It closes when somebody goes on elsewhere. */
  readonly #focusout = (event: FocusEvent): void => {
    const to = event.relatedTarget;
    if (to instanceof Node && !this.renderRoot.contains(to)) this.#details?.removeAttribute("open");
  };
}
