import { controls, JinshuiElement, t } from "@jinshui/web";
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Absence } from "./plugin-module.js";

/** Stands where a part of a plugin would be: says why it isn't there, and offers to open it again (event `again`). */
@customElement("ji-absence")
export class AbsenceNote extends JinshuiElement {
  static override styles = [controls];
  @property() absence: Absence = "failed";

  override render(): TemplateResult {
    const isHeld = this.absence === "held-back";
    return html`<ji-empty text=${t(isHeld ? "component.heldBack" : "component.failed")}>
      <button class="button" @click=${() => this.dispatchEvent(new Event("again"))}>
        ${t(isHeld ? "component.openAnyway" : "action.retry")}
      </button>
    </ji-empty>`;
  }
}
