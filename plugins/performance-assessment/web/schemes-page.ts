import { storageApi, type StoredRecord } from "@jinshui/contracts";
import { callPlugin, client, local, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Indicator, Level, SchemeLine } from "./answers.js";
import { AssessmentPage, PLUGIN } from "./page.js";
import { monthBefore, thisMonth } from "./shown.js";

const LEVELS: readonly Level[] = ["person", "department", "bureau"];

interface SchemeValues {
  name: string;
  version: number;
  level: Level;
  status: string;
  lines: SchemeLine[];
}

/** Schemes in their versions: what counts for how much, what is in force, and the freezing of a month. */
export class SchemesPage extends AssessmentPage {
  @state() private schemes: StoredRecord[] = [];
  @state() private level: Level = "person";
  @state() private sum = 0;

  protected override async load(query: URLSearchParams): Promise<void> {
    await this.readIndicators(query);
    if (query.get("month") === null) this.month = monthBefore(thisMonth());
    const { records } = await client(storageApi).find({
      collection: "performance-assessment.scheme",
      sort: ["name", "-version"],
      limit: 200,
    });
    this.schemes = records;
  }

  override render(): TemplateResult {
    const title = t("performance-assessment.schemes");
    const headings = ["name", "version", "of", "state", "weights"].map((key) => t(`performance-assessment.${key}`));
    return html`${this.head(title, this.monthField())}
      <section class="card">
        ${
          this.schemes.length === 0
            ? html`<ji-empty text=${t("performance-assessment.noScheme")}></ji-empty>`
            : this.table(
                title,
                [...headings, ""],
                this.schemes.map((record) => this.#row(record)),
              )
        }
      </section>
      ${this.#form()}`;
  }

  #row({ id, values }: StoredRecord): TemplateResult {
    const { name, version, level, status, lines } = values as unknown as SchemeValues;
    const weights = lines.map(({ indicator, weight }) => `${this.#title(indicator)} ${weight}`).join("、");
    const named = `${name} ${version}`;
    return html`<tr>
      <td>${name}</td>
      <td>${version}</td>
      <td>${t(`performance-assessment.level.${level}`)}</td>
      <td>
        <span class="badge ${status === "active" ? "ok" : ""}">${t(`performance-assessment.status.${status}`)}</span>
      </td>
      <td class="quiet long">${weights}</td>
      <td class="actions">
        ${
          status === "draft"
            ? html`<button
                class="button"
                ?disabled=${this.working}
                aria-label="${t("performance-assessment.activate")} ${named}"
                @click=${() => this.attempt(() => callPlugin(PLUGIN, "activate-scheme", { scheme: id }), t("performance-assessment.activated"))}
              >
                ${t("performance-assessment.activate")}
              </button>`
            : nothing
        }
        ${
          status === "active"
            ? html`<button
                class="button primary"
                ?disabled=${this.working}
                aria-label="${t("performance-assessment.freeze", { month: this.month })} ${named}"
                @click=${() => this.#freeze(id)}
              >
                ${t("performance-assessment.freeze", { month: this.month })}
              </button>`
            : nothing
        }
      </td>
    </tr>`;
  }

  #freeze(scheme: string): void {
    const period = this.month;
    void this.attempt(
      () => callPlugin(PLUGIN, "freeze", { scheme, period }),
      t("performance-assessment.frozen", { month: period }),
    );
  }

  #form(): TemplateResult {
    const offered = this.indicators.filter(({ levels }) => levels.includes(this.level));
    return html`<section class="card">
      <h2>${t("performance-assessment.newScheme")}</h2>
      <form class="body" @submit=${this.#save} @input=${this.#count}>
        <p>
          <label
            >${t("performance-assessment.name")}
            <input class="input" name="name" required maxlength="60" autocomplete="off"
          /></label>
          <label
            >${t("performance-assessment.of")}
            <select
              class="input"
              name="level"
              @change=${(event: Event) => (this.level = (event.target as HTMLSelectElement).value as Level)}
            >
              ${LEVELS.map((level) => html`<option value=${level} ?selected=${level === this.level}>${t(`performance-assessment.level.${level}`)}</option>`)}
            </select></label
          >
        </p>
        ${this.table(
          t("performance-assessment.weights"),
          ["indicator", "weight", "target", "zero", "basis"].map((key) => t(`performance-assessment.${key}`)),
          offered.map((indicator) => this.#line(indicator)),
        )}
        <p>
          <span role="status">${t("performance-assessment.sum", { n: this.sum })}</span>
          <button class="button primary" ?disabled=${this.working || this.sum !== 100}>
            ${t("performance-assessment.save")}
          </button>
        </p>
      </form>
    </section>`;
  }

  #line({ id, title, target, zero, source }: Indicator): TemplateResult {
    const name = local(title);
    const field = (part: string, value: string, pattern: string): TemplateResult =>
      html`<input
        class="input"
        name="${part}-${id}"
        value=${value}
        size="7"
        maxlength="13"
        inputmode="decimal"
        pattern=${pattern}
        aria-label="${name} ${t(`performance-assessment.${part}`)}"
      />`;
    const number = "-?[0-9]{1,9}(\\.[0-9]{1,2})?";
    return html`<tr>
      <td>${name}</td>
      <td>${field("weight", "", "[0-9]{1,3}")}</td>
      <td>${field("target", target, number)}</td>
      <td>${field("zero", zero, number)}</td>
      <td class="quiet long">${source}</td>
    </tr>`;
  }

  readonly #count = (event: Event): void => {
    const form = event.currentTarget as HTMLFormElement;
    this.sum = this.#lines(new FormData(form)).reduce((sum, { weight }) => sum + weight, 0);
  };

  readonly #save = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const input = { name: (data.get("name") as string).trim(), level: this.level, lines: this.#lines(data) };
    void this.attempt(async () => {
      await callPlugin(PLUGIN, "save-scheme", input);
      form.reset();
      this.sum = 0;
    }, t("performance-assessment.saved"));
  };

  /** The indicators that have a weight. */
  #lines(data: FormData): SchemeLine[] {
    const text = (name: string): string => (data.get(name) as string | null) ?? "";
    return this.indicators
      .filter(({ id }) => Number(text(`weight-${id}`)) > 0)
      .map(({ id }) => ({
        indicator: id,
        weight: Number(text(`weight-${id}`)),
        target: text(`target-${id}`),
        zero: text(`zero-${id}`),
      }));
  }

  #title(id: string): string {
    const title = this.indicators.find((each) => each.id === id)?.title;
    return title ? local(title) : id;
  }
}
