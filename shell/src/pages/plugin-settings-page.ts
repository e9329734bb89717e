import {
  isJinshuiError,
  isSecret,
  type PluginSettings,
  type PluginStatus,
  type Setting,
  supervisorApi,
} from "@jinshui/contracts";
import { client, dateTime, local, PluginPage, t } from "@jinshui/web";
import { fieldTemplate } from "@jinshui/web/form";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import "./plugin-schedules.js";
import { fieldValue, hintOf, keptValue, settingProblem, specOf, titleOf } from "./setting-fields.js";

/** What is set of one plugin in one bureau, on a form that its schema makes. */
@customElement("ji-plugin-settings-page")
export class PluginSettingsPage extends PluginPage {
  static override styles = [
    PluginPage.styles,
    css`
      form {
        display: grid;
        gap: 4px;
        max-width: 640px;
      }
      form > div > * {
        width: 100%;
      }
      form .button {
        justify-self: start;
        width: auto;
      }
      form label.secret {
        display: grid;
        gap: 4px;
        margin: 8px 0;
      }
      .problem {
        color: var(--ji-error);
      }
      .buttons {
        display: flex;
        gap: 8px;
        margin-top: 12px;
      }
    `,
  ];
  @property() plugin = "";
  @property() bureau = "";
  @state() private status: PluginStatus | undefined;
  @state() private settings: PluginSettings | undefined;
  @state() private entered: Record<string, unknown> = {};
  @state() private secrets: Record<string, string | null> = {};
  @state() private problems: ReadonlyMap<string, string> = new Map();

  protected override async load(): Promise<void> {
    const { plugin, bureau } = this;
    const { plugins } = await client(supervisorApi).plugins({});
    this.status = plugins.find(({ id }) => id === plugin);
    const inBureau = this.status?.bureaus.find((each) => each.bureau === bureau);
    if (inBureau?.settings === undefined) return;
    this.settings = await client(supervisorApi).settings({ plugin, bureau });
    this.entered = {};
    this.secrets = {};
    this.problems = new Map(this.settings.problems.map(({ key }) => [key, this.#problemOf(key)]));
  }

  override render(): TemplateResult {
    const inBureau = this.status?.bureaus.find(({ bureau }) => bureau === this.bureau);
    return html`${this.head(
      this.status ? `${local(this.status.title)} · ${local(inBureau?.title)}` : "",
      html`<a class="button" href="/plugins">${t("nav.plugins")}</a>`,
    )}
    ${this.settings ? this.#form(this.settings) : nothing}
    ${inBureau?.failedSchedules === undefined ? nothing : html`<ji-plugin-schedules .plugin=${this.plugin} .bureau=${this.bureau}></ji-plugin-schedules>`}`;
  }

  #form(settings: PluginSettings): TemplateResult {
    const { schema, release, changedAt, changedBy } = settings;
    return html`<section class="card" aria-label=${t("settings.title")}>
      <h2>
        <span>${t("settings.title")} <span class="quiet small">${release}</span></span>
        ${changedAt === undefined ? nothing : html`<span class="quiet small">${t("settings.changed", { by: changedBy ?? "", at: dateTime(changedAt) })}</span>`}
      </h2>
      <div class="body">
        ${settings.problems.length === 0 ? nothing : html`<p class="problem" role="alert">${t(settings.version === 0 ? "settings.needed" : "settings.unfit", { version: release })}</p>`}
        <form @submit=${(event: Event) => void this.#save(event, settings)} novalidate>
          ${Object.entries(schema.properties).map(([key, setting]) => this.#field(settings, key, setting))}
          <div class="buttons">
            <button class="button primary" ?disabled=${this.working}>${t("settings.save")}</button>
            <button class="button" type="button" ?disabled=${this.working} @click=${() => this.reload()}>
              ${t("settings.discard")}
            </button>
          </div>
        </form>
      </div>
    </section>`;
  }

  #field(settings: PluginSettings, key: string, setting: Setting): TemplateResult {
    const required = settings.schema.required?.includes(key) === true;
    const problem = this.problems.get(key);
    if (isSecret(setting)) return this.#secret(settings, key, setting, problem);
    const help = setting.type === "boolean" ? hintOf(setting) : "";
    return html`<div>
      ${fieldTemplate(specOf(key, setting, required), fieldValue(this.#value(settings, key)), problem, (value) => this.#enter(key, keptValue(setting, value)))}
      ${help === "" ? nothing : html`<div class="quiet small">${help}</div>`}
    </div>`;
  }

  #secret({ secrets }: PluginSettings, key: string, setting: Setting, problem: string | undefined): TemplateResult {
    const isSet = secrets.includes(key);
    const isRemoved = this.secrets[key] === null;
    const state = isRemoved ? "settings.secretRemoved" : isSet ? "settings.secretSet" : "settings.secretNone";
    return html`<label class="secret">
      <span>${titleOf(setting)}</span>
      <input
        id=${key}
        class="input"
        type="password"
        autocomplete="new-password"
        placeholder=${t(state)}
        aria-describedby="${key}-hint"
        .value=${this.secrets[key] ?? ""}
        @input=${(event: Event) => this.#enterSecret(key, (event.target as HTMLInputElement).value)}
      />
      <span class="quiet small" id="${key}-hint">${hintOf(setting)} ${t("settings.secret")}</span>
      ${problem === undefined ? nothing : html`<span class="problem" role="alert">${problem}</span>`}
      ${isSet && !isRemoved ? html`<button class="button" type="button" @click=${() => (this.secrets = { ...this.secrets, [key]: null })}>${t("settings.removeSecret", { title: titleOf(setting) })}</button>` : nothing}
    </label>`;
  }

