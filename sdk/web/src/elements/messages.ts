import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { JinshuiElement } from "../base-element.js";

const SHOWN_MS = 5_000;

/** Where the page says that something was done, for the eye and for screen readers; nobody has to close it. */
@customElement("ji-messages")
export class Messages extends JinshuiElement {
  static override styles = css`
    :host {
      position: fixed;
      left: 0;
      right: 0;
      bottom: 24px;
      display: flex;
      justify-content: center;
      pointer-events: none;
      z-index: 20;
    }
    p {
      margin: 0;
      padding: 8px 16px;
      max-width: min(560px, calc(100vw - 24px));
      overflow-wrap: anywhere;
      background: var(--ji-ok-tint);
      color: var(--ji-ok);
      border: 1px solid var(--ji-ok);
      border-radius: var(--ji-radius);
      box-shadow: var(--ji-float);
    }
    @media print {
      :host {
        display: none;
      }
    }
  `;
  @state() private text = "";
  #gone: ReturnType<typeof setTimeout> | undefined;

  override render(): TemplateResult {
    return html`<div role="status" aria-live="polite">${this.text === "" ? nothing : html`<p>${this.text}</p>`}</div>`;
  }

  show(text: string): void {
    clearTimeout(this.#gone);
    this.text = text;
    this.#gone = setTimeout(() => (this.text = ""), SHOWN_MS);
  }
}

let place: Messages | undefined;

/** Says in a line at the edge of the page that something was done. */
export function announce(text: string): void {
  if (!place) {
    place = new Messages();
    document.body.append(place);
  }
  const messages = place;
  // a region that is there before its text is read out
  void messages.updateComplete.then(() => messages.show(text));
}
