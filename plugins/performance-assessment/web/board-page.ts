import { callPlugin, local, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Aim, Indicator, Level, Subject } from "./answers.js";
import { CountedList, type ListScope } from "./counted-list.js";
import { AssessmentPage, PLUGIN } from "./page.js";
import { decimal, valueOf } from "./shown.js";

const LEVELS: readonly Level[] = ["bureau", "department", "person"];

/** What the bureau's work amounts to: the five aims, and each indicator of each bureau, department or person. */
export class BoardPage extends AssessmentPage {
  @state() private aims: Aim[] = [];
  @state() private subjects: Subject[] = [];
  @state() private level: Level = "bureau";
  @state() private openAim = "";
  readonly #list = new CountedList(() => this.requestUpdate());
  #query: Record<string, string> = {};

  protected override async load(query: URLSearchParams): Promise<void> {
    await this.readIndicators(query);
    this.#query = Object.fromEntries(query);
    this.level = LEVELS.find((each) => each === query.get("level")) ?? "bureau";
    const below = this.level === "bureau" && this.may("site.figures-below");
    const asked = { from: this.month, to: this.month, level: this.level, ...(below ? { below } : {}) };
    const [board, five] = await Promise.all([
      callPlugin<{ subjects: Subject[] }>(PLUGIN, "board", asked),
      callPlugin<{ aims: Aim[] }>(PLUGIN, "five", { period: this.month }),
    ]);
    this.subjects = board.subjects;
    this.aims = five.aims;
    const indicator = this.#chosen();
    const key = query.get("key");
    if (indicator && key !== null)
      await this.#list.load(indicator, query.get("measure"), { [this.level]: key } satisfies ListScope, this.month);
  }

  override render(): TemplateResult {
    return html`${this.head(t("performance-assessment.board"), this.monthField())} ${this.#fiveCard()}
    ${this.#boardCard()} ${this.#countedCard()} ${this.#lackingCard()}`;
  }

  #fiveCard(): TemplateResult {
    const open = this.aims.find(({ id }) => id === this.openAim);
    return html`<section class="card" aria-labelledby="five">
      <h2 id="five">${t("performance-assessment.five")}</h2>
      <dl class="aims">${this.aims.map((aim) => html`<div>${this.#aim(aim)}</div>`)}</dl>
      ${
        open
          ? html`<div class="body">
              <h3>${t(`performance-assessment.missing.${open.id}`)}</h3>
              <p>${open.missing.join("、")}</p>
            </div>`
          : nothing
      }
    </section>`;
  }

  #aim({ id, numerator, denominator, missing, needs }: Aim): TemplateResult {
    const name = t(`performance-assessment.aim.${id}`);
    if (numerator === undefined || denominator === undefined || denominator === 0)
      return html`<dt>${name}</dt>
        <dd>
          <strong>${t("performance-assessment.none")}</strong
          >${needs ? t("performance-assessment.needs", { what: local(needs) }) : nothing}
        </dd>`;
    const share = decimal(Math.floor((numerator * 20_000 + denominator) / (2 * denominator)));
    return html`<dt>${name}</dt>
      <dd>
        <strong>${t("performance-assessment.unit.percent", { n: share })}</strong>
        <progress max=${denominator} value=${numerator} aria-label=${name}></progress>
        <span class="quiet small">${numerator}/${denominator}</span>
        ${
          missing.length === 0
            ? nothing
            : html`<button
                class="button plain"
                aria-expanded=${this.openAim === id}
                aria-label=${t("performance-assessment.missingOf", { name })}
                @click=${() => (this.openAim = this.openAim === id ? "" : id)}
              >
                ${t("performance-assessment.missing")}
              </button>`
        }
      </dd>`;
  }

  #boardCard(): TemplateResult {
    const shown = this.indicators.filter(({ levels }) => levels.includes(this.level));
    const heading = t(`performance-assessment.level.${this.level}`);
    const rows = this.subjects.map(
      (subject) =>
        html`<tr>
          <th scope="row">${subject.title}</th>
          ${shown.map((indicator) => this.#cell(subject, indicator))}
        </tr>`,
    );
    return html`<section class="card">
      <div class="tabs" role="group" aria-label=${t("performance-assessment.by")}>
        ${LEVELS.map(
          (level) =>
            html`<button aria-pressed=${level === this.level} @click=${() => this.show({ month: this.month, level })}>
              ${t(`performance-assessment.level.${level}`)}
            </button>`,
        )}
      </div>
      ${
        this.subjects.length === 0
          ? html`<ji-empty text=${t("performance-assessment.nothing")}></ji-empty>`
          : this.table(heading, [heading, ...shown.map(({ title }) => local(title))], rows)
      }
    </section>`;
  }

  #cell({ key, title, measured }: Subject, indicator: Indicator): TemplateResult {
    const name = `${title} ${local(indicator.title)}`;
    return html`<td>
      <button
        class="button plain"
        @click=${() => this.show({ month: this.month, level: this.level, key, indicator: indicator.id })}
      >
        <span class="visually-hidden">${t("performance-assessment.listOf", { name })}</span>
        ${valueOf(
          indicator,
          measured.find((each) => each.indicator === indicator.id),
        )}
      </button>
    </td>`;
  }

  #countedCard(): TemplateResult | typeof nothing {
    const indicator = this.#chosen();
    const { key } = this.#query;
    const subject = this.subjects.find((each) => each.key === key);
    if (!indicator || !subject) return nothing;
    return this.#list.template(
      `${subject.title} ${local(indicator.title)}`,
      (measure) => this.show({ ...this.#query, measure }),
      (error) => (this.error = error),
    );
  }

  #chosen(): Indicator | undefined {
    return this.indicators.find(({ id }) => id === this.#query["indicator"]);
  }

  #lackingCard(): TemplateResult {
    const title = t("performance-assessment.lacking");
    return html`<section class="card">
      <h2>${title}</h2>
      ${this.table(
        title,
        ["indicator", "needsWhat", "basis"].map((key) => t(`performance-assessment.${key}`)),
        this.lacking.map(
          (each) =>
            html`<tr>
              <td>${local(each.title)}</td>
              <td class="long">${local(each.needs)}</td>
              <td class="quiet long">${each.source}</td>
            </tr>`,
        ),
      )}
    </section>`;
  }
}
