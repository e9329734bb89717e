import { type DefinitionSummary, workflowApi } from "@jinshui/contracts";
import { client, controls, local, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { PagedList, type PageOf } from "./paged-list.js";

/** Matters that can be started. */
@customElement("ji-start-page")
export class StartPage extends PagedList<DefinitionSummary> {
  static override styles = [
    controls,
    css`
      .grid {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(280px, 1fr));
        gap: 12px;
      }
      .card {
        padding: 12px;
        display: grid;
        gap: 6px;
        align-content: start;
      }
      .card a {
        font-weight: 600;
      }
    `,
  ];

  protected override async read(cursor: string | undefined): Promise<PageOf<DefinitionSummary>> {
    const { definitions, ...page } = await client(workflowApi).definitions({
      startable: true,
      limit: 100,
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { items: definitions, ...page };
  }

  override render(): TemplateResult {
    return html`<div class="bar"><h1 tabindex="-1">${t("nav.start")}</h1></div>
      ${this.errorNote()}
      <div class="grid">
        ${this.items.map(
          (definition) =>
            html`<section class="card">
              <a href="/start/${definition.id}">${local(definition.title)}</a
              ><span class="quiet small">${definition.description ?? ""}</span
              ><span class="small"
                ><span class="badge"
                  >${t(definition.plugin === undefined ? "start.imported" : "start.fromPlugin")}</span
                >
                <span class="quiet">${t("start.version", { n: definition.version })}</span></span
              >
            </section>`,
        )}
      </div>
      ${this.items.length === 0 ? this.foot(t("start.none")) : nothing}`;
  }
}
