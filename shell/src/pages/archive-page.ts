import { type OpOutput, type WorkflowApi, workflowApi } from "@jinshui/contracts";
import { client, controls, dateTime, downloadFile, JinshuiElement, local, t } from "@jinshui/web";
import "@jinshui/web/form";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { historyList, historyStyles } from "./history-list.js";

/** An archived matter: its form, all that was said, and the seal that shows nothing was changed. */
@customElement("ji-archive-page")
export class ArchivePage extends JinshuiElement {
  static override styles = [
    controls,
    historyStyles,
    css`
      .card {
        margin-bottom: 12px;
      }
      code {
        overflow-wrap: anywhere;
        font-size: 12px;
      }
    `,
  ];
  @property() archiveId = "";
  @state() private item: OpOutput<WorkflowApi, "archive"> | undefined;
  @state() private error: unknown;
  @state() private busy = false;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("archiveId"))
      void client(workflowApi)
        .archive({ id: this.archiveId })
        .then(
          (item) => (this.item = item),
          (error: unknown) => (this.error = error),
        );
  }

  override render(): TemplateResult {
    const { item } = this;
    return html`<div class="bar">
        <h1 tabindex="-1">${item?.title ?? ""}</h1>
        ${item?.state === "cancelled" ? html`<span class="badge warn">${t("state.cancelled")}</span>` : nothing}
        ${item ? html`<span class="badge ${item.intact ? "ok" : "error"}">${t(item.intact ? "archive.intact" : "archive.broken")}</span>` : nothing}
        ${item ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.#download(item.id)}>${t(this.busy ? "archive.printing" : "archive.document")}</button>` : nothing}
      </div>
      <ji-error .error=${this.error}></ji-error> ${
        item
          ? html`<section class="card">
                <h2>${local(item.definitionTitle)}<a href="/matters/${item.instance}">${t("task.wholeMatter")}</a></h2>
                <div class="body">
                  <dl class="facts">
                    <div>
                      <dt>${t("instance.number")}</dt>
                      <dd>${item.number}</dd>
                    </div>
                    <div>
                      <dt>${t("task.applicant")}</dt>
                      <dd>${item.applicant.name}</dd>
                    </div>
                    <div>
                      <dt>${t("instance.started")}</dt>
                      <dd>${dateTime(item.startedAt)}</dd>
                    </div>
                    <div>
                      <dt>${t("instance.ended")}</dt>
                      <dd>${dateTime(item.endedAt)}</dd>
                    </div>
                    <div class="wide">
                      <dt>SHA-256</dt>
                      <dd><code>${item.sha256}</code></dd>
                    </div>
                  </dl>
                </div>
              </section>
              ${item.forms.map(
                (form) =>
                  html`<section class="card">
                    <h2>${t("task.form")}</h2>
                    <div class="body">
                      <ji-form readonly .form=${form} .values=${item.variables} step="*"></ji-form>
                    </div>
                  </section>`,
              )}
              <section class="card">
                <h2>${t("task.history")}</h2>
                <div class="body">${historyList(item.history, item.forms, item.signatures)}</div>
              </section>`
          : nothing
      }`;
  }

  async #download(id: string): Promise<void> {
    this.busy = true;
    try {
      const { file } = await client(workflowApi).archiveDocument({ id });
      await downloadFile(file);
      this.error = undefined;
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }
}
