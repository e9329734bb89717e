import { type Calendar, workflowApi } from "@jinshui/contracts";
import { client, controls, JinshuiElement, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

/** Does something and says what was done, or what went wrong. */
export type Save = (work: () => Promise<unknown>, done: string) => Promise<void>;

export const calendarCardStyles = css`
  .card {
    margin-bottom: 12px;
  }
  form {
    display: grid;
    gap: 8px;
  }
  form > label:not(.check) {
    display: grid;
    gap: 4px;
  }
  textarea {
    min-height: 96px;
    padding: 6px 8px;
    width: 100%;
    resize: vertical;
  }
  .wrong {
    color: var(--ji-error);
  }
`;

/** Working hours and reminders of a bureau. */
@customElement("ji-calendar-settings")
export class CalendarSettings extends JinshuiElement {
  static override styles = [controls, calendarCardStyles];
  @property({ attribute: false }) calendar: Calendar | undefined;
  @property({ attribute: false }) save: Save = () => Promise.resolve();
  @state() private wrong = "";

  override render(): TemplateResult | typeof nothing {
    return this.calendar ? html`${this.#hours(this.calendar)}${this.#reminders(this.calendar)}` : nothing;
  }

  #hours({ hours, ownHours, editable }: Calendar): TemplateResult {
    const text = hours
      .map(({ from, hours: spans }) => `${from} ${spans.map((span) => `${span.from}-${span.to}`).join(" ")}`)
      .join("\n");
    return html`<section class="card">
      <h2>
        <span>${t("calendar.hours")}</span
        >${ownHours ? nothing : html`<span class="badge">${t("calendar.inherited")}</span>`}
      </h2>
      <div class="body">
        <form @submit=${(event: SubmitEvent) => void this.#setHours(event)}>
          <label
            >${t("calendar.hoursHint")}<textarea
              class="input"
              name="hours"
              .value=${text}
              ?readonly=${!editable}
            ></textarea>
          </label>
          ${this.wrong === "" ? nothing : html`<p class="wrong" role="alert">${this.wrong}</p>`}
          ${editable ? html`<div><button class="button">${t("calendar.save")}</button></div>` : nothing}
        </form>
      </div>
    </section>`;
  }

  async #setHours(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { calendar } = this;
    if (!calendar) return;
    const lines = String(new FormData(event.target as HTMLFormElement).get("hours"))
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
    const hours = lines.map((line) => {
      const [from = "", ...spans] = line.split(/\s+/);
      return { from, hours: spans.map((span) => ({ from: span.slice(0, 5), to: span.slice(6) })), line };
    });
    const bad = hours.findIndex(({ line }) => !/^\d{4}-\d\d-\d\d(\s+\d\d:\d\d-\d\d:\d\d){1,4}$/.test(line));
    this.wrong = bad < 0 ? "" : t("calendar.hoursWrong", { n: bad + 1, line: lines[bad] });
    if (bad >= 0) return;
    const { bureau, version } = calendar;
    const list = hours.map(({ from, hours: spans }) => ({ from, hours: spans }));
    await this.save(() => client(workflowApi).setCalendarHours({ bureau, version, hours: list }), t("calendar.saved"));
  }

  #reminders({ reminders, ownReminders, editable }: Calendar): TemplateResult {
    const field = (name: "before" | "after"): TemplateResult =>
      html`<label
        >${t(`calendar.${name}`)}<input
          class="input"
          name=${name}
          .value=${reminders[name].join(", ")}
          pattern="\\s*(\\d+\\s*([,，、]\\s*\\d+\\s*)*)?"
          ?readonly=${!editable}
          autocomplete="off"
      /></label>`;
    return html`<section class="card">
      <h2>
        <span>${t("calendar.reminders")}</span
        >${ownReminders ? nothing : html`<span class="badge">${t("calendar.inherited")}</span>`}
      </h2>
      <div class="body">
        <form @submit=${(event: SubmitEvent) => void this.#setReminders(event)}>
          <label class="check"
            ><input type="checkbox" name="lastThird" .checked=${reminders.lastThird} ?disabled=${!editable} />
            ${t("calendar.lastThird")}</label
          >
          ${field("before")} ${field("after")}
          ${
            editable
              ? html`<div>
                  <button class="button" value="own">${t("calendar.save")}</button>
                  ${ownReminders ? html`<button class="button" value="above">${t("calendar.likeAbove")}</button>` : nothing}
                </div>`
              : nothing
          }
        </form>
      </div>
    </section>`;
  }

  async #setReminders(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { calendar } = this;
    if (!calendar) return;
    const form = new FormData(event.target as HTMLFormElement);
    const days = (name: string): number[] => [...new Set(String(form.get(name)).match(/\d+/g)?.map(Number) ?? [])];
    const own = { lastThird: form.get("lastThird") !== null, before: days("before"), after: days("after") };
    const isOwn = (event.submitter as HTMLButtonElement | null)?.value !== "above";
    const { bureau, version } = calendar;
    await this.save(
      () => client(workflowApi).setCalendarReminders({ bureau, version, ...(isOwn ? { reminders: own } : {}) }),
      t("calendar.saved"),
    );
  }
}
