import {
  type FormProblem,
  isJinshuiError,
  type OpInput,
  type OpOutput,
  type TaskAction,
  type WorkflowApi,
  workflowApi,
} from "@jinshui/contracts";
import { askReason, client, controls, dateTime, JinshuiElement, type LiveEvent, local, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { go } from "../frame/router.js";
import { historyList, historyStyles } from "./history-list.js";
import { dueBadge } from "./task-table.js";
import "./diagram-view.js";
import { DraftKeeper, type Kept } from "./office/draft-keeper.js";
import "./office/office-dialog.js";
import type { OfficeDialog } from "./office/office-dialog.js";
import "./office/office-menu.js";
import type { Operation } from "./office/office-menu.js";
import { roundList, roundStyles } from "./office/round-list.js";
import "./sign-dialog.js";
import "./task-form.js";
import { sendWhenConnected } from "./send-when-connected.js";
import type { TaskForm } from "./task-form.js";
import type { SignDialog } from "./sign-dialog.js";

type Task = OpOutput<WorkflowApi, "task">;

/** A task: what is asked, what was said before, where the matter is, and the buttons that move it on. */
@customElement("ji-task-page")
export class TaskPage extends JinshuiElement {
  static override styles = [
    controls,
    historyStyles,
    roundStyles,
    css`
      :host {
        display: block;
        padding-bottom: 96px;
      }
      .card {
        margin-bottom: 12px;
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 3fr) minmax(300px, 2fr);
        gap: 12px;
        align-items: start;
      }
      .actions {
        position: fixed;
        left: 0;
        right: 0;
        bottom: 0;
        background: var(--ji-surface);
        border-top: 1px solid var(--ji-rule);
        padding: 10px 16px;
        display: flex;
        gap: 8px;
        align-items: flex-end;
        justify-content: flex-end;
        z-index: 5;
      }
      .actions label {
        flex: 1;
        max-width: 640px;
        display: grid;
        gap: 2px;
        font-size: var(--ji-small);
        color: var(--ji-text-2);
      }
      textarea {
        font: inherit;
        height: 52px;
        resize: vertical;
        padding: 4px 8px;
      }
      .actions .button {
        height: 36px;
        min-width: 72px;
      }
      @media (max-width: 1000px) {
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      @media (max-width: 700px) {
        .actions {
          flex-wrap: wrap;
        }
        .actions label {
          flex-basis: 100%;
          order: -1;
        }
        ji-office-menu {
          margin-right: auto;
        }
        :host {
          padding-bottom: 140px;
        }
      }
    `,
  ];
  @property() taskId = "";
  @state() private task: Task | undefined;
  @state() private xml = "";
  @state() private error: unknown;
  @state() private busy = false;
  @state() private opinionMissing = false;
  @state() private saved = "";
  @state() private opinion = "";
  /** The action that is sent once the server can be reached again. */
  @state() private waiting = "";
  @query("ji-sign-dialog") private dialog!: SignDialog;
  @query("ji-office-dialog") private office!: OfficeDialog;
  #key = crypto.randomUUID();
  #patience = new AbortController();
  readonly #draft = new DraftKeeper((at) => (this.saved = at));

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("taskId")) {
      this.task = undefined;
      this.error = undefined;
      this.saved = "";
      this.opinion = "";
      void this.#load();
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#patience.abort();
    void this.#draft.flush();
  }

  protected override onHint({ name, data }: LiveEvent): void {
    if (name.startsWith("workflow.task") && data["instance"] === this.task?.instance && !this.busy) void this.#load();
  }

  override render(): TemplateResult {
    const { task } = this;
    return html` <div class="bar">
        <h1 tabindex="-1">${task?.title ?? ""}</h1>
        ${task ? html`<span class="badge">${task.step}</span>${task.onBehalfOf ? html`<span class="badge">${t("task.onBehalfOf", task.onBehalfOf)}</span>` : nothing}${task.state === "open" ? dueBadge(task) : nothing}` : nothing}
      </div>
      <ji-error .error=${this.error} ?retry=${this.task === undefined} @retry=${() => this.#load()}></ji-error>
      ${task ? this.#body(task) : nothing}`;
  }

  #body(task: Task): TemplateResult {
    const open = task.state === "open" && task.mine;
    return html` <div class="columns">
        <div>
          <section class="card">
            <h2>${local(task.definitionTitle)}<a href="/matters/${task.instance}">${t("task.wholeMatter")}</a></h2>
            <div class="body">
              <dl class="facts">
                <div>
                  <dt>${t("instance.number")}</dt>
                  <dd>${task.number}</dd>
                </div>
                <div>
                  <dt>${t("task.applicant")}</dt>
                  <dd>${task.applicantDepartment ?? ""} ${task.applicant.name}</dd>
                </div>
                <div>
                  <dt>${t("task.arrived")}</dt>
                  <dd>${dateTime(task.arrivedAt)}</dd>
                </div>
                ${
                  task.assignee
                    ? html`<div>
                        <dt>${t("task.assignee")}</dt>
                        <dd>${task.assignee.name}</dd>
                      </div>`
                    : nothing
                }
              </dl>
            </div>
          </section>
          ${
            task.form
              ? html`<section class="card">
                  <h2>${t("task.form")}</h2>
                  <div class="body">
                    <ji-task-form
                      plugin=${task.plugin ?? ""}
                      .form=${task.form}
                      .values=${task.values}
                      .step=${task.element}
                      ?readonly=${!open || task.readOnly === true}
                      draftKey=${open ? `task/${task.id}` : ""}
                      @entered=${() => this.#entered(task)}
                    ></ji-task-form>
                    <p class="quiet small" role="status">
                      ${task.draft?.outdated ? t("office.outdated") : ""}
                      ${this.saved === "" ? "" : t("office.saved", { at: dateTime(this.saved) })}
                    </p>
                  </div>
                </section>`
              : nothing
          }
        </div>
        <div>
          ${
            task.round
              ? html`<section class="card">
                  <h2>${t("office.round")}</h2>
                  <div class="body">${roundList(task.round, task.id, (id) => void this.#removeSigner(id))}</div>
                </section>`
              : nothing
          }
          <section class="card">
            <h2>${t("task.diagram")}</h2>
            <div class="body">
              ${this.xml === "" ? nothing : html`<ji-diagram .xml=${this.xml} .active=${task.activeElements} .passed=${task.passedElements}></ji-diagram>`}
            </div>
          </section>
          <section class="card">
            <h2>${t("task.history")}</h2>
            <div class="body">${historyList(task.history, task.form ? [task.form] : [], task.signatures)}</div>
          </section>
        </div>
      </div>
      <ji-sign-dialog></ji-sign-dialog
      ><ji-office-dialog></ji-office-dialog>
      ${open ? this.#actions(task) : html`<p class="quiet">${closedNote(task)}</p>`}`;
  }

  #actions(task: Task): TemplateResult {
    const opinion = task.actions.some((action) => action.opinion !== "none");
    return html`<div class="actions" role="group" aria-label=${t("task.actions")}>
      <span role="status"
        >${this.waiting === "" ? nothing : html`${t("task.waiting", { action: this.waiting })} <button class="button" @click=${() => this.#patience.abort()}>${t("task.stopWaiting")}</button>`}</span
      >
      ${
        task.operations.length === 0
          ? nothing
          : html`<ji-office-menu
              .operations=${task.operations}
              ?disabled=${this.busy}
              @choose=${(event: CustomEvent<Operation>) => this.#operate(task, event.detail)}
            ></ji-office-menu>`
      }
      ${opinion ? html`<label>${t("task.opinion")}${this.opinionMissing ? html`<span role="alert" style="color:var(--ji-error)">${t("task.opinionMissing")}</span>` : nothing}<textarea class="input" maxlength="2000" .value=${this.opinion} @input=${(event: Event) => this.#opined(event, task)}></textarea></label>` : nothing}
      ${task.assignee ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.#assign(task, false)}>${t("task.release")}</button>` : html`<button class="button" ?disabled=${this.busy} @click=${() => this.#assign(task, true)}>${t("task.claim")}</button>`}
      ${[...task.actions].reverse().map((action) => html`<button class="button ${action.tone === "default" ? "" : action.tone}" ?disabled=${this.busy} @click=${() => this.#complete(task, action)}>${local(action.title)}</button>`)}
    </div>`;
  }

  async #load(): Promise<void> {
    const workflow = client(workflowApi);
    try {
      const task = await workflow.task({ id: this.taskId });
      this.#draft.restore(task);
      // what is typed already stays when the task is read again
      if (this.opinion === "") this.opinion = task.draft?.opinion ?? "";
      this.task = task;
      if (this.xml === "") this.xml = (await workflow.diagram({ id: this.task.instance })).xml;
    } catch (error) {
      this.error = error;
    }
  }

  #opined(event: Event, task: Task): void {
    this.opinion = (event.target as HTMLTextAreaElement).value;
    this.opinionMissing = false;
    this.#entered(task);
  }

  #entered(task: Task): void {
    this.#key = crypto.randomUUID();
    if (task.operations.includes("save-draft")) this.#draft.enter(task.id, () => this.#kept());
  }

  /** What a draft keeps: the form and the opinion. */
  #kept(): Kept {
    const opinion = this.renderRoot.querySelector("textarea")?.value.trim() ?? "";
    const values = this.renderRoot.querySelector<TaskForm>("ji-task-form")?.changes ?? {};
    return { values, ...(opinion === "" ? {} : { opinion }) };
  }

  async #operate(task: Task, operation: Operation): Promise<void> {
    if (operation === "save-draft") {
      await this.#try(() => this.#draft.save(task.id, this.#kept()));
      return;
    }
    if (!(await this.office.ask(task, operation))) return;
    const notice = t(`office.done.${operation}`, { title: task.title });
    if (operation === "send-copies") await this.#load();
    else go("/", notice);
  }

  async #removeSigner(id: string): Promise<void> {
    const step = this.task?.round?.find((one) => one.id === id)?.step ?? "";
    const action = t("office.remove");
    const label = t("office.removeReason");
    const reason = await askReason({
      title: action,
      text: t("office.removeWhom", { step }),
      reason: { label },
      action,
    });
    if (reason === undefined) return;
    await this.#try(async () => {
      await client(workflowApi).removeSigner({ id, reason });
      await this.#load();
    });
  }

  async #assign(task: Task, take: boolean): Promise<void> {
    await this.#try(async () => {
      const workflow = client(workflowApi);
      await (take ? workflow.claim : workflow.release)({ id: task.id, version: task.version });
      await this.#load();
    });
  }

  async #complete(task: Task, action: TaskAction): Promise<void> {
    const form = this.renderRoot.querySelector<TaskForm>("ji-task-form");
    const opinion = this.renderRoot.querySelector("textarea")?.value.trim() ?? "";
    if (action.opinion === "required" && opinion === "") {
      this.opinionMissing = true;
      this.renderRoot.querySelector("textarea")?.focus();
      return;
    }
    const forward = action.tone === "primary";
    if (forward && form && !form.validate()) return;
    await this.#try(async () => {
      const values = forward
        ? Object.fromEntries(Object.entries(form?.changes ?? {}).filter(([, value]) => value !== null))
        : {};
      const workflow = client(workflowApi);
      const completion = {
        id: task.id,
        version: task.version,
        action: action.id,
        ...(opinion === "" || action.opinion === "none" ? {} : { opinion }),
        values,
      };
      const signature = action.signed === true ? await this.#agreement(task, action, completion) : undefined;
      if (signature === null) return;
      const key = { idempotencyKey: this.#key };
      await sendWhenConnected(
        () => workflow.complete({ ...completion, ...(signature ? { signature } : {}) }, key),
        (isWaiting) => (this.waiting = isWaiting ? local(action.title) : ""),
        (this.#patience = new AbortController()).signal,
      );
      form?.clearDraft();
      this.#draft.forget();
      go("/", t("task.doneNotice", { title: task.title, action: local(action.title) }));
    });
  }

  /** Shows what will be signed; nothing when the person does not want to. */
  async #agreement(
    { title, form }: Task,
    action: TaskAction,
    completion: OpInput<WorkflowApi, "prepareSignature">,
  ): Promise<{ certificate: string; sha256: string } | null> {
    const prepared = await client(workflowApi).prepareSignature(completion);
    const agreed = await this.dialog.ask({ prepared, title, action: local(action.title), form });
    return agreed ? { certificate: prepared.certificate.id, sha256: prepared.sha256 } : null;
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    try {
      await work();
      this.error = undefined;
    } catch (error) {
      this.error = error;
      if (isJinshuiError(error) && error.code === "invalid-form")
        this.renderRoot
          .querySelector<TaskForm>("ji-task-form")
          ?.showProblems((error.details?.["problems"] ?? []) as FormProblem[]);
      if (isJinshuiError(error) && ["stale-version", "task-closed", "task-taken"].includes(error.code))
        await this.#load();
    } finally {
      this.busy = false;
    }
  }
}

/** Why there is nothing to do here. */
function closedNote({ state, completedAt }: Task): string {
  if (state === "completed") return `${t("task.completed")} ${dateTime(completedAt)}`;
  return t(state === "open" ? "task.notYours" : "task.cancelled");
}
