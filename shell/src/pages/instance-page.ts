import { type InstanceDetail, type Profile, workflowApi } from "@jinshui/contracts";
import { client, controls, dateTime, JinshuiElement, type LiveEvent, local, t } from "@jinshui/web";
import "@jinshui/web/form";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import "./clock-card.js";
import { dueBadge } from "./task-table.js";
import { historyList, historyStyles, incidentText } from "./history-list.js";
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
      summary {
        cursor: pointer;
      }
      details.card > summary {
        padding: 8px 12px;
      }
      .end,
      .end label {
        display: grid;
        gap: 6px;
      }
      .end textarea {
        max-width: 640px;
        height: 64px;
      }
      .end .button {
        justify-self: start;
      }
      .late {
        color: var(--ji-error);
      }
    `,
  ];
  @property() instanceId = "";
  @property({ attribute: false }) profile: Profile | undefined;
  @state() private instance: InstanceDetail | undefined;
  @state() private xml = "";
  @state() private error: unknown;
  @state() private reasonMissing = false;
  @state() private busy = false;

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
    const mayRetry = this.profile?.permissions.includes("site.instances");
    const mine = instance.tasks
      .filter(({ id }) => instance.mine.includes(id))
      .sort((one, other) => one.step.localeCompare(other.step));
    return html` ${instance.incidents.map(
        (incident) =>
          html`<section class="card stuck">
            <h2>${t("instance.stuck")}</h2>
            <div class="body">
              ${incidentText(incident)}
              ${mayRetry ? html`<p><button class="button" @click=${() => this.#retry(incident.element)}>${t("action.retry")}</button></p>` : nothing}
            </div>
          </section>`,
      )}
      ${
        mine.length === 0
          ? nothing
          : html`<p>${t("instance.mine")} ${mine.map(({ id, step }) => html`<a href="/tasks/${id}">${step}</a> `)}</p>`
      }
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
            ${
              instance.timeliness
                ? html`<div>
                    <dt>${t("timeliness.matter")}</dt>
                    <dd>${instance.dueAt === undefined ? "" : `${dateTime(instance.dueAt)} `}${dueBadge(instance)}</dd>
                  </div>`
                : nothing
            }
          </dl>
        </div>
      </section>
      <ji-clock-card .instance=${instance} @changed=${() => this.#load()}></ji-clock-card>
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
          ${this.xml === "" ? nothing : html`<ji-diagram .xml=${this.xml} .active=${instance.activeElements} .passed=${instance.passedElements} .stuck=${instance.incidents.map(({ element }) => element)}></ji-diagram>`}
        </div>
      </section>
      <section class="card">
        <h2>${t("task.history")}</h2>
        <div class="body">${historyList(instance.history, instance.forms, instance.signatures)}</div>
      </section>
      ${instance.cancellable ? this.#ending() : nothing}`;
  }

  #ending(): TemplateResult {
    return html`<details class="card">
      <summary>${t("instance.end")}</summary>
      <form class="body end" @submit=${(event: Event) => this.#end(event)}>
        <p class="quiet">${t("instance.endHint")}</p>
        <label
          >${t("instance.reason")}${this.reasonMissing ? html` <span class="late" role="alert">${t("instance.reasonMissing")}</span>` : nothing}<textarea
            class="input"
            name="reason"
            maxlength="2000"
            @input=${() => (this.reasonMissing = false)}
          ></textarea>
        </label>
        <button class="button danger" ?disabled=${this.busy}>${t("instance.end")}</button>
      </form>
    </details>`;
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

  async #end(event: Event): Promise<void> {
    event.preventDefault();
    const reason = this.renderRoot.querySelector("textarea")?.value.trim() ?? "";
    this.reasonMissing = reason === "";
    if (this.reasonMissing) {
      this.renderRoot.querySelector("textarea")?.focus();
      return;
    }
    this.busy = true;
    try {
      await client(workflowApi).cancelInstance({ id: this.instanceId, reason });
      await this.#load();
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }

  async #retry(element: string): Promise<void> {
    await client(workflowApi)
      .retryJob({ instance: this.instanceId, element })
      .catch((error: unknown) => (this.error = error));
    await this.#load();
  }
}
