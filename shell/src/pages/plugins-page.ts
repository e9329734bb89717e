import { type PluginStatus, supervisorApi } from "@jinshui/contracts";
import {
  announce,
  client,
  confirmed,
  controls,
  dateTime,
  JinshuiElement,
  type LiveEvent,
  local,
  t,
} from "@jinshui/web";
import "./purge-form.js";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

const TONE: Record<PluginStatus["state"], string> = {
  running: "ok",
  starting: "",
  draining: "",
  disabled: "",
  failed: "warn",
  quarantined: "error",
  invalid: "error",
};

type InBureau = PluginStatus["bureaus"][number];

/** What keeps the process apart, and what this host does not give for it. */
function protectionOf(protection: NonNullable<PluginStatus["protection"]>): TemplateResult {
  const measures: [string, boolean][] = [
    ["plugin.permission-model", protection.permissionModel],
    ["plugin.own-user", protection.ownUser],
    [`plugin.memory-${protection.memoryLimit}`, true],
    ["plugin.network-limit", protection.networkLimit],
  ];
  const named = (holds: boolean): string =>
    measures
      .filter(([, held]) => held === holds)
      .map(([key]) => t(key))
      .join(" · ");
  return html`<div class="quiet small">
    ${protection.shared === true ? `${t("plugin.shared")} · ` : nothing} ${t("plugin.held", { measures: named(true) })}
    ${measures.every(([, held]) => held) ? nothing : html`<span title=${t("plugin.lackingHint")}>${t("plugin.lacking", { measures: named(false) })}</span>`}
  </div>`;
}

