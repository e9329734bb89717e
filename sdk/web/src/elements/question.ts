import { css, html, nothing, type TemplateResult } from "lit";
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
  /** A reason that has to be given with it. */
  reason?: {
    label: string;
    /** Most characters that are taken; 500 when absent. */
    longest?: number;
  };
}

/**
 * A dialog that asks; Escape and 取消, which has the focus unless a reason is to be given, say no. Fires `answered` with the reason, or with
 * `yes` where none is asked for; empty means no.
 */
@customElement("ji-question")
export class QuestionDialog extends JinshuiElement {
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
      p,
      label {
        display: grid;
        gap: 4px;
        margin: 0;
        padding: 12px 16px;
        overflow-wrap: anywhere;
      }
      p + label {
        padding-top: 0;
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
    const { title, text, action, reason } = this.question;
    return html`<dialog aria-labelledby="title" aria-describedby="text" @close=${this.#closed}>
      <form @submit=${this.#submit}>
        <h2 id="title">${title}</h2>
        <p id="text">${text}</p>
        ${
          reason === undefined
            ? nothing
            : html`<label
                >${reason.label}<input
                  class="input"
                  name="reason"
                  required
                  minlength="2"
                  maxlength=${reason.longest ?? 500}
                  autocomplete="off"
              /></label>`
        }
        <div class="buttons">
          <button class="button" type="button" @click=${() => this.dialog.close()}>${t("action.cancel")}</button>
          <button class="button danger">${action}</button>
        </div>
      </form>
    </dialog>`;
  }

  readonly #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const reason = new FormData(event.target as HTMLFormElement).get("reason");
    const answer = typeof reason === "string" ? reason.trim() : "yes";
    if (answer !== "") this.dialog.close(answer);
  };

  #closed(): void {
    this.dispatchEvent(new CustomEvent("answered", { detail: this.dialog.returnValue }));
  }
}

/** Asks in a dialog; whether the answer was yes. */
export async function confirmed(question: Omit<Question, "reason">): Promise<boolean> {
  return (await answerTo(question)) !== "";
}

/** Asks for a reason in a dialog; nothing when it was given up. */
export async function askReason(question: Question & Required<Pick<Question, "reason">>): Promise<string | undefined> {
  return (await answerTo(question)) || undefined;
}

function answerTo(question: Question): Promise<string> {
  const dialog = new QuestionDialog();
  dialog.question = question;
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener(
      "answered",
      (event) => {
        dialog.remove();
        resolve((event as CustomEvent<string>).detail);
      },
      { once: true },
    );
  });
}
