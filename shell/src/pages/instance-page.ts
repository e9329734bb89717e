import { type InstanceDetail, type Profile, workflowApi } from "@jinshui/contracts";
import { client, controls, dateTime, JinshuiElement, type LiveEvent, local, t } from "@jinshui/web";
import "@jinshui/web/form";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { historyList, historyStyles } from "./history-list.js";
import "./diagram-view.js";

/** A matter from its start to where it is now. */
@customElement("ji-instance-page")
export class InstancePage extends JinshuiElement {
  static override styles = [
    controls,
    historyStyles,
    css`
      .card {
        margin-bottom: 12px;
      }
      .stuck {
        border-color: var(--ji-error);
      }
    `,
  ];
  @property() instanceId = "";
  @property({ attribute: false }) profile: Profile | undefined;
  @state() private instance: InstanceDetail | undefined;
  @state() private xml = "";
  @state() private error: unknown;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("instanceId")) {
      this.xml = "";
      void this.#load();
    }
  }

  protected override onHint({ name, data }: LiveEvent): void {
    if (name.startsWith("workflow.") && (data["instance"] === this.instanceId || name === "workflow.notices-changed"))
      void this.#load();
  }

  override render(): TemplateResult {
    const { instance } = this;
    return html`<div class="bar">
        <h1 tabindex="-1">${instance?.title ?? ""}</h1>
        ${instance ? html`<span class="badge ${instance.state === "completed" ? "ok" : instance.state === "incident" ? "error" : ""}">${t(`state.${instance.state}`)}</span>` : nothing}
      </div>
      <ji-error .error=${this.error} ?retry=${true} @retry=${() => this.#load()}></ji-error
      >${instance ? this.#body(instance) : nothing}`;
  }

  #body(instance: InstanceDetail): TemplateResult {
    return html` ${instance.incidentElements.map((element) => html`<section class="card stuck"><div class="body">${t("instance.stuck")} ${this.profile?.permissions.includes("site.instances") ? html`<button class="button" @click=${() => this.#retry(element)}>${t("action.retry")}</button>` : nothing}</div></section>`)}
      <section class="card">
        <h2>${local(instance.definitionTitle)}</h2>
        <div class="body">
          <dl class="facts">
            <div>
              <dt>${t("instance.number")}</dt>
              <dd>${instance.number}</dd>
            </div>
            <div>
              <dt>${t("task.applicant")}</dt>
              <dd>${instance.applicant.name}</dd>
            </div>
            <div>
              <dt>${t("instance.started")}</dt>
              <dd>${dateTime(instance.startedAt)}</dd>
            </div>
            ${
              instance.endedAt === undefined
                ? html`<div>
                    <dt>${t("task.step")}</dt>
                    <dd>${instance.steps.join("、")}</dd>
                  </div>`
                : html`<div>
                    <dt>${t("instance.ended")}</dt>
                    <dd>${dateTime(instance.endedAt)}</dd>
                  </div>`
            }
          </dl>
        </div>
      </section>
      ${
        instance.forms.length === 0
          ? nothing
          : html`<section class="card">
              <h2>${t("task.form")}</h2>
              <div class="body">
                ${instance.forms.map((form) => html`<ji-form readonly .form=${form} .values=${instance.variables} step="*"></ji-form>`)}
              </div>
            </section>`
      }
      <section class="card">
        <h2>${t("task.diagram")}</h2>
        <div class="body">
          ${this.xml === "" ? nothing : html`<ji-diagram .xml=${this.xml} .active=${instance.activeElements} .passed=${instance.passedElements} .stuck=${instance.incidentElements}></ji-diagram>`}
        </div>
      </section>
      <section class="card">
        <h2>${t("task.history")}</h2>
        <div class="body">${historyList(instance.history, instance.forms)}</div>
      </section>`;
  }

  async #load(): Promise<void> {
    const workflow = client(workflowApi);
    try {
      this.instance = await workflow.instance({ id: this.instanceId });
      if (this.xml === "") this.xml = (await workflow.diagram({ id: this.instanceId })).xml;
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }

  async #retry(element: string): Promise<void> {
    await client(workflowApi)
      .retryJob({ instance: this.instanceId, element })
      .catch((error: unknown) => (this.error = error));
    await this.#load();
  }
}
