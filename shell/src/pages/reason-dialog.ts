import { controls, JinshuiElement, t } from "@jinshui/web";
import { css, html, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";

/** What somebody is asked a reason for. */
export interface ReasonQuestion {
  title: string;
  /** What follows, naming what it is done to. */
  text: string;
  label: string;
  /** Label of the button that does it. */
  action: string;
  /** Most characters that are taken; 500 when absent. */
  longest?: number;
}

/** A dialog that takes a reason; Escape and 取消 give none. Fires `answered`. */
@customElement("ji-reason-dialog")
export class ReasonDialog extends JinshuiElement {
  static override styles = [
    controls,
    css`
      dialog {
        width: min(480px, calc(100vw - 24px));
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
      .body {
        display: grid;
        gap: 8px;
        padding: 12px 16px;
      }
      p {
        margin: 0;
        overflow-wrap: anywhere;
      }
      label {
        display: grid;
        gap: 4px;
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
  @property({ attribute: false }) question: ReasonQuestion = { title: "", text: "", label: "", action: "" };
  @query("dialog") private dialog!: HTMLDialogElement;

  override firstUpdated(): void {
    this.dialog.showModal();
  }

  override render(): TemplateResult {
    const { title, text, label, action, longest = 500 } = this.question;
    return html`<dialog aria-labelledby="title" aria-describedby="text" @close=${this.#closed}>
      <form @submit=${this.#submit}>
        <h2 id="title">${title}</h2>
        <div class="body">
          <p id="text">${text}</p>
          <label
            >${label}<input class="input" name="reason" required minlength="2" maxlength=${longest} autocomplete="off"
          /></label>
        </div>
        <div class="buttons">
          <button class="button" type="button" @click=${() => this.dialog.close()}>${t("action.cancel")}</button>
          <button class="button danger">${action}</button>
        </div>
      </form>
    </dialog>`;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const reason = String(new FormData(event.target as HTMLFormElement).get("reason")).trim();
    if (reason !== "") this.dialog.close(reason);
  };

  #closed(): void {
    this.dispatchEvent(new CustomEvent("answered", { detail: this.dialog.returnValue }));
  }
}

/** Asks for a reason in a dialog; nothing when it was given up. */
export function askReason(question: ReasonQuestion): Promise<string | undefined> {
  const dialog = new ReasonDialog();
  dialog.question = question;
  document.body.append(dialog);
  return new Promise((resolve) => {
    const answered = (event: Event): void => {
      const { detail } = event as CustomEvent<string>;
      dialog.remove();
      resolve(detail === "" ? undefined : detail);
    };
    dialog.addEventListener("answered", answered, { once: true });
  });
}
