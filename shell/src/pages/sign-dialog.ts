import type { FormSchema, OpOutput, WorkflowApi } from "@jinshui/contracts";
import { controls, dateTime, JinshuiElement, t } from "@jinshui/web";
import { shownValue } from "@jinshui/web/form";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

/** What a person is about to sign. */
export interface ToSign {
  prepared: OpOutput<WorkflowApi, "prepareSignature">;
  /** The matter's title. */
  title: string;
  /** The action in words. */
  action: string;
  form: FormSchema | undefined;
}

/** Shows what will be signed, all of it, and asks whether it shall be. */
@customElement("ji-sign-dialog")
export class SignDialog extends JinshuiElement {
  static override styles = [
    controls,
    css`
      dialog {
        width: min(600px, 94vw);
        max-height: 86vh;
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
      .head,
      .foot {
        display: flex;
        gap: 8px;
        justify-content: flex-end;
        padding: 9px 16px;
      }
      .head {
        justify-content: flex-start;
        border-bottom: 1px solid var(--ji-rule);
      }
      .foot {
        position: sticky;
        bottom: 0;
        background: var(--ji-surface);
        border-top: 1px solid var(--ji-rule);
      }
      .body {
        padding: 12px 16px;
      }
      p {
        margin: 0 0 10px;
      }
      dl {
        display: grid;
        grid-template-columns: 8em minmax(0, 1fr);
        gap: 6px 12px;
        margin: 0;
        font-size: 13px;
      }
      dt {
        color: var(--ji-text-2);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .lines {
        white-space: pre-wrap;
      }
      h3 {
        margin: 14px 0 6px;
        font-size: 13px;
      }
    `,
  ];
  @query("dialog") private dialog!: HTMLDialogElement;
  @state() private asked: ToSign | undefined;
  #answer: PromiseWithResolvers<boolean> | undefined;

  /** Opens the dialog; whether the person signs. */
  async ask(toSign: ToSign): Promise<boolean> {
    this.asked = toSign;
    this.#answer = Promise.withResolvers<boolean>();
    await this.updateComplete;
    this.dialog.showModal();
    return this.#answer.promise;
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="title" @close=${() => this.#close(false)}>
      ${this.asked ? this.#content(this.asked) : nothing}
    </dialog>`;
  }

  #content({ prepared, title, action, form }: ToSign): TemplateResult {
    const { content, certificate } = prepared;
    const { signer, position, onBehalfOf, values } = content;
    const name = onBehalfOf ? t("sign.signerFor", { name: signer.name, other: onBehalfOf.name }) : signer.name;
    const components = (form?.components ?? []).filter(({ key }) => key !== undefined && key in values);
    return html`<div class="head"><h2 id="title">${t("sign.title")}</h2></div>
      <div class="body" tabindex="0" role="group" aria-labelledby="title">
        <p class="quiet">${t("sign.hint")}</p>
        <dl>
          <dt>${t("sign.matter")}</dt>
          <dd>${content.instance.number} ${title}</dd>
          <dt>${t("sign.step")}</dt>
          <dd>${content.task.step}</dd>
          <dt>${t("sign.result")}</dt>
          <dd><strong>${action}</strong></dd>
          <dt>${t("sign.opinion")}</dt>
          <dd class="lines">${content.opinion === "" ? t("value.none") : content.opinion}</dd>
          <dt>${t("sign.signer")}</dt>
          <dd>${name}${position ? html` <span class="quiet">${position.title}</span>` : nothing}</dd>
          <dt>${t("sign.certificate")}</dt>
          <dd>
            ${t("sign.certificateText", {
              algorithm: t(`algorithm.${certificate.algorithm}`),
              serial: certificate.serial,
              until: dateTime(certificate.notAfter),
            })}
          </dd>
        </dl>
        ${
          components.length === 0
            ? nothing
            : html`<h3>${t("sign.form")}</h3>
                <dl>
                  ${components.map(
                    (component) =>
                      html`<dt>${component.label ?? component.key}</dt>
                        <dd class="lines">${shownValue(component, values[component.key ?? ""])}</dd>`,
                  )}
                </dl>`
        }
      </div>
      <div class="foot">
        <button class="button" type="button" @click=${() => this.dialog.close()}>${t("action.cancel")}</button>
        <button class="button primary" type="button" @click=${() => this.#close(true)}>
          ${t("sign.submit", { action })}
        </button>
      </div>`;
  }

  #close(agreed: boolean): void {
    this.#answer?.resolve(agreed);
    this.#answer = undefined;
    this.dialog.close();
  }
}
