import { workflowApi } from "@jinshui/contracts";
import { callPlugin, client, local, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Indicator, Result } from "./answers.js";
import { AssessmentPage, PLUGIN } from "./page.js";
import { decimal, valueOf, valueText } from "./shown.js";

type Line = Result["lines"][number];

/** Frozen scores: each figure as it was kept, what an appeal made of it beside it, and the way to appeal. */
export class ResultsPage extends AssessmentPage {
  static override styles = [
    AssessmentPage.styles,
    css`
      form.appeal {
        display: flex;
        gap: 8px;
        flex-wrap: wrap;
        align-items: end;
        padding: 12px;
        border-top: 1px solid var(--ji-rule);
      }
      form.appeal label {
        display: grid;
        gap: 2px;
        font-size: var(--ji-small);
        color: var(--ji-text-2);
      }
      form.appeal label.wide {
        flex: 1 1 260px;
      }
    `,
  ];
  @state() private results: Result[] = [];
  @state() private next: string | undefined;
  @state() private appealing: { result: Result; line: Line } | undefined;

  protected override async load(query: URLSearchParams): Promise<void> {
    await this.readIndicators(query);
    const { results, nextCursor } = await this.#read(undefined);
    this.results = results;
    this.next = nextCursor;
  }

  override render(): TemplateResult {
    return html`${this.head(t("performance-assessment.results"))}
    ${
      this.results.length === 0
        ? html`<section class="card"><ji-empty text=${t("performance-assessment.noResult")}></ji-empty></section>`
        : this.results.map((result) => this.#card(result))
    }
    ${this.next === undefined ? nothing : html`<button class="button" @click=${() => this.#more()}>${t("action.more")}</button>`}`;
  }

  #card(result: Result): TemplateResult {
    const { id, title, period, schemeName, total, correctedTotal, lines } = result;
    const headings = ["indicator", "value", "corrected", "weight", "points"].map((key) =>
      t(`performance-assessment.${key}`),
    );
    const none = t("performance-assessment.none");
    return html`<section class="card" aria-labelledby=${id}>
      <h2 id=${id}>
        <span>${title} ${period}</span>
        <span
          >${t("performance-assessment.total", { n: total ?? none })}
          ${correctedTotal === undefined ? nothing : html`<span class="badge ok">${t("performance-assessment.correctedTotal", { n: correctedTotal })}</span>`}</span
        >
      </h2>
      ${this.table(
        `${title} ${period} ${schemeName}`,
        [...headings, ""],
        lines.map((line) => this.#row(result, line)),
      )}
      ${this.appealing?.result.id === id ? this.#appealForm(result, this.appealing.line) : nothing}
    </section>`;
  }

  #row(result: Result, line: Line): TemplateResult {
    const indicator = this.#indicator(line);
    const name = indicator ? local(indicator.title) : line.indicator;
    const { correction, score, correctedScore } = line;
    const points = (value: number | undefined): string =>
      value === undefined ? t("performance-assessment.none") : decimal(value);
    return html`<tr>
      <td>${name}</td>
      <td>${indicator ? valueOf(indicator, line) : nothing}</td>
      <td class="long">
        ${correction ? t("performance-assessment.correctedTo", { value: correction.corrected, number: correction.number, by: correction.decidedBy, reason: correction.reason }) : nothing}
      </td>
      <td>${line.weight}</td>
      <td>
        ${points(score)}${correctedScore === undefined ? nothing : html` <span class="badge ok">${points(correctedScore)}</span>`}
      </td>
      <td class="actions">
        ${
          result.level === "person" && result.subject === this.me?.id && !correction
            ? html`<button
                class="button"
                aria-label="${t("performance-assessment.appeal")} ${result.period} ${name}"
                @click=${() => (this.appealing = { result, line })}
              >
                ${t("performance-assessment.appeal")}
              </button>`
            : nothing
        }
      </td>
    </tr>`;
  }

  #appealForm(result: Result, line: Line): TemplateResult {
    const indicator = this.#indicator(line);
    return html`<form class="appeal" @submit=${(event: SubmitEvent) => this.#appeal(event, result, line)}>
      <strong>${indicator ? local(indicator.title) : ""} ${valueText(indicator, line)}</strong>
      <label
        >${t("performance-assessment.claimed")}<input
          class="input"
          name="claimed"
          required
          maxlength="13"
          pattern="-?[0-9]{1,9}(\\.[0-9]{1,2})?"
          inputmode="decimal"
          autocomplete="off"
      /></label>
      <label class="wide"
        >${t("performance-assessment.reason")}<input
          class="input"
          name="reason"
          required
          maxlength="1000"
          autocomplete="off"
      /></label>
      <button class="button primary" ?disabled=${this.working}>${t("performance-assessment.send")}</button>
      <button class="button" type="button" @click=${() => (this.appealing = undefined)}>${t("action.cancel")}</button>
    </form>`;
  }

  #appeal(event: SubmitEvent, result: Result, line: Line): void {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const indicator = this.#indicator(line);
    const values = {
      title: `${result.title} ${result.schemeName}`.slice(0, 150),
      period: result.period,
      indicatorTitle: indicator?.title["zh-CN"] ?? line.indicator,
      raw: valueText(indicator, line),
      claimed: (data.get("claimed") as string).trim(),
      reason: (data.get("reason") as string).trim(),
      score: result.id,
      indicator: line.indicator,
    };
    void this.attempt(async () => {
      const definition = await appealDefinition();
      await client(workflowApi).start({ definition, values });
      this.appealing = undefined;
    }, t("performance-assessment.sent"));
  }

  async #more(): Promise<void> {
    try {
      const { results, nextCursor } = await this.#read(this.next);
      this.results = [...this.results, ...results];
      this.next = nextCursor;
    } catch (error) {
      this.error = error;
    }
  }

  #read(cursor: string | undefined): Promise<{ results: Result[]; nextCursor?: string }> {
    return callPlugin(PLUGIN, "results", cursor === undefined ? {} : { cursor });
  }

  #indicator({ indicator }: Line): Indicator | undefined {
    return this.indicators.find(({ id }) => id === indicator);
  }
}

/** The process of an appeal in its newest version. */
async function appealDefinition(): Promise<string> {
  let cursor: string | undefined;
  do {
    const page = await client(workflowApi).definitions({ limit: 200, ...(cursor === undefined ? {} : { cursor }) });
    const found = page.definitions.find(({ key }) => key === "assessment-appeal");
    if (found) return found.id;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  throw new Error("the process assessment-appeal is not deployed");
}