/** Plugins of the site: how they are, where they are on, and the switches. */
@customElement("ji-plugins-page")
export class PluginsPage extends JinshuiElement {
  static override styles = [
    controls,
    css`
      .card {
        margin-bottom: 12px;
      }
      .switches {
        display: flex;
        gap: 8px 20px;
        flex-wrap: wrap;
        margin-top: 8px;
      }
      .package {
        display: flex;
        gap: 12px;
        align-items: center;
        margin-top: 8px;
      }
      label {
        display: inline-flex;
        gap: 6px;
        align-items: center;
      }
      input[type="checkbox"] {
        width: 16px;
        height: 16px;
        accent-color: var(--ji-brand);
      }
      pre {
        background: var(--ji-surface-2);
        padding: 8px;
        overflow: auto;
        max-height: 200px;
        font-size: 12px;
        line-height: 16px;
        border-radius: var(--ji-radius);
      }
      .problem {
        color: var(--ji-error);
        overflow-wrap: anywhere;
      }
    `,
  ];
  @state() private plugins: PluginStatus[] = [];
  @state() private error: unknown;
  @state() private busy = "";
  @state() private safeMode = false;
  @state() private mayInstall = false;
  @state() private purging: { plugin: string; bureau: string } | undefined;
  #loads = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  protected override onHint({ name }: LiveEvent): void {
    if (name === "supervisor.plugins-changed" && this.busy === "") void this.#load();
  }

  override render(): TemplateResult {
    return html`<div class="bar">
        <h1 tabindex="-1">${t("nav.plugins")}</h1>
        <span role="status" class="quiet">${this.busy === "" ? "" : t("plugin.working")}</span>
        <span class="space"></span>
        ${this.mayInstall ? html`<a class="button" href="/plugins/install">${t("package.install")}</a>` : nothing}
      </div>
      <ji-error .error=${this.error} ?retry=${true} @retry=${() => this.#load()}></ji-error>
      ${this.safeMode ? html`<p class="banner" role="note">${t("plugin.safe-mode")}</p>` : nothing}
      ${this.plugins.map(
        (plugin) =>
          html`<section class="card" aria-label=${local(plugin.title)}>
            <h2>
              <span>${local(plugin.title)} <span class="quiet small">${plugin.id} ${plugin.version}</span></span
              ><span class="badge ${TONE[plugin.state]}">${t(`plugin.${plugin.state}`)}</span>
            </h2>
            <div class="body">
              <div class="quiet">${local(plugin.description)}</div>
              <div class="quiet small">
                ${plugin.pid === undefined ? "" : t("plugin.process", { pid: plugin.pid, memory: plugin.memoryMb ?? "–", restarts: plugin.restarts })}
              </div>
              ${plugin.protection ? protectionOf(plugin.protection) : nothing}
              ${plugin.problem === undefined ? nothing : html`<div class="problem">${t("plugin.problem")}<span lang="en">${plugin.problem}</span></div>`}
              ${
                plugin.log && plugin.log.length > 0
                  ? html`<details>
                      <summary>${t("plugin.log")}</summary>
                      <pre tabindex="0">${plugin.log.join("\n")}</pre>
                    </details>`
                  : nothing
              }
              ${plugin.state === "failed" || plugin.state === "quarantined" ? html`<button class="button" ?disabled=${this.busy !== ""} @click=${() => this.#restart(plugin.id)}>${t("plugin.restart")}</button>` : nothing}
              <div class="switches">${plugin.bureaus.map((bureau) => this.#bureau(plugin, bureau))}</div>
              ${this.mayInstall ? plugin.versions.map((version) => this.#package(plugin, version)) : nothing}
            </div>
          </section>`,
      )}`;
  }

  /** Where a version came from, and its removal while no bureau has it. */
  #package(
    { id, title, bureaus }: PluginStatus,
    { version, installed, trial }: PluginStatus["versions"][number],
  ): TemplateResult | typeof nothing {
    if (!installed) return nothing;
    const isUsed = bureaus.some((bureau) => bureau.enabled && [bureau.version, bureau.previous].includes(version));
    return html`<div class="package quiet small">
      ${t("package.by", { version, by: installed.by, at: dateTime(installed.at) })}
      ${trial ? html`<span class=${trial.state === "failed" ? "problem" : ""} title=${trial.failures.join("\n")}>${t(`package.trial-${trial.state}`, { n: trial.cases, failed: trial.failures.length })}</span>` : nothing}
      ${isUsed ? nothing : html`<button class="button" ?disabled=${this.busy !== ""} @click=${() => this.#remove(id, version, local(title))}>${t("package.remove", { version })}</button>`}
    </div>`;
  }

  #purged({ detail }: CustomEvent<string>): void {
    this.purging = undefined;
    if (detail !== "") announce(detail);
  }

  async #remove(plugin: string, version: string, title: string): Promise<void> {
    const values = { title, version };
    const question = {
      title: t("package.removeTitle"),
      text: t("package.removeText", values),
      action: t("package.removeAction"),
    };
    if (!(await confirmed(question))) return;
    await this.#try(plugin, () => client(supervisorApi).removePackage({ plugin, version }));
    if (this.error === undefined) announce(t("package.removed", values));
  }

  #bureau(
    plugin: PluginStatus,
    { bureau, title, enabled, source, version, rolledBack, settings, failedSchedules }: InBureau,
  ): TemplateResult {
    const isBusy = this.busy !== "" || plugin.state === "invalid";
    const { versions } = plugin;
    return html`<div>
      <label
        ><input
          type="checkbox"
          .checked=${enabled}
          ?disabled=${isBusy}
          @change=${(event: Event) => this.#switch(plugin.id, bureau, event.target as HTMLInputElement)}
        />${local(title)}<span class="quiet small">${t(`plugin.by-${source}`)}</span></label
      >
      ${
        versions.length > 1
          ? html`<label class="small"
              >${t("plugin.version")}<select
                aria-label=${t("plugin.version-of", { bureau: local(title) })}
                ?disabled=${isBusy}
                @change=${(event: Event) => this.#setVersion(plugin.id, bureau, event.target as HTMLSelectElement, version ?? "")}
              >
                ${versions.map(
                  (each) =>
                    html`<option
                      value=${each.version}
                      ?selected=${each.version === version}
                      ?disabled=${each.problem !== undefined}
                    >
                      ${each.version}
                    </option>`,
                )}
              </select></label
            >`
          : nothing
      }
      ${settings === undefined && failedSchedules === undefined ? nothing : html`<a href="/plugins/${plugin.id}/bureaus/${bureau}" aria-label=${t("settings.of", { bureau: local(title) })}>${t("settings.open")}</a>`}
      ${settings === "unfit" && enabled ? html`<span class="badge warn">${t("settings.missing")}</span>` : nothing}
      ${failedSchedules && failedSchedules.length > 0 ? html`<span class="badge error">${t("schedules.failed", { n: failedSchedules.length })}</span>` : nothing}
      ${rolledBack ? html`<div class="problem small">${t("plugin.rolled-back", { ...rolledBack, version })}</div>` : nothing}
      ${enabled ? nothing : html`<button class="button" aria-label=${t("purge.open-for", { place: local(title), name: local(plugin.title) })} ?disabled=${isBusy} @click=${() => (this.purging = { plugin: plugin.id, bureau })}>${t("purge.open")}</button>`}
      ${this.purging?.plugin === plugin.id && this.purging.bureau === bureau ? html`<ji-purge-form plugin=${plugin.id} bureau=${bureau} name=${local(plugin.title)} place=${local(title)} @done=${this.#purged}></ji-purge-form>` : nothing}
    </div>`;
  }

  async #load(): Promise<void> {
    const load = (this.#loads += 1);
    try {
      const { plugins, safeMode = false, packages } = await client(supervisorApi).plugins({});
      // a later one is on its way
      if (load !== this.#loads) return;
      this.plugins = plugins;
      this.safeMode = safeMode;
      this.mayInstall = packages !== undefined;
      this.error = undefined;
    } catch (error) {
      if (load === this.#loads) this.error = error;
    }
  }

  async #switch(plugin: string, bureau: string, box: HTMLInputElement): Promise<void> {
    const enabled = box.checked;
    const isDone = await this.#try(plugin, () => client(supervisorApi).setEnabled({ plugin, bureau, enabled }));
    // nothing changed for the template, so it does not set the box back
    if (!isDone) box.checked = !enabled;
  }

  async #setVersion(plugin: string, bureau: string, choice: HTMLSelectElement, was: string): Promise<void> {
    const { value: version } = choice;
    const isDone = await this.#try(plugin, () =>
      client(supervisorApi).setVersion({ plugin, version, bureaus: [bureau] }),
    );
    if (!isDone) choice.value = was;
  }

  async #restart(plugin: string): Promise<void> {
    await this.#try(plugin, () => client(supervisorApi).restart({ plugin }));
  }

  /** Whether it was done; the page is busy until it shows what came of it. */
  async #try(plugin: string, work: () => Promise<unknown>): Promise<boolean> {
    this.busy = plugin;
    let failed: unknown;
    await work().catch((error: unknown) => (failed = error));
    await this.#load();
    this.busy = "";
    if (failed !== undefined) this.error = failed;
    return failed === undefined;
  }
}
