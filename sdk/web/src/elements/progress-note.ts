import type { TransferJob } from "@jinshui/contracts";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { t } from "../texts/text.js";

/** How far an import or export is, and the way to stop it. Fires `cancel`. */
@customElement("ji-progress")
export class ProgressNote extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      div {
        display: flex;
        gap: 12px;
        align-items: center;
        flex-wrap: wrap;
      }
      progress {
        flex: 1;
        min-width: 160px;
        height: 8px;
        accent-color: var(--ji-brand);
      }
      span {
        font-variant-numeric: tabular-nums;
      }
    `,
  ];
  @property({ attribute: false }) job: TransferJob | undefined;
  /** What is going on, in words. */
  @property() label = "";

  override render(): TemplateResult | typeof nothing {
    const { job } = this;
    if (!job) return nothing;
    const { done, total, state } = job;
    const said =
      state === "waiting"
        ? t("transfer.waiting")
        : total === undefined
          ? t("transfer.done", { done })
          : t("transfer.progress", { done, total });
    // an element without a value shows that something goes on, not how far it is
    const bar =
      state === "waiting" || total === undefined
        ? html`<progress aria-label=${this.label}></progress>`
        : html`<progress aria-label=${this.label} max=${Math.max(1, total)} .value=${done}></progress>`;
    return html`<div>
      <span>${this.label}</span>${bar}<span role="status">${said}</span>
      <button class="button" @click=${() => this.dispatchEvent(new Event("cancel"))}>${t("action.cancel")}</button>
    </div>`;
  }
}
