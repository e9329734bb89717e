import { controls, JinshuiElement, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { type Credentials, signInAgain } from "../frame/session.js";
import "./sign-in-steps.js";

/** A dialog in which the signed-in person proves again who they are, before something sensitive is done. */
@customElement("ji-sign-in-again")
export class SignInAgain extends JinshuiElement {
  static override styles = [
    controls,
    css`
      dialog {
        width: min(400px, 92vw);
        padding: 0;
        border: 1px solid var(--ji-rule);
        border-radius: var(--ji-card-radius);
        background: var(--ji-surface);
        color: var(--ji-text);
        box-shadow: var(--ji-float);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 35%);
      }
      .head {
        display: flex;
        justify-content: space-between;
        align-items: center;
        padding: 9px 16px;
        border-bottom: 1px solid var(--ji-rule);
      }
      p {
        margin: 12px 16px 0;
      }
    `,
  ];
  @property() username = "";
  @query("dialog") private dialog!: HTMLDialogElement;
  @state() private answer: PromiseWithResolvers<boolean> | undefined;

  /** Opens the dialog; whether it was proven. Several that ask at the same time share one answer. */
  ask(): Promise<boolean> {
    if (!this.answer) {
      this.answer = Promise.withResolvers<boolean>();
      this.dialog.showModal();
    }
    return this.answer.promise;
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="title" @close=${() => this.#close(false)}>
      <div class="head">
        <h2 id="title">${t("account.again")}</h2>
        <button class="button plain" type="button" @click=${() => this.dialog.close()}>${t("action.cancel")}</button>
      </div>
      ${
        this.answer === undefined
          ? nothing
          : html`<p>${t("account.againHint")}</p>
              <ji-sign-in-steps
                .username=${this.username}
                .submitText=${t("account.confirm")}
                .attempt=${(credentials: Credentials) => signInAgain(credentials)}
                @signed-in=${() => this.#close(true)}
              ></ji-sign-in-steps>`
      }
    </dialog>`;
  }

  #close(proven: boolean): void {
    this.answer?.resolve(proven);
    this.answer = undefined;
    this.dialog.close();
  }
}
