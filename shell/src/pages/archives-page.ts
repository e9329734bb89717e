import { type ArchiveSummary, type OpInput, type WorkflowApi, workflowApi } from "@jinshui/contracts";
import { client, controls, local, shortDateTime, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { PagedList, type PageOf } from "./paged-list.js";

const RETENTIONS = ["permanent", "30", "10"] as const;
const STATES = ["due", "held", "disposed"] as const;

type Asked = Pick<OpInput<WorkflowApi, "archives">, "search" | "retention" | "state" | "from" | "to">;

/** Finished matters, to be found again. */
@customElement("ji-archives-page")
export class ArchivesPage extends PagedList<ArchiveSummary> {
  static override styles = [
    controls,
    css`
      form.search {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: end;
        margin-bottom: 12px;
      }
      form.search label {
        display: grid;
        gap: 2px;
        font-size: var(--ji-small);
        color: var(--ji-text-2);
        flex: 0 1 150px;
        min-width: 0;
      }
      form.search label.wide {
        flex: 1 1 220px;
      }
    `,
  ];
  #asked: Asked = {};

  protected override async read(cursor: string | undefined): Promise<PageOf<ArchiveSummary>> {
    const { archives, ...page } = await client(workflowApi).archives({
      limit: 50,
      ...this.#asked,
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { items: archives, ...page };
  }

  override render(): TemplateResult {
    return html`<div class="bar"><h1 tabindex="-1">${t("nav.archives")}</h1></div>
      ${this.#searchForm()} ${this.errorNote()}
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
                      <th>${t("instance.ended")}</th>
                      <th>${t("archive.retention")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${this.items.map((item) => this.#row(item))}
                  </tbody>
                </table>
              </div>`
        }
        ${this.foot(t("archive.none"))}
      </section>`;
  }

  #searchForm(): TemplateResult {
    const choice = (name: string, all: string, values: readonly string[], text: string): TemplateResult =>
      html`<label
        >${t(`archive.${name}`)}<select class="input" name=${name}>
          <option value="">${t(all)}</option>
          ${values.map((value) => html`<option value=${value}>${t(`${text}.${value}`)}</option>`)}
        </select></label
      >`;
    return html`<form class="search" role="search" @submit=${this.#search}>
      <label class="wide"
        >${t("archive.search")}<input
          class="input"
          type="search"
          name="search"
          maxlength="100"
          aria-label=${t("archive.search")}
      /></label>
      ${choice("retention", "archive.allRetentions", RETENTIONS, "archive.retention")}
      ${choice("state", "archive.allStates", STATES, "archive.state")}
      <label>${t("archive.from")}<input class="input" type="date" name="from" /></label>
      <label>${t("archive.to")}<input class="input" type="date" name="to" /></label>
      <button class="button" type="submit">${t("action.search")}</button>
    </form>`;
  }

  #search = (event: SubmitEvent): void => {
    event.preventDefault();
    const entries = [...new FormData(event.target as HTMLFormElement)].filter(([, value]) => value !== "");
    this.#asked = Object.fromEntries(entries);
    void this.load();
  };

  #row(item: ArchiveSummary): TemplateResult {
    const badge = (tone: string, text: string): TemplateResult => html` <span class="badge ${tone}">${t(text)}</span>`;
    return html`<tr>
      <td><a href="/archives/${item.id}">${item.number}</a></td>
      <td>${local(item.definitionTitle)}</td>
      <td title=${item.title}>
        ${item.title}${item.state === "cancelled" ? badge("warn", "state.cancelled") : nothing}
        ${item.held ? badge("warn", "archive.state.held") : nothing}
        ${item.disposedAt === undefined ? nothing : badge("", "archive.state.disposed")}
      </td>
      <td>${item.applicant.name}</td>
      <td class="quiet">${shortDateTime(item.endedAt)}</td>
      <td class="quiet">${t(`archive.retention.${item.retention}`)}</td>
    </tr>`;
  }
}