  #value({ values, schema }: PluginSettings, key: string): unknown {
    if (key in this.entered) return this.entered[key];
    return values[key] ?? schema.properties[key]?.default;
  }

  #enter(key: string, value: unknown): void {
    this.entered = { ...this.entered, [key]: value };
    this.#forget(key);
  }

  #enterSecret(key: string, text: string): void {
    const { [key]: _, ...others } = this.secrets;
    this.secrets = text === "" ? others : { ...others, [key]: text };
    this.#forget(key);
  }

  #forget(key: string): void {
    this.problems = new Map([...this.problems].filter(([other]) => other !== key));
  }

  /** What the kernel has found, in words; what a browser can't tell is only said not to do. */
  #problemOf(key: string): string {
    const setting = this.settings?.schema.properties[key];
    if (!this.settings || !setting) return t("settings.unfitValue");
    const required = this.settings.schema.required?.includes(key) === true;
    const value = isSecret(setting)
      ? this.settings.secrets.includes(key)
        ? ""
        : undefined
      : this.#value(this.settings, key);
    return settingProblem(setting, value, required) ?? t("settings.unfitValue");
  }

  async #save(event: Event, settings: PluginSettings): Promise<void> {
    event.preventDefault();
    const { schema, version } = settings;
    const values: Record<string, unknown> = {};
    const problems = new Map<string, string>();
    for (const [key, setting] of Object.entries(schema.properties)) {
      const required = schema.required?.includes(key) === true;
      const secret =
        this.secrets[key] ?? (settings.secrets.includes(key) && this.secrets[key] !== null ? "" : undefined);
      const value = isSecret(setting) ? secret : this.#value(settings, key);
      const isKept = isSecret(setting) && secret === "";
      const problem = isKept ? undefined : settingProblem(setting, value, required);
      if (problem !== undefined) problems.set(key, problem);
      const isOwn = key in this.entered || key in settings.values;
      if (!isSecret(setting) && isOwn && value !== undefined) values[key] = value;
    }
    this.problems = problems;
    const [first] = problems.keys();
    if (first !== undefined) {
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>(`#${CSS.escape(first)}`)?.focus();
      return;
    }
    const { plugin, bureau, secrets } = this;
    await this.attempt(async () => {
      await client(supervisorApi).setSettings({ plugin, bureau, version, values, secrets });
    }, t("settings.saved"));
    if (isJinshuiError(this.error) && Array.isArray(this.error.details?.["problems"]))
      this.problems = new Map(
        (this.error.details["problems"] as { path: string }[]).map(({ path }) => [
          path.slice(1),
          t("settings.unfitValue"),
        ]),
      );
  }
}
