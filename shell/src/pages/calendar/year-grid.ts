import type { CalendarDay } from "@jinshui/contracts";
import { JinshuiElement, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

const DAY_MS = 86_400_000;
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** The twelve months of a year: a click, or the arrow keys and Enter, choose a day (`choose`). */
@customElement("ji-year-grid")
export class YearGrid extends JinshuiElement {
  static override styles = css`
    :host {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(246px, 1fr));
      gap: 12px;
      align-items: start;
    }
    table {
      border-collapse: collapse;
      width: 100%;
      table-layout: fixed;
    }
    caption {
      text-align: left;
      font-weight: 600;
      padding: 4px 0;
    }
    th {
      font-weight: 400;
      font-size: var(--ji-small);
      color: var(--ji-text-2);
    }
    td {
      padding: 1px;
    }
    button {
      font: inherit;
      font-size: 13px;
      line-height: 16px;
      width: 100%;
      min-width: 0;
      height: 38px;
      padding: 0;
      border: 1px solid transparent;
      border-radius: var(--ji-radius);
      background: none;
      color: var(--ji-text);
      cursor: pointer;
    }
    button small {
      display: block;
      font-size: 11px;
      line-height: 14px;
      min-height: 14px;
    }
    button {
      position: relative;
    }
    .visually-hidden {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
      white-space: nowrap;
    }
    button.rest {
      background: var(--ji-surface-2);
      color: var(--ji-text-2);
    }
    button.told.rest {
      background: var(--ji-error-tint);
      color: var(--ji-error);
    }
    button.told.work {
      background: var(--ji-warn-tint);
      color: var(--ji-warn);
    }
    button.own {
      border-color: var(--ji-brand);
    }
    button[aria-pressed="true"] {
      outline: 2px solid var(--ji-brand);
    }
    button:focus-visible {
      outline: 2px solid var(--ji-brand);
      outline-offset: 2px;
    }
  `;
  @property({ type: Number }) year = 0;
  /** Days that are not what their weekday says, by day. */
  @property({ attribute: false }) days: ReadonlyMap<string, CalendarDay> = new Map();
  @property() bureau = "";
  @property() chosen = "";
  @property() today = "";
  @state() private focused = "";

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("year") && !this.focused.startsWith(String(this.year)))
      this.focused = this.today.startsWith(`${this.year}-`) ? this.today : `${this.year}-01-01`;
  }

  override render(): TemplateResult {
    return html`${Array.from({ length: 12 }, (_, month) => this.#month(month))}`;
  }

  #month(month: number): TemplateResult {
    const first = Date.UTC(this.year, month, 1);
    const length = new Date(Date.UTC(this.year, month + 1, 0)).getUTCDate();
    // weeks begin on Monday
    const before = (new Date(first).getUTCDay() + 6) % 7;
    const weeks = Math.ceil((before + length) / 7);
    return html`<table>
      <caption>
        ${t("calendar.month", { year: this.year, month: month + 1 })}
      </caption>
      <thead>
        <tr>
          ${[1, 2, 3, 4, 5, 6, 0].map((weekday) => html`<th scope="col">${t(`calendar.weekday-${weekday}`)}</th>`)}
        </tr>
      </thead>
      <tbody @keydown=${(event: KeyboardEvent) => this.#move(event)}>
        ${Array.from(
          { length: weeks },
          (_, week) =>
            html`<tr>
              ${Array.from({ length: 7 }, (__, column) => {
                const date = week * 7 + column - before;
                return html`<td>${date < 0 || date >= length ? nothing : this.#day(first + date * DAY_MS)}</td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #day(time: number): TemplateResult {
    const day = new Date(time).toISOString().slice(0, 10);
    const told = this.days.get(day);
    const weekday = new Date(time).getUTCDay();
    const kind = told?.kind ?? (weekday % 6 === 0 ? "rest" : "work");
    const isOwn = told?.source === this.bureau;
    const mark = told ? t(`calendar.mark-${kind}`) : "";
    const words = [
      day,
      t(`calendar.weekday-${weekday}`),
      t(`calendar.${kind}`),
      told?.name ?? "",
      isOwn ? t("calendar.own") : "",
    ];
    return html`<button
      class="${kind} ${told ? "told" : ""} ${isOwn ? "own" : ""}"
      data-day=${day}
      title=${told?.name ?? nothing}
      aria-pressed=${day === this.chosen}
      aria-current=${day === this.today ? "date" : nothing}
      tabindex=${day === this.focused ? 0 : -1}
      @focus=${() => (this.focused = day)}
      @click=${() => this.dispatchEvent(new CustomEvent("choose", { detail: day }))}
    >
      ${Number(day.slice(8))}<small>${mark}</small
      ><span class="visually-hidden">${words.filter((word) => word !== "").join(" ")}</span>
    </button>`;
  }

  #move(event: KeyboardEvent): void {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const day = new Date(Date.parse(this.focused) + step * DAY_MS).toISOString().slice(0, 10);
    if (!day.startsWith(String(this.year))) return;
    this.focused = day;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLButtonElement>(`[data-day="${day}"]`)?.focus(),
    );
  }
}
