import { css, html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";

/** One line that says why nothing is here, and one action in its slot. */
@customElement("ji-empty")
export class EmptyNote extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      :host {
        padding: 20px 16px;
        text-align: center;
        color: var(--ji-text-2);
        font-size: 13px;
      }
      ::slotted(a) {
        text-decoration: underline;
      }
    `,
  ];
  @property() text = "";

  override render(): TemplateResult {
    return html`<span>${this.text}</span> <slot></slot>`;
  }
}
