import { type Alarm, securityApi } from "@jinshui/contracts";
import { client, dateTime, hasText, Pages, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { entered, pageOf, SecurityPage } from "./page.js";

/** Alarms of the bureau: what happened, since when, and what came of it. */
export class AlarmsPage extends SecurityPage {
  static override styles = [
    SecurityPage.styles,
    css`
      .alarm {
        padding: 10px 12px;
        border-bottom: 1px solid var(--ji-rule);
      }
      .alarm p {
        margin: 4px 0 0;
        overflow-wrap: anywhere;
      }
      .alarm h2 {
        display: flex;
        gap: 8px;
        align-items: center;
        flex-wrap: wrap;
      }
      .alarm form {
        display: flex;
        gap: 8px;
        align-items: end;
        flex-wrap: wrap;
        margin-top: 8px;
      }
      .alarm form label {
        display: grid;
        gap: 2px;
        flex: 1 1 260px;
        font-size: var(--ji-small);
        color: var(--ji-text-2);
      }
    `,
  ];
  protected override showsAlarms = true;
  @state() private all = false;
  @state() private answering = "";
  readonly #alarms = new Pages<Alarm>(
    async (page) => {
      const { alarms, ...rest } = await client(securityApi).alarms({
        ...page,
        ...(this.all ? {} : { state: "open" as const }),
      });
      return { items: alarms, ...rest };
    },
    () => this.requestUpdate(),
  );

  protected override async load(query: URLSearchParams): Promise<void> {
    this.all = query.get("all") !== null;
    await this.#alarms.load();
  }

  override render(): TemplateResult {
    return html`${this.head(t("security-center.alarms"))}
      <section class="card">
        <div class="tabs" role="group" aria-label=${t("security-center.alarms")}>
          <button aria-pressed=${!this.all} @click=${() => this.show({})}>${t("security-center.open")}</button>
          <button aria-pressed=${this.all} @click=${() => this.show({ all: "1" })}>${t("security-center.all")}</button>
        </div>
        ${this.#alarms.items.map((alarm) => this.#alarm(alarm))}
        ${this.#alarms.foot(t(this.all ? "security-center.noAlarms" : "security-center.noOpenAlarms"), (error) => (this.error = error))}
      </section>`;
  }

  #alarm(alarm: Alarm): TemplateResult {
    const { id, rule, level, firstAt, lastAt, count, entries } = alarm;
    const isCritical = level === "critical";
    const link =
      entries !== undefined && this.may("site.audit")
        ? html`<a href=${pageOf("audit", entries)}>${t("security-center.toEntries")}</a>`
        : nothing;
    return html`<article class="alarm" aria-labelledby=${id}>
      <h2 id=${id}>
        <span class="badge ${isCritical ? "error" : "warn"}">${t(`security-center.level.${level}`)}</span>
        <span>${t(`security-center.rule.${rule}`)}</span>
      </h2>
      <p>${told(alarm)}</p>
      <p class="quiet small">
        ${firstAt === lastAt ? dateTime(firstAt) : t("security-center.between", { first: dateTime(firstAt), last: dateTime(lastAt) })}
        ${count > 1 ? t("security-center.times", { n: count }) : nothing} ${link}
      </p>
      ${this.#answer(alarm)}
    </article>`;
  }

  #answer({ id, state: phase, acknowledgedBy, acknowledgedAt, note }: Alarm): TemplateResult {
    if (phase === "acknowledged")
      return html`<p class="quiet small">
        <span class="badge ok">${t("security-center.acknowledged")}</span>
        ${acknowledgedBy?.name ?? ""} ${dateTime(acknowledgedAt)}：${note ?? ""}
      </p>`;
    if (this.answering !== id)
      return html`<p>
        <button class="button" @click=${() => this.#begin(id)}>${t("security-center.acknowledge")}</button>
      </p>`;
    return html`<form @submit=${(event: SubmitEvent) => this.#send(event, id)}>
      <label
        >${t("security-center.note")}<input
          class="input"
          name="note"
          required
          minlength="2"
          maxlength="300"
          autocomplete="off"
      /></label>
      <button class="button primary">${t("security-center.acknowledge")}</button>
      <button class="button" type="button" @click=${() => (this.answering = "")}>${t("action.cancel")}</button>
    </form>`;
  }

  #begin(id: string): void {
    this.answering = id;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLInputElement>(".alarm form input")?.focus());
  }

  #send(event: SubmitEvent, alarm: string): void {
    event.preventDefault();
    const { note = "" } = entered(event.target as HTMLFormElement);
    void this.attempt(async () => {
      await client(securityApi).acknowledge({ alarm, note });
      this.answering = "";
    }, t("security-center.acknowledgedNow"));
  }
}

/** What happened, in a sentence. */
function told({ rule, facts }: Alarm): string {
  const values = Object.fromEntries(
    Object.entries(facts).map(([name, value]) => {
      const key = `security-center.fact.${name}.${value}`;
      if (hasText(key)) return [name, t(key)];
      return [name, typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? dateTime(value) : value];
    }),
  );
  const kind = `security-center.told.${rule}.${facts["kind"] ?? ""}`;
  return t(hasText(kind) ? kind : `security-center.told.${rule}`, values);
}
