import { type InstanceSummary, workflowApi } from "@jinshui/contracts";
import { client, controls, type LiveEvent, local, shortDateTime, t } from "@jinshui/web";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { dueBadge } from "./task-table.js";
import { PagedList, type PageOf } from "./paged-list.js";

const TONE: Record<InstanceSummary["state"], string> = {
  active: "",
  completed: "ok",
  cancelled: "warn",
  incident: "error",
};

/** What one has started, or all matters of the bureau. */
@customElement("ji-instances-page")
export class InstancesPage extends PagedList<InstanceSummary> {
  static override styles = [controls];
  @property({ attribute: false }) mine = true;

  override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    if (changed.has("mine") && changed.get("mine") !== undefined) void this.load();
  }

  protected override onHint({ name }: LiveEvent): void {
    if (/^workflow\./.test(name)) this.refresh();
  }

  protected override async read(cursor: string | undefined): Promise<PageOf<InstanceSummary>> {
    const { instances, ...page } = await client(workflowApi).instances({
      mine: this.mine,
      limit: 50,
      ...(this.search === "" ? {} : { search: this.search }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { items: instances, ...page };
  }

  override render(): TemplateResult {
    return html`<div class="bar">
        <h1 tabindex="-1">${t(this.mine ? "nav.mine" : "nav.instances")}</h1>
        <span class="space"></span>${this.searchBox(t("instance.search"))}
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
                      <th>${t("instance.state")}</th>
                      <th>${t("task.step")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${this.items.map(
                      (instance) =>
                        html`<tr>
                          <td><a href="/matters/${instance.id}">${instance.number}</a></td>
                          <td>${local(instance.definitionTitle)}</td>
                          <td title=${instance.title}>${instance.title}</td>
                          <td>${instance.applicant.name}</td>
                          <td class="quiet">${shortDateTime(instance.startedAt)}</td>
                          <td>
                            <span class="badge ${TONE[instance.state]}">${t(`state.${instance.state}`)}</span>
                            ${instance.endedAt === undefined ? dueBadge(instance) : nothing}
                          </td>
                          <td class="quiet">${instance.steps.join("、")}</td>
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </div>`
        }
        ${this.foot(t("instance.none"))}
      </section>`;
  }
}
