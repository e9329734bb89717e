import { isJinshuiError } from "@jinshui/contracts";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { describeError } from "../texts/describe-error.js";
import { t } from "../texts/text.js";

/** Whether trying again can help: what is forbidden or not there stays so. */
function mayPass(error: unknown): boolean {
  return !isJinshuiError(error) || error.retryable || error.status >= 500;
}

/** What happened, what to do, and of a fault the trace number to hand on. Fires `retry` when there is something to try again. */
@customElement("ji-error")
export class ErrorNote extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      div {
        border: 1px solid var(--ji-error);
        background: var(--ji-error-tint);
        color: var(--ji-error);
        border-radius: var(--ji-radius);
        padding: 8px 12px;
        margin-bottom: 12px;
      }
      p {
        margin: 0;
      }
      .trace {
        color: var(--ji-text-2);
        font-size: var(--ji-small);
      }
      ul {
        margin: 4px 0 0;
        padding-left: 20px;
      }
    `,
  ];
  @property({ attribute: false }) error: unknown;
  @property({ type: Boolean }) retry = false;

  override render(): TemplateResult | typeof nothing {
    if (this.error === undefined) return nothing;
    const { message, advice, details } = describeError(this.error);
    // support looks into faults; what was entered wrongly is said above
    const trace = isJinshuiError(this.error) && this.error.status >= 500 ? this.error.traceId : undefined;
    return html`<div role="alert">
      <p><strong>${message}</strong>${advice === "" ? nothing : html` ${advice}`}</p>
      ${
        details.length === 0
          ? nothing
          : html`<ul>
              ${details.map((line) => html`<li>${line}</li>`)}
            </ul>`
      }
      ${trace === undefined ? nothing : html`<p class="trace">${t("error.trace")} ${trace}</p>`}
      ${this.retry && mayPass(this.error) ? html`<button class="button" @click=${() => this.dispatchEvent(new Event("retry"))}>${t("action.retry")}</button>` : nothing}
    </div>`;
  }
}
