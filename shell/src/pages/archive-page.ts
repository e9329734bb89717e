import { type OpOutput, type WorkflowApi, workflowApi } from "@jinshui/contracts";
import { announce, client, controls, dateTime, downloadFile, JinshuiElement, local, t } from "@jinshui/web";
import "@jinshui/web/form";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { historyList, historyStyles } from "./history-list.js";
import { reasonField, reasonFormStyles } from "./reason-form.js";

type Archive = OpOutput<WorkflowApi, "archive">;

/** An archived matter: its form, all that was said, and the seal that shows nothing was changed. */
@customElement("ji-archive-page")
export class ArchivePage extends JinshuiElement {
  static override styles = [
    controls,
    historyStyles,
    reasonFormStyles,
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
  @state() private item: Archive | undefined;
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
        ${item?.disposal ? html`<span class="badge">${t("archive.state.disposed")}</span>` : nothing}
        ${item && !item.disposal ? this.#actions(item) : nothing}
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
                    <div>
                      <dt>${t("archive.retention")}</dt>
                      <dd>${t(`archive.retention.${item.retention}`)}</dd>
                    </div>
                    ${
                      item.retainUntil === undefined
                        ? nothing
                        : html`<div>
                            <dt>${t("archive.until")}</dt>
                            <dd>${dateTime(item.retainUntil)}</dd>
                          </div>`
                    }
                    <div class="wide">
                      <dt>SHA-256</dt>
                      <dd><code>${item.sha256}</code></dd>
                    </div>
                  </dl>
                </div>
              </section>
              ${this.#fate(item)}
              ${item.forms.map(
                (form) =>
                  html`<section class="card">
                    <h2>${t("task.form")}</h2>
                    <div class="body">
                      <ji-form readonly .form=${form} .values=${item.variables} step="*"></ji-form>
                    </div>
                  </section>`,
              )}
              ${item.attachments.length === 0 ? nothing : attachmentsCard(item.attachments)}
              ${
                item.disposal
                  ? nothing
                  : html`<section class="card">
                      <h2>${t("task.history")}</h2>
                      <div class="body">${historyList(item.history, item.forms, item.signatures)}</div>
                    </section>`
              }`
          : nothing
      }`;
  }

  #actions({ id, intact }: Archive): TemplateResult {
    const made = (op: "archiveDocument" | "archivePackage", text: string): TemplateResult =>
      html`<button class="button" ?disabled=${this.busy} @click=${() => this.#download(op, id)}>
        ${t(this.busy ? "archive.printing" : text)}
      </button>`;
    return html`<span class="badge ${intact ? "ok" : "error"}">${t(intact ? "archive.intact" : "archive.broken")}</span>
      ${made("archiveDocument", "archive.document")} ${made("archivePackage", "archive.package")}`;
  }

  /** What keeps it, or what became of it. */
  #fate({ id, hold, disposal, mayHold }: Archive): TemplateResult | typeof nothing {
    if (disposal) {
      const { by, at, reason, number, instance } = disposal;
      const names = by.map(({ name }) => name).join("、");
      return html`<section class="card">
        <h2>${t("archive.state.disposed")}<a href="/matters/${instance}">${t("archive.disposedIn", { number })}</a></h2>
        <div class="body"><p>${t("archive.disposedBy", { names, at: dateTime(at), reason })}</p></div>
      </section>`;
    }
    if (!hold && !mayHold) return nothing;
    const told = hold && t("archive.heldBy", { name: hold.by.name, at: dateTime(hold.at), reason: hold.reason });
    return html`<section class="card">
      <h2>${t("archive.hold")}</h2>
      <div class="body">
        ${told === undefined ? nothing : html`<p>${told}</p>`}
        ${
          mayHold
            ? html`<form @submit=${(event: SubmitEvent) => this.#hold(event, id, !hold)}>
                <label>${t("archive.holdReason")}${reasonField}</label>
                <button class="button">${t(hold ? "archive.release" : "archive.hold")}</button>
              </form>`
            : nothing
        }
      </div>
    </section>`;
  }

  async #hold(event: SubmitEvent, id: string, held: boolean): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const reason = (new FormData(form).get("reason") as string).trim();
    try {
      await client(workflowApi).holdArchive({ id, held, reason });
      form.reset();
      this.item = await client(workflowApi).archive({ id });
      this.error = undefined;
      announce(t("archive.changed"));
    } catch (error) {
      this.error = error;
    }
  }

  async #download(op: "archiveDocument" | "archivePackage", id: string): Promise<void> {
    this.busy = true;
    try {
      const { file } = await client(workflowApi)[op]({ id });
      await downloadFile(file);
      this.error = undefined;
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }
}

function attachmentsCard(files: Archive["attachments"]): TemplateResult {
  return html`<section class="card">
    <h2>${t("archive.attachments")}</h2>
    <div class="body">
      <ul>
        ${files.map(({ name, size, sha256 }) => html`<li>${name} <span class="quiet">${t("archive.size", { n: size })}</span> <code>${sha256}</code></li>`)}
      </ul>
    </div>
  </section>`;
}
