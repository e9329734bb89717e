import { callPlugin, PluginPage, t } from "@jinshui/web";
import { css, type CSSResultGroup, html, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Indicator, MissingIndicator } from "./answers.js";
import { monthsWith, monthTitle, thisMonth } from "./shown.js";
import "./texts.js";

export const PLUGIN = "performance-assessment";

/** Base of the plugin's pages: the month that the address asks for, and the indicators. */
export abstract class AssessmentPage extends PluginPage {
  static override styles: CSSResultGroup = [
    PluginPage.styles,
    css`
      .month {
        display: inline-flex;
        gap: 6px;
        align-items: center;
        font-size: var(--ji-small);
        color: var(--ji-text-2);
      }
      .aims {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(170px, 1fr));
        gap: 12px;
        padding: 12px;
        margin: 0;
      }
      .aims dt {
        color: var(--ji-text-2);
        font-size: var(--ji-small);
      }
      .aims dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .aims strong {
        display: block;
        font-size: var(--ji-title);
      }
      td a {
        font-variant-numeric: tabular-nums;
      }
      .counts:not(:empty) {
        margin-left: 6px;
      }
      progress {
        width: 100%;
        height: 6px;
        accent-color: var(--ji-brand);
      }
    `,
  ];
  @state() protected month = thisMonth();
  @state() protected indicators: Indicator[] = [];
  @state() protected lacking: MissingIndicator[] = [];

  protected async readIndicators(query: URLSearchParams): Promise<void> {
    this.month = query.get("month") ?? thisMonth();
    if (this.indicators.length > 0) return;
    const { indicators, missing } = await callPlugin<{ indicators: Indicator[]; missing: MissingIndicator[] }>(
      PLUGIN,
      "indicators",
      {},
    );
    this.indicators = indicators;
    this.lacking = missing;
  }

  protected monthField(): TemplateResult {
    return html`<label class="month"
      >${t("performance-assessment.month")}<select
        class="input"
        @change=${(event: Event) => this.#chosen((event.target as HTMLSelectElement).value)}
      >
        ${monthsWith(this.month).map(
          (month) => html`<option value=${month} ?selected=${month === this.month}>${monthTitle(month)}</option>`,
        )}
      </select></label
    >`;
  }

  #chosen(month: string): void {
    this.show({ ...Object.fromEntries(new URLSearchParams(location.search)), month });
  }
}
