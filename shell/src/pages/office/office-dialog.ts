import { type OpOutput, type SendBackTarget, type WorkflowApi, workflowApi } from "@jinshui/contracts";
import { client, controls, JinshuiElement, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { Operation } from "./office-menu.js";
import "./people-picker.js";
import type { PeoplePicker } from "./people-picker.js";

type Task = Pick<OpOutput<WorkflowApi, "task">, "id" | "version" | "instance" | "title">;
type Asking = Exclude<Operation, "save-draft">;

/** Label of the text that each operation takes. */
const TEXTS: Record<Asking, string> = {
  "send-back": "office.backReason",
  transfer: "office.reason",
  "add-signers": "office.reason",
  consult: "office.question",
  "send-copies": "office.note",
};

/** Asks for what an operation on a task needs, and does it. */
@customElement("ji-office-dialog")
export class OfficeDialog extends JinshuiElement {
  static override styles = [
    controls,
    css`
      dialog {
        width: min(520px, 94vw);
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
        padding: 9px 16px;
      }
      .head {
        border-bottom: 1px solid var(--ji-rule);
      }
      .foot {
        justify-content: flex-end;
        position: sticky;
        bottom: 0;
        background: var(--ji-surface);
        border-top: 1px solid var(--ji-rule);
      }
      .body {
        padding: 12px 16px;
        display: grid;
        gap: 12px;
      }
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 4px;
      }
      legend,
      .text {
        padding: 0;
        font-size: var(--ji-small);
        color: var(--ji-text-2);
      }
      .text {
        display: grid;
        gap: 4px;
      }
      .choice {
        display: flex;
        gap: 8px;
        align-items: center;
        min-height: 28px;
      }
      textarea.input {
        font: inherit;
        height: 72px;
        padding: 4px 8px;
        resize: vertical;
      }
      .wrong {
        color: var(--ji-error);
        margin: 0;
      }
    `,
  ];
  @query("dialog") private dialog!: HTMLDialogElement;
  @query("ji-people-picker") private picker!: PeoplePicker | null;
  @state() private task: Task | undefined;
  @state() private operation: Asking = "send-back";
  @state() private targets: SendBackTarget[] = [];
  @state() private target = "";
  @state() private wrong = "";
  @state() private error: unknown;
  @state() private busy = false;
  #key = crypto.randomUUID();
  #answer: PromiseWithResolvers<boolean> | undefined;

  /** Opens the dialog; whether the operation was done. */
  async ask(task: Task, operation: Asking): Promise<boolean> {
    this.task = task;
    this.operation = operation;
    this.targets = [];
    this.wrong = "";
    this.error = undefined;
    this.#key = crypto.randomUUID();
    this.#answer = Promise.withResolvers<boolean>();
    const { promise } = this.#answer;
    if (operation === "send-back")
      try {
        this.targets = (await client(workflowApi).sendBackTargets({ id: task.id })).targets;
        this.target = this.targets[0]?.element ?? "";
      } catch (error) {
        this.error = error;
      }
    await this.updateComplete;
    this.dialog.showModal();
    return promise;
  }

  override render(): TemplateResult {
    const { task } = this;
    return html`<dialog aria-labelledby="title" @close=${() => this.#end(false)}>
      ${task ? this.#form(task) : nothing}
    </dialog>`;
  }

  #form(task: Task): TemplateResult {
    const { operation } = this;
    const title = t(`office.${operation}`).replace("…", "");
    return html`<form method="dialog" @submit=${(event: Event) => this.#submit(event, task)}>
      <div class="head"><h2 id="title">${title}</h2></div>
      <div class="body">
        ${operation === "send-back" ? this.#targets() : this.#people(task)}
        ${operation === "add-signers" ? this.#place() : nothing}
        <label class="text"
          >${t(TEXTS[operation])}<textarea
            class="input"
            name="text"
            maxlength=${operation === "send-copies" ? 200 : 500}
            @input=${() => (this.wrong = "")}
          ></textarea>
        </label>
        ${this.wrong === "" ? nothing : html`<p class="wrong" role="alert">${this.wrong}</p>`}
        <ji-error .error=${this.error}></ji-error>
      </div>
      <div class="foot">
        <button class="button" type="button" @click=${() => this.dialog.close()}>${t("office.cancel")}</button>
        <button class="button primary" ?disabled=${this.busy}>${title}</button>
      </div>
    </form>`;
  }

  #targets(): TemplateResult {
    const chosen = this.targets.find(({ element }) => element === this.target);
    return html`<fieldset>
        <legend>${t("office.target")}</legend>
        ${this.targets.map(
          ({ element, step, by }) =>
            html`<label class="choice"
              ><input
                type="radio"
                name="target"
                .value=${element}
                .checked=${element === this.target}
                @change=${() => (this.target = element)}
              />${by ? t("office.targetBy", { step, name: by.name }) : step}</label
            >`,
        )}
      </fieldset>
      <label class="choice"
        ><input type="checkbox" name="direct" ?disabled=${chosen?.direct !== true} />${t("office.direct")}</label
      >`;
  }

  #people({ id }: Task): TemplateResult {
    const many = this.operation === "add-signers" || this.operation === "send-copies";
    return html`<ji-people-picker
      .taskId=${id}
      label=${t(many ? "office.people" : "office.person")}
      ?able=${this.operation === "transfer"}
      ?many=${many}
      @change=${() => (this.wrong = "")}
    ></ji-people-picker>`;
  }

  #place(): TemplateResult {
    return html`<fieldset>
      <legend>${t("office.place")}</legend>
      ${(["before", "after"] as const).map(
        (place) =>
          html`<label class="choice"
            ><input
              type="radio"
              name="place"
              value=${place}
              ?checked=${place === "before"}
            />${t(`office.${place}`)}</label
          >`,
      )}
    </fieldset>`;
  }

  async #submit(event: Event, task: Task): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const text = String(data.get("text") ?? "").trim();
    const people = this.picker?.people ?? [];
    if (this.operation !== "send-back" && people.length === 0) this.wrong = t("office.choose");
    else if (this.operation !== "send-copies" && [...text].length < 2) this.wrong = t("office.needReason");
    else {
      this.busy = true;
      try {
        await this.#do(task, { text, people, direct: data.get("direct") !== null, place: String(data.get("place")) });
        this.#end(true);
        this.dialog.close();
      } catch (error) {
        this.error = error;
      } finally {
        this.busy = false;
      }
    }
  }

  async #do(
    { id, version, instance }: Task,
    given: { text: string; people: string[]; direct: boolean; place: string },
  ): Promise<unknown> {
    const workflow = client(workflowApi);
    const options = { idempotencyKey: this.#key };
    const { text, people } = given;
    const [first = ""] = people;
    switch (this.operation) {
      case "send-back":
        return workflow.sendBack({ id, version, to: this.target, opinion: text, direct: given.direct }, options);
      case "transfer":
        return workflow.transfer({ id, version, to: first, reason: text }, options);
      case "consult":
        return workflow.consult({ id, version, person: first, question: text }, options);
      case "add-signers": {
        const place = given.place === "after" ? "after" : "before";
        return workflow.addSigners({ id, version, people, place, reason: text }, options);
      }
      case "send-copies":
        return workflow.sendCopies({ id: instance, people, ...(text === "" ? {} : { note: text }) }, options);
    }
  }

  #end(done: boolean): void {
    this.#answer?.resolve(done);
    this.#answer = undefined;
    if (!done) this.task = undefined;
  }
}
