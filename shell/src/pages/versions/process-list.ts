import { type ProcessSummary, workflowApi } from "@jinshui/contracts";
import { addTexts, client, controls, local, shortDateTime, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { trialTexts } from "../../texts/trial-texts.js";
import { versionTexts } from "../../texts/version-texts.js";
import { readContributions } from "../../frame/session.js";
import { PagedList, type PageOf } from "../paged-list.js";

addTexts(versionTexts);
addTexts(trialTexts);

/** The bureau's processes with what runs of them, and the ways to what can be done with each. */
@customElement("ji-process-list")
export class ProcessList extends PagedList<ProcessSummary> {
  static override styles = [
    controls,
    css`
      .card {
        margin-bottom: 12px;
      }
    `,
  ];

  /** For those who try processes and do nothing else with them. */
  @property({ type: Boolean }) trialsOnly = false;

  #plugins: Promise<Map<string, string>> | undefined;
  /** Titles of plugins by their ids. */
  #titles = new Map<string, string>();

  protected override async read(cursor: string | undefined): Promise<PageOf<ProcessSummary>> {
    this.#titles = await (this.#plugins ??= titlesOfPlugins());
    const { processes, ...page } = await client(workflowApi).processes({
      limit: 50,
      ...(this.search === "" ? {} : { search: this.search }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { items: processes, ...page };
  }

  override render(): TemplateResult {
    return html`<section class="card" aria-label=${t("processes.list")}>
      <div class="head">
        <h2>${t("processes.list")}</h2>
        ${this.searchBox(t("processes.search"))}
      </div>
      ${this.errorNote()} ${this.items.length > 0 ? this.#table() : ""}${this.foot(t("processes.none"))}
    </section>`;
  }

  #table(): TemplateResult {
    return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th>${t("processes.name")}</th>
            <th class="number">${t("processes.version")}</th>
            <th class="number">${t("processes.running")}</th>
            <th>${t("processes.from")}</th>
            <th>${t("processes.deployed")}</th>
            <th><span class="visually-hidden">${t("processes.ways")}</span></th>
          </tr>
        </thead>
        <tbody>
          ${this.items.map((item) => this.#row(item))}
        </tbody>
      </table>
    </div>`;
  }

  #row({ id, key, title, version, running, plugin, deployedAt, draft }: ProcessSummary): TemplateResult {
    const name = local(title);
    return html`<tr>
      <td title=${key}>${name} ${draft ? html`<span class="badge warn">${t("versions.draft")}</span>` : nothing}</td>
      <td class="number">${version}</td>
      <td class="number">${running}</td>
      <td class="quiet">
        ${plugin === undefined ? t("processes.imported") : t("processes.plugin", { plugin: this.#titles.get(plugin) ?? plugin })}
      </td>
      <td class="quiet">${shortDateTime(deployedAt)}</td>
      <td>
        ${this.trialsOnly ? nothing : way(`/processes/${id}/versions`, t("processes.versionsLink"), name)}
        ${way(`/processes/${id}/trials`, t("trials.link"), name)}
      </td>
    </tr>`;
  }
}

function way(href: string, text: string, name: string): TemplateResult {
  return html`<a href=${href} aria-label="${text} ${name}">${text}</a> `;
}

async function titlesOfPlugins(): Promise<Map<string, string>> {
  const { plugins } = await readContributions();
  return new Map(plugins.map(({ id, title }) => [id, local(title)]));
}
