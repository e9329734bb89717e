import { type Copy, workflowApi } from "@jinshui/contracts";
import { client, controls, type LiveEvent, shortDateTime, t } from "@jinshui/web";
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { go } from "../../frame/router.js";
import { PagedList, type PageOf } from "../paged-list.js";

/** Matters that somebody was sent to read, the newest first, with whether they have. */
@customElement("ji-copies-list")
export class CopiesList extends PagedList<Copy> {
  static override styles = [controls];

  protected override onHint({ name }: LiveEvent): void {
    if (name === "workflow.notices-changed") this.refresh();
  }

  protected override async read(cursor: string | undefined): Promise<PageOf<Copy>> {
    const { copies, ...page } = await client(workflowApi).copies({
      limit: 50,
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { items: copies, ...page };
  }

  override render(): TemplateResult {
    return html`${this.errorNote()}${this.items.length > 0 ? this.#table() : ""}${this.foot(t("copy.none"))}`;
  }

  #table(): TemplateResult {
    return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th>${t("task.title")}</th>
            <th>${t("task.applicant")}</th>
            <th>${t("task.step")}</th>
            <th>${t("copy.from")}</th>
            <th>${t("copy.note")}</th>
            <th>${t("copy.at")}</th>
            <th>${t("copy.read")}</th>
          </tr>
        </thead>
        <tbody>
          ${this.items.map(
            (copy) =>
              html`<tr>
                <td title=${copy.title}>
                  <a href="/matters/${copy.instance}" @click=${(event: Event) => this.#open(event, copy)}
                    >${copy.title}</a
                  >
                </td>
                <td>${copy.applicant.name}</td>
                <td class="quiet">${copy.step ?? ""}</td>
                <td>${copy.by?.name ?? t("copy.process")}</td>
                <td class="quiet" title=${copy.note ?? ""}>${copy.note ?? ""}</td>
                <td class="quiet">${shortDateTime(copy.at)}</td>
                <td>${this.#state(copy)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  #state(copy: Copy): TemplateResult {
    if (copy.readAt !== undefined) return html`<span class="quiet">${t("copy.read")}</span>`;
    return html`<span class="badge warn">${t("copy.unread")}</span>
      <button class="button plain" aria-label="${t("copy.markRead")} ${copy.title}" @click=${() => this.#read(copy)}>
        ${t("copy.markRead")}
      </button>`;
  }

  async #open(event: Event, copy: Copy): Promise<void> {
    event.preventDefault();
    await this.#read(copy);
    go(`/matters/${copy.instance}`);
  }

  async #read({ id, readAt }: Copy): Promise<void> {
    if (readAt !== undefined) return;
    try {
      await client(workflowApi).readCopies({ ids: [id] });
      await this.load();
    } catch (error) {
      this.error = error;
    }
  }
}
