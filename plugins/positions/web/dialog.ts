import { t } from "@jinshui/web";
import { entryProblem, fieldTemplate, type FieldSpec } from "@jinshui/web/form";
import { css, html, type LitElement, nothing, type TemplateResult } from "lit";

/** What is entered, by key of the field. */
export type Entered = Record<string, unknown>;

export type DialogField = FieldSpec & { minLength?: number };

/** The reason that every change of rights takes. */
export const reasonField = (): DialogField => ({
  key: "reason",
  label: t("positions.reason"),
  kind: "multiline",
  required: true,
  minLength: 2,
  maxLength: 200,
});

/** A form in a dialog. */
export interface DialogSpec {
  title: string;
  /** What follows from it, in a sentence. */
  note?: string;
  fields: DialogField[];
  values?: Entered;
  /** Label of the button that sends it. */
  action: string;
  danger?: boolean;
  /** `key` makes sending it twice one request. */
  send: (entered: Entered, call: { idempotencyKey: string }) => Promise<unknown>;
}

export const dialogStyles = css`
  dialog {
    width: min(480px, calc(100vw - 24px));
    max-height: calc(100vh - 24px);
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
  dialog h2 {
    padding: 12px 16px;
    border-bottom: 1px solid var(--ji-rule);
  }
  dialog .fields {
    display: grid;
    gap: 4px;
    padding: 12px 16px;
  }
  dialog .fields > * {
    width: 100%;
  }
  dialog p {
    margin: 0 0 4px;
  }
  dialog .buttons {
    display: flex;
    justify-content: flex-end;
    gap: 8px;
    padding: 10px 16px;
    border-top: 1px solid var(--ji-rule);
    position: sticky;
    bottom: 0;
    background: var(--ji-surface);
  }
`;

/** One dialog of a page: opens, checks what must be there, sends, and closes when it was taken. */
export class Dialog {
  #spec: DialogSpec | undefined;
  #entered: Entered = {};
  #problems = new Map<string, string>();
  #error: unknown;
  #busy = false;
  #key = "";

  /** Enter takes what an open list offers and does not send the form as well; said before the field closes its list. */
  readonly #pick = {
    capture: true,
    handleEvent: (event: KeyboardEvent): void => {
      if (event.key === "Enter" && this.#pickerOpen()) event.preventDefault();
    },
  };

  constructor(
    readonly host: LitElement,
    /** Called after something was sent and taken. */
    readonly sent: () => void,
  ) {}

  open(spec: DialogSpec): void {
    this.#spec = spec;
    this.#entered = { ...spec.values };
    this.#problems = new Map();
    this.#error = undefined;
    this.#key = crypto.randomUUID();
    this.host.requestUpdate();
    void this.host.updateComplete.then(() => {
      this.#element?.showModal();
      // fields of their own kind are not ready for the focus that opening gives
      setTimeout(() => this.#element?.querySelector<HTMLElement>(".fields > [id]")?.focus());
    });
  }

  get #element(): HTMLDialogElement | null {
    return this.host.renderRoot.querySelector("dialog");
  }

  template(): TemplateResult {
    const spec = this.#spec;
    return html`<dialog
      aria-labelledby="dialog-title"
      @cancel=${(event: Event) => this.#pickerOpen() && event.preventDefault()}
      @close=${() => {
        // the event comes later: there may be a next one already
        if (this.#element?.open === true) return;
        this.#spec = undefined;
        this.host.requestUpdate();
      }}
    >
      ${
        spec === undefined
          ? nothing
          : html`<form novalidate @keydown=${this.#pick} @submit=${(event: Event) => this.#submit(event, spec)}>
              <h2 id="dialog-title">${spec.title}</h2>
              <div class="fields">
                ${spec.note === undefined ? nothing : html`<p class="quiet">${spec.note}</p>`}
                <ji-error .error=${this.#error}></ji-error>
                ${spec.fields.map((field) => fieldTemplate(field, this.#entered[field.key], this.#problems.get(field.key), (value) => this.#enter(field.key, value)))}
              </div>
              <div class="buttons">
                <button class="button" type="button" @click=${() => this.#element?.close()}>
                  ${t("action.cancel")}
                </button>
                <button
                  class="button ${spec.danger === true ? "danger" : "primary"}"
                  type="submit"
                  ?disabled=${this.#busy}
                >
                  ${spec.action}
                </button>
              </div>
            </form>`
      }
    </dialog>`;
  }

  /** Escape closes an open list first. */
  #pickerOpen(): boolean {
    return this.#element?.querySelector("[opened]") !== null;
  }

  #enter(key: string, value: unknown): void {
    this.#entered = { ...this.#entered, [key]: value };
    this.#problems.delete(key);
    this.#key = crypto.randomUUID();
    this.host.requestUpdate();
  }

  async #submit(event: Event, spec: DialogSpec): Promise<void> {
    event.preventDefault();
    this.#problems = new Map(
      spec.fields.flatMap((field): [string, string][] => {
        const problem = problemOf(field, this.#entered[field.key]);
        return problem === undefined ? [] : [[field.key, problem]];
      }),
    );
    const [first] = this.#problems.keys();
    if (first !== undefined) {
      this.host.requestUpdate();
      this.#element?.querySelector<HTMLElement>(`#${CSS.escape(first)}`)?.focus();
      return;
    }
    this.#busy = true;
    this.#error = undefined;
    this.host.requestUpdate();
    try {
      await spec.send(this.#entered, { idempotencyKey: this.#key });
      this.#element?.close();
      this.sent();
    } catch (error) {
      this.#error = error;
    } finally {
      this.#busy = false;
      this.host.requestUpdate();
    }
  }
}

function problemOf({ kind, required, minLength }: DialogField, value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : value;
  if (text === undefined || text === null || text === "") return required ? t("problem.required") : undefined;
  const short = typeof text === "string" && minLength !== undefined && text.length < minLength;
  return short ? t("problem.too-short", { limit: minLength }) : entryProblem({ kind }, value);
}
