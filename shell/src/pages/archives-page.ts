import { type ArchiveSummary, workflowApi } from "@jinshui/contracts";
import { client, controls, local, shortDateTime, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { PagedList, type PageOf } from "./paged-list.js";

/** Finished matters, to be found again. */
@customElement("ji-archives-page")
export class ArchivesPage extends PagedList<ArchiveSummary> {
  static override styles = [controls];

  protected override async read(cursor: string | undefined): Promise<PageOf<ArchiveSummary>> {
    const { archives, ...page } = await client(workflowApi).archives({
      limit: 50,
      ...(this.search === "" ? {} : { search: this.search }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { items: archives, ...page };
  }

  override render(): TemplateResult {
    return html`<div class="bar">
        <h1 tabindex="-1">${t("nav.archives")}</h1>
        <span class="space"></span>${this.searchBox(t("archive.search"))}
      </div>
      ${this.errorNote()}
      <section class="card">
        ${
          this.items.length === 0
            ? ""
            : html`<div class="scroll">
                <table>
                  <thead>
                    <tr>
                      <th>${t("instance.number")}</th>
                      <th>${t("task.matter")}</th>
                      <th>${t("task.title")}</th>
                      <th>${t("task.applicant")}</th>
                      <th>${t("instance.started")}</th>
                      <th>${t("instance.ended")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${this.items.map(
                      (item) =>
                        html`<tr>
                          <td><a href="/archives/${item.id}">${item.number}</a></td>
                          <td>${local(item.definitionTitle)}</td>
                          <td title=${item.title}>
                            ${item.title}${item.state === "cancelled" ? html` <span class="badge warn">${t("state.cancelled")}</span>` : nothing}
                          </td>
                          <td>${item.applicant.name}</td>
                          <td class="quiet">${shortDateTime(item.startedAt)}</td>
                          <td class="quiet">${shortDateTime(item.endedAt)}</td>
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </div>`
        }
        ${this.foot(t("archive.none"))}
      </section>`;
  }
}
