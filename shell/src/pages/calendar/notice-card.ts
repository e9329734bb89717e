import { type Calendar, type OpOutput, type WorkflowApi, workflowApi } from "@jinshui/contracts";
import { client, controls, JinshuiElement, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { calendarCardStyles, type Save } from "./calendar-settings.js";
import { readNotice, type ReadNotice } from "./read-notice.js";

type Changes = OpOutput<WorkflowApi, "importCalendarYear">["changes"];

/** Takes a year's holidays over from the notice as it is published, after a look at what changes. */
@customElement("ji-notice-card")
export class NoticeCard extends JinshuiElement {
  static override styles = [
    controls,
    calendarCardStyles,
    css`
      summary {
        cursor: pointer;
        padding: 9px 12px;
      }
      ul {
        margin: 0;
        padding-left: 20px;
      }
      .bar {
        margin: 0;
      }
    `,
  ];
  @property({ attribute: false }) calendar: Calendar | undefined;
  @property({ attribute: false }) save: Save = () => Promise.resolve();
  @property({ type: Number }) year = 0;
  @state() private found: (ReadNotice & { year: number; notice: string }) | undefined;
  @state() private changes: Changes | undefined;
  @state() private error: unknown;

  override render(): TemplateResult {
    return html`<details class="card">
      <summary>${t("calendar.import")}</summary>
      <div class="body">
        <p class="quiet">${t("calendar.importHint")}</p>
        <form @submit=${(event: SubmitEvent) => void this.#preview(event)}>
          <label
            >${t("calendar.importYear")}<input
              class="input"
              type="number"
              name="year"
              min="1990"
              max="2100"
              .value=${String(this.year)}
              required
          /></label>
          <label
            >${t("calendar.notice")}<input
              class="input"
              name="notice"
              minlength="2"
              maxlength="200"
              required
              autocomplete="off"
          /></label>
          <label>${t("calendar.text")}<textarea class="input" name="text" required></textarea></label>
          <div class="bar">
            <button class="button">${t("calendar.preview")}</button>
            ${this.changes && this.found ? html`<button type="button" class="button primary" @click=${() => void this.#take()}>${t("calendar.take")}</button>` : nothing}
          </div>
        </form>
        <div role="status">${this.#result()}</div>
        <ji-error .error=${this.error}></ji-error>
      </div>
    </details>`;
  }

  #result(): TemplateResult | typeof nothing {
    const { found, changes } = this;
    if (!found) return nothing;
    if (found.ranges.length === 0 || !changes)
      return html`<p class="wrong">${found.ranges.length === 0 ? t("calendar.nothingRead") : ""}</p>
        ${this.#unread(found)}`;
    return html`<p>
        ${t("calendar.read", { n: found.ranges.length })}；${changes.length === 0 ? t("calendar.noChange") : t("calendar.changes", { n: changes.length })}
      </p>
      ${this.#unread(found)}
      <ul>
        ${changes.map(({ day, name, before, after }) => html`<li>${t("calendar.change", { day, name, before: t(`calendar.${before}`), after: t(`calendar.${after}`) })}</li>`)}
      </ul>`;
  }

  #unread({ unread }: ReadNotice): TemplateResult[] {
    return unread.map((line) => html`<p class="wrong">${t("calendar.unread", { line })}</p>`);
  }

  async #preview(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const year = Number(form.get("year"));
    this.changes = undefined;
    this.error = undefined;
    this.found = { ...readNotice(String(form.get("text")), year), year, notice: String(form.get("notice")).trim() };
    if (this.found.ranges.length === 0) return;
    try {
      this.changes = (await this.#import(false)).changes;
    } catch (error) {
      this.error = error;
    }
  }

  async #take(): Promise<void> {
    const year = this.found?.year ?? this.year;
    await this.save(
      async () => {
        await this.#import(true);
        this.found = undefined;
        this.changes = undefined;
      },
      t("calendar.imported", { year }),
    );
  }

  #import(commit: boolean): Promise<OpOutput<WorkflowApi, "importCalendarYear">> {
    const { calendar, found } = this;
    if (!calendar || !found) throw new Error("nothing has been read yet");
    const { bureau, version } = calendar;
    const { year, notice, ranges } = found;
    return client(workflowApi).importCalendarYear({ bureau, version, year, notice, ranges, commit });
  }
}
