import { css, html, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { t } from "../texts/text.js";

/** What somebody is asked before something is done. */
export interface Question {
  title: string;
  /** What follows from it, naming what it is done to. */
  text: string;
  /** Label of the button that says yes. */
  action: string;
}

/** A dialog that asks; Escape and 取消, which has the focus, say no. Fires `answered`. */
@customElement("ji-question")
export class QuestionDialog extends JinshuiElement {
  static override styles = [
    controls,
    css`
      dialog {
        width: min(420px, calc(100vw - 24px));
        padding: 0;
        border: 1px solid var(--ji-rule);
        border-radius: var(--ji-card-radius);
        background: var(--ji-surface);
        color: var(--ji-text);
        box-shadow: var(--ji-float);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 40%);
      }
      h2 {
        padding: 12px 16px;
        border-bottom: 1px solid var(--ji-rule);
      }
      p {
        margin: 0;
        padding: 12px 16px;
        overflow-wrap: anywhere;
      }
      .buttons {
        display: flex;
        justify-content: flex-end;
        gap: 8px;
        padding: 10px 16px;
        border-top: 1px solid var(--ji-rule);
      }
    `,
  ];
  @property({ attribute: false }) question: Question = { title: "", text: "", action: "" };
  @query("dialog") private dialog!: HTMLDialogElement;

  override firstUpdated(): void {
    this.dialog.showModal();
  }

  override render(): TemplateResult {
    const { title, text, action } = this.question;
    return html`<dialog aria-labelledby="title" aria-describedby="text" @close=${this.#closed}>
      <h2 id="title">${title}</h2>
      <p id="text">${text}</p>
      <div class="buttons">
        <button class="button" @click=${() => this.dialog.close()}>${t("action.cancel")}</button>
        <button class="button danger" @click=${() => this.dialog.close("yes")}>${action}</button>
      </div>
    </dialog>`;
  }

  #closed(): void {
    this.dispatchEvent(new CustomEvent("answered", { detail: this.dialog.returnValue === "yes" }));
  }
}

/** Asks in a dialog; whether the answer was yes. */
export function confirmed(question: Question): Promise<boolean> {
  const dialog = new QuestionDialog();
  dialog.question = question;
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener(
      "answered",
      (event) => {
        dialog.remove();
        resolve((event as CustomEvent<boolean>).detail);
      },
      { once: true },
    );
  });
}
