import { type ScenarioResult, workflowApi } from "@jinshui/contracts";
import { client, confirmed, controls, local, shortDateTime, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { PagedList, type PageOf } from "../paged-list.js";

/** The scenarios of a process and what becomes of each in one of its versions. Fires `replayed`. */
@customElement("ji-scenario-list")
export class ScenarioList extends PagedList<ScenarioResult> {
  static override styles = [
    controls,
    css`
      .card {
        margin-bottom: 12px;
      }
      td.told {
        white-space: normal;
        min-width: 220px;
      }
    `,
  ];
  @property() definitionId = "";
  @property({ type: Number }) version = 0;

  /** Scenarios seen so far that go the same way, and those that do not. */
  get counts(): { same: number; different: number } {
    const same = this.items.filter((item) => item.same).length;
    return { same, different: this.items.length - same };
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.get("definitionId") !== undefined && changed.get("definitionId") !== "") void this.load();
  }

  protected override async read(cursor: string | undefined): Promise<PageOf<ScenarioResult>> {
    const { results, ...page } = await client(workflowApi).replayScenarios({
      id: this.definitionId,
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { items: results, ...page };
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    if (changed.has("items" as keyof ScenarioList)) this.dispatchEvent(new Event("replayed"));
  }

  override render(): TemplateResult {
    return html`<section class="card" aria-label=${t("trials.scenarios")}>
      <h2>
        <span>${t("trials.scenarios")}</span
        >${this.items.length === 0 ? nothing : html`<span class="badge ${this.counts.different === 0 ? "ok" : "warn"}" role="status">${t("trials.totals", this.counts)}</span>`}
      </h2>
      ${this.errorNote()} ${this.items.length > 0 ? this.#table() : ""}${this.foot(t("trials.none"))}
    </section>`;
  }

  #table(): TemplateResult {
    return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th>${t("trials.name")}</th>
            <th>${t("trials.result", { n: this.version })}</th>
            <th>${t("trials.recorded")}</th>
            <th><span class="visually-hidden">${t("trials.remove")}</span></th>
          </tr>
        </thead>
        <tbody>
          ${this.items.map((item) => this.#row(item))}
        </tbody>
      </table>
    </div>`;
  }

  #row(result: ScenarioResult): TemplateResult {
    const { scenario, same } = result;
    const { name, version, by, at } = scenario;
    return html`<tr>
      <td title=${name}>${name}</td>
      <td class="told">
        <span class="badge ${same ? "ok" : "warn"}">${t(same ? "trials.same" : "trials.different")}</span>
        ${same ? nothing : differenceText(result)}
      </td>
      <td class="quiet">${t("trials.recordedBy", { n: version, by: by.name, at: shortDateTime(at) })}</td>
      <td>
        <button class="button plain" aria-label="${t("trials.remove")} ${name}" @click=${() => this.#remove(result)}>
          ${t("trials.remove")}
        </button>
      </td>
    </tr>`;
  }

  async #remove({ scenario: { id, name } }: ScenarioResult): Promise<void> {
    const action = t("trials.remove");
    if (!(await confirmed({ title: action, text: t("trials.removeSure", { name }), action }))) return;
    try {
      await client(workflowApi).removeScenario({ id });
      await this.load();
    } catch (error) {
      this.error = error;
    }
  }
}

/** Where a scenario went another way, and how. */
function differenceText({ at = 0, did, action, difference, expected = [], now = [] }: ScenarioResult): string {
  const place =
    at === 0 ? t("trials.atStart") : t("trials.atStep", { n: at, did, action: action ? ` ${local(action)}` : "" });
  const names = (list: string[]): string => list.join("、") || t("trials.nowhere");
  return t(`trials.${difference ?? "elsewhere"}`, { place, expected: names(expected), now: names(now) });
}
