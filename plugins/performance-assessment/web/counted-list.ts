import { type CountedMatter, type CountedStep, workflowApi } from "@jinshui/contracts";
import { client, local, Pages, shortDateTime, t } from "@jinshui/web";
import { html, type TemplateResult } from "lit";
import type { Indicator } from "./answers.js";
import { measuresOf } from "./shown.js";

type Row = CountedStep | CountedMatter;

/** Whose list it is: as the kernel asks for it. */
export type ListScope = Partial<Record<"bureau" | "department" | "person", string>>;

/** The very steps or matters that an indicator counts. */
export class CountedList {
  indicator: Indicator | undefined;
  measure = "";
  readonly pages: Pages<Row>;
  #scope: ListScope = {};
  #month = "";

  constructor(changed: () => void) {
    this.pages = new Pages<Row>(async (page) => {
      const asked = { ...page, ...this.#scope, from: this.#month, to: this.#month };
      if (this.indicator?.kind === "matters") {
        const { matters, ...rest } = await client(workflowApi).countedMatters({
          ...asked,
          measure: this.measure as never,
        });
        return { items: matters, ...rest };
      }
      const { steps, ...rest } = await client(workflowApi).countedSteps({ ...asked, measure: this.measure as never });
      return { items: steps, ...rest };
    }, changed);
  }

  async load(indicator: Indicator, measure: string | null, scope: ListScope, month: string): Promise<void> {
    const measures = measuresOf(indicator);
    this.indicator = indicator;
    this.measure = measure !== null && measures.includes(measure) ? measure : (measures[0] ?? "done");
    this.#scope = scope;
    this.#month = month;
    await this.pages.load();
  }

  /** The list with a heading; `choose` shows what another part of the formula counts. */
  template(title: string, choose: (measure: string) => void, failed: (error: unknown) => void): TemplateResult {
    const { indicator } = this;
    const measures = indicator ? measuresOf(indicator) : [];
    return html`<section class="card" aria-labelledby="counted">
      <h2 id="counted">${title}</h2>
      <div class="tabs" role="group" aria-label=${t("performance-assessment.counts")}>
        ${measures.map(
          (each) =>
            html`<button aria-pressed=${each === this.measure} @click=${() => choose(each)}>
              ${t(`performance-assessment.measure.${each}`)}
            </button>`,
        )}
      </div>
      ${this.pages.items.length === 0 ? "" : this.#table(title)}
      ${this.pages.foot(t("performance-assessment.nothing"), failed)}
    </section>`;
  }

  #table(title: string): TemplateResult {
    const headings = ["number", "matter", "step", "who", "arrived", "due", "ended"];
    return html`<div class="scroll" role="region" tabindex="0" aria-label=${title}>
      <table>
        <thead>
          <tr>
            ${headings.map((heading) => html`<th scope="col">${t(`performance-assessment.${heading}`)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${this.pages.items.map((row) => this.#row(row))}
        </tbody>
      </table>
    </div>`;
  }

  #row(row: Row): TemplateResult {
    const isStep = "task" in row;
    const number = row.title === undefined ? row.number : html`<a href="/matters/${row.instance}">${row.number}</a>`;
    const time = (at: string | undefined): string => (at === undefined ? "" : shortDateTime(at));
    return html`<tr>
      <td>${number}</td>
      <td title=${row.title ?? ""}>${row.title ?? local(row.matterTitle)}</td>
      <td>${isStep ? row.step : ""}</td>
      <td>${isStep ? (row.person ?? "") : row.applicant}</td>
      <td class="quiet">${time(isStep ? row.arrivedAt : row.startedAt)}</td>
      <td class="quiet">${time(row.dueAt)}</td>
      <td class="quiet">${time(row.endedAt)}</td>
    </tr>`;
  }
}
