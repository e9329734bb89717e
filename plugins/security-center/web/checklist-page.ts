import { language, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import checklist from "./checklist.json" with { type: "json" };
import { SecurityPage } from "./page.js";

type Chapter = (typeof checklist)[number];
type Item = Chapter["items"][number];
const FILTERS = ["all", "duties", "unproven"] as const;

/** What 等保三级 and ASVS ask for, what proves it, and what is left to whoever runs the site. */
export class ChecklistPage extends SecurityPage {
  static override styles = [
    SecurityPage.styles,
    css`
      .card > h2 {
        margin: 0;
      }
      details {
        font-size: var(--ji-small);
        overflow-wrap: anywhere;
      }
      details ul {
        margin: 0;
        padding-left: 18px;
      }
    `,
  ];
  @state() private filter: (typeof FILTERS)[number] = "all";

  protected override load(query: URLSearchParams): Promise<void> {
    this.filter = FILTERS.find((known) => known === query.get("show")) ?? "all";
    return Promise.resolve();
  }

  override render(): TemplateResult {
    const items = checklist.flatMap((chapter) => chapter.items);
    const proven = items.filter(({ tests }) => tests.length > 0).length;
    const duties = items.filter(({ duty }) => duty !== null).length;
    return html`${this.head(t("security-center.checklist"))}
      <p class="quiet">${t("security-center.checklistHint", { n: items.length, proven, duties })}</p>
      <div class="tabs card" role="group" aria-label=${t("security-center.checklist")}>
        ${FILTERS.map(
          (filter) =>
            html`<button
              aria-pressed=${this.filter === filter}
              @click=${() => this.show(filter === "all" ? {} : { show: filter })}
            >
              ${t(`security-center.checklist.${filter}`)}
            </button>`,
        )}
      </div>
      ${checklist.map((chapter) => this.#chapter(chapter))}`;
  }

  #chapter({ title, items }: Chapter): TemplateResult | typeof nothing {
    const shown = items.filter(
      ({ tests, duty }) =>
        this.filter === "all" || (this.filter === "duties" ? duty !== null : tests.length === 0 && duty === null),
    );
    if (shown.length === 0) return nothing;
    return html`<section class="card">
      <h2>${inWords(title)}</h2>
      ${this.table(
        inWords(title),
        ["number", "requirement", "source", "proof", "duty"].map((key) => t(`security-center.${key}`)),
        shown.map((item) => row(item)),
      )}
    </section>`;
  }
}

function row({ number, level, text, source, duty, tests }: Item): TemplateResult {
  return html`<tr>
    <td>${number}</td>
    <td class="long">
      ${inWords(text)} ${level === "should" ? html`<span class="badge">${t("security-center.should")}</span>` : nothing}
    </td>
    <td class="long">${sourceText(source)}</td>
    <td class="long">
      ${
        tests.length === 0
          ? html`<span class="badge ${duty === null ? "warn" : ""}"
              >${t(duty === null ? "security-center.unproven" : "security-center.byOperator")}</span
            >`
          : html`<details>
              <summary>
                <span class="badge ok">${t("security-center.tests", { n: tests.length })}</span>
              </summary>
              <ul>
                ${tests.map(({ file, title }) => html`<li lang="en">${language() === "en" ? title : file}</li>`)}
              </ul>
            </details>`
      }
    </td>
    <td class="long">${duty === null ? "" : inWords(duty)}</td>
  </tr>`;
}

function inWords(text: { "zh-CN": string; en: string }): string {
  return text[language()];
}

/** Clauses are numbers; the few words between them have texts. */
function sourceText(source: string): string {
  return source.replace(/ (against|to|in spirit)(?= |$)/g, (_, word: string) => t(`security-center.source.${word}`));
}
