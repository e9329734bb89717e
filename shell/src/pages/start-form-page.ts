import { type FormProblem, isJinshuiError, type OpOutput, type WorkflowApi, workflowApi } from "@jinshui/contracts";
import { client, controls, JinshuiElement, local, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { go } from "../frame/router.js";
import "./diagram-view.js";
import "./task-form.js";
import type { TaskForm } from "./task-form.js";

/** Fills in the start form of a matter and sends it. */
@customElement("ji-start-form-page")
export class StartFormPage extends JinshuiElement {
  static override styles = [
    controls,
    css`
      .card {
        margin-bottom: 12px;
        max-width: 1200px;
      }
      .actions {
        display: flex;
        gap: 8px;
        margin-top: 12px;
      }
    `,
  ];
  @property() definitionId = "";
  @state() private definition: OpOutput<WorkflowApi, "definition"> | undefined;
  @state() private error: unknown;
  @state() private busy = false;
  #key = crypto.randomUUID();

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("definitionId")) void this.#load();
  }

  override render(): TemplateResult {
    const { definition } = this;
    return html`<div class="bar"><h1 tabindex="-1">${t("start.title", { title: local(definition?.title) })}</h1></div>
      <ji-error .error=${this.error}></ji-error>
      ${
        definition
          ? html`<section class="card">
                <h2>${t("start.form")}</h2>
                <div class="body">
                  ${definition.description ? html`<p class="quiet">${definition.description}</p>` : nothing}
                  ${definition.form ? html`<ji-task-form plugin=${definition.plugin ?? ""} .form=${definition.form} .step=${definition.startEvent} .start=${true} draftKey="start/${definition.key}" @entered=${() => (this.#key = crypto.randomUUID())}></ji-task-form>` : html`<p class="quiet">${t("start.noForm")}</p>`}
                  <div class="actions">
                    <button class="button primary" ?disabled=${this.busy} @click=${this.#send}>
                      ${t("start.send")}</button
                    ><button class="button" @click=${() => history.back()}>${t("action.cancel")}</button>
                  </div>
                </div>
              </section>
              <section class="card">
                <h2>${t("start.diagram")}</h2>
                <div class="body"><ji-diagram .xml=${definition.xml}></ji-diagram></div>
              </section>`
          : nothing
      }`;
  }

  async #load(): Promise<void> {
    try {
      this.definition = await client(workflowApi).definition({ id: this.definitionId });
    } catch (error) {
      this.error = error;
    }
  }

  async #send(): Promise<void> {
    const form = this.renderRoot.querySelector<TaskForm>("ji-task-form");
    if (form && !form.validate()) return;
    this.busy = true;
    try {
      const values = Object.fromEntries(Object.entries(form?.changes ?? {}).filter(([, value]) => value !== null));
      const instance = await client(workflowApi).start(
        { definition: this.definitionId, values },
        { idempotencyKey: this.#key },
      );
      form?.clearDraft();
      go(`/matters/${instance.id}`);
    } catch (error) {
      this.error = error;
      if (isJinshuiError(error) && error.code === "invalid-form")
        form?.showProblems((error.details?.["problems"] ?? []) as FormProblem[]);
    } finally {
      this.busy = false;
    }
  }
}
