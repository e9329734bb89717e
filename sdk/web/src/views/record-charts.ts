import { type ChartView, type Field, storageApi } from "@jinshui/contracts";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { block } from "../base-element.js";
import { controls } from "../controls.js";
import { money } from "../texts/format.js";
import { local, t } from "../texts/text.js";
import type { ChartDatum } from "./chart-drawing.js";
import { fieldText } from "./field-value.js";
import type { KnownCollection } from "./known-collection.js";
import { listQuery } from "./list-query.js";
import { namesOf } from "./names.js";
import { RecordsView } from "./records-view.js";
import "./chart-drawing.js";

/** Groups of a chart; of more, the largest are shown. */
const GROUPS = 50;

interface Figures {
  chart: ChartView;
  data: ChartDatum[];
  more: boolean;
}

/** Figures that the kernel has added up, as drawings and as tables. */
@customElement("ji-record-charts")
export class RecordCharts extends RecordsView {
  static override styles = [
    controls,
    block,
    css`
      section {
        border-top: 1px solid var(--ji-rule);
        padding: 12px;
        break-inside: avoid;
      }
      .twins {
        display: grid;
        grid-template-columns: minmax(0, 3fr) minmax(220px, 2fr);
        gap: 16px;
        align-items: start;
      }
      .table {
        max-height: 320px;
        overflow: auto;
      }
      td {
        height: 28px;
      }
      th {
        position: sticky;
        top: 0;
      }
      h2 {
        margin-bottom: 8px;
      }
      @media (max-width: 900px) {
        .twins {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      @media print {
        .table {
          max-height: none;
          overflow: visible;
        }
      }
    `,
  ];
  @state() private figures: Figures[] = [];

  override render(): TemplateResult | typeof nothing {
    const { known } = this;
    if (!known) return nothing;
    return html`<ji-error .error=${this.error} ?retry=${true} @retry=${() => this.reload()}></ji-error>
      ${this.figures.length === 0 ? html`<ji-empty text=${t(this.loading ? "list.loading" : "charts.none")}></ji-empty>` : nothing}
      ${this.figures.map((figures) => this.#section(known, figures))}`;
  }

  #section({ definition }: KnownCollection, { chart, data, more }: Figures): TemplateResult {
    const title = local(chart.title);
    const figure = figureTitle(definition.fields, chart);
    return html`<section aria-label=${title}>
      <h2>${title}</h2>
      ${more ? html`<p class="quiet small">${t("charts.more", { n: GROUPS })}</p>` : nothing}
      ${
        data.length === 0
          ? html`<ji-empty text=${t("list.empty")}></ji-empty>`
          : html`<div class="twins">
              <ji-chart .kind=${chart.kind} heading=${title} .data=${data}></ji-chart>
              <div class="table" tabindex="0" role="region" aria-label=${t("charts.tableOf", { title })}>
                <table>
                  <thead>
                    <tr>
                      <th scope="col">${local(definition.fields[chart.by]?.title)}</th>
                      <th scope="col" class="number">${figure}</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${data.map(
                      ({ name, text }) =>
                        html`<tr>
                          <td>${name}</td>
                          <td class="number">${text}</td>
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </div>
            </div>`
      }
    </section>`;
  }

  protected override async read(known: KnownCollection, isLatest: () => boolean): Promise<void> {
    const shut = new Set([...known.fields.hidden, ...known.fields.masked]);
    const charts = (known.definition.display.charts ?? []).filter(
      ({ by, measure }) => !shut.has(by) && !shut.has(measure.field ?? ""),
    );
    const figures = await Promise.all(charts.map((chart) => this.#ask(known, chart)));
    if (isLatest()) this.figures = figures;
  }

  async #ask(known: KnownCollection, chart: ChartView): Promise<Figures> {
    const { by, bucket, measure } = chart;
    // nothing is sorted by an average
    const sort = bucket !== undefined ? ["group"] : measure.fn === "avg" ? ["-records"] : ["-figure"];
    const { groups, more } = await client(storageApi).aggregate({
      collection: known.id,
      groupBy: [{ field: by, as: "group", ...(bucket === undefined ? {} : { bucket }) }],
      measures: { figure: measure, ...(measure.fn === "avg" ? { records: { fn: "count" as const } } : {}) },
      sort,
      limit: GROUPS,
      ...listQuery(known, this.address),
    });
    const { fields } = known.definition;
    const names = await namesOf(
      known,
      [],
      groups.map(({ group }) => ({ field: by, value: group })),
    );
    const data = groups.map(({ group, figure }): ChartDatum => {
      const field = fields[by];
      const name = bucket === undefined ? fieldText(field, group, names) : typeof group === "string" ? group : "";
      return { name: name === "" ? t("value.none") : name, ...shown(fields[measure.field ?? ""], measure.fn, figure) };
    });
    return { chart, data, more };
  }
}

function figureTitle(fields: Record<string, Field>, { measure }: ChartView): string {
  return t(`charts.${measure.fn}`, { field: local(fields[measure.field ?? ""]?.title) });
}

/** A figure as a number to draw and as people read it; amounts come in 分. */
function shown(
  field: Field | undefined,
  fn: ChartView["measure"]["fn"],
  figure: unknown,
): Pick<ChartDatum, "value" | "text"> {
  const value = Number(figure ?? 0);
  if (fn !== "count" && field?.type === "money") return { value: value / 100, text: money(value) };
  return { value, text: value.toLocaleString("zh-CN", { maximumFractionDigits: 2 }) };
}
