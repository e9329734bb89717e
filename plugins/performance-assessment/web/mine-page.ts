import { callPlugin, local, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Subject } from "./answers.js";
import { CountedList } from "./counted-list.js";
import { AssessmentPage, PLUGIN } from "./page.js";
import { valueOf } from "./shown.js";

/** What the person's own steps amount to, and the list behind each figure. */
export class MinePage extends AssessmentPage {
  @state() private own: Subject | undefined;
  readonly #list = new CountedList(() => this.requestUpdate());
  #shown = "";

  protected override async load(query: URLSearchParams): Promise<void> {
    await this.readIndicators(query);
    const person = this.me?.id ?? "";
    const { subjects } = await callPlugin<{ subjects: Subject[] }>(PLUGIN, "board", {
      ...{ from: this.month, to: this.month, level: "person", person },
    });
    this.own = subjects.find(({ key }) => key === person);
    this.#shown = query.get("indicator") ?? "";
    const indicator = this.indicators.find(({ id }) => id === this.#shown);
    if (indicator) await this.#list.load(indicator, query.get("measure"), { person }, this.month);
  }

  override render(): TemplateResult {
    const personal = this.indicators.filter(({ levels }) => levels.includes("person"));
    const title = t("performance-assessment.mine");
    const rows = personal.map((indicator) => {
      const measured = this.own?.measured.find((each) => each.indicator === indicator.id);
      const name = local(indicator.title);
      return html`<tr>
        <td>${name}</td>
        <td>
          <button class="button plain" @click=${() => this.show({ month: this.month, indicator: indicator.id })}>
            <span class="visually-hidden">${t("performance-assessment.listOf", { name })}</span>
            ${valueOf(indicator, measured)}
          </button>
        </td>
        <td class="quiet long">${indicator.source}</td>
      </tr>`;
    });
    const shown = this.indicators.find(({ id }) => id === this.#shown);
    return html`${this.head(title, this.monthField())}
      <section class="card">
        ${this.table(
          title,
          ["indicator", "value", "basis"].map((key) => t(`performance-assessment.${key}`)),
          rows,
        )}
      </section>
      ${
        shown
          ? this.#list.template(
              local(shown.title),
              (measure) => this.show({ month: this.month, indicator: shown.id, measure }),
              (error) => (this.error = error),
            )
          : nothing
      }`;
  }
}
