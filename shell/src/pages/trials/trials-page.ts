import { type DefinitionVersion, type OpOutput, type Profile, type WorkflowApi, workflowApi } from "@jinshui/contracts";
import { addTexts, announce, client, confirmed, controls, JinshuiElement, local, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { trialTexts } from "../../texts/trial-texts.js";
import "./scenario-list.js";
import type { ScenarioList } from "./scenario-list.js";
import "./trial-panel.js";

addTexts(trialTexts);

/** A version of a process before it is released: its scenarios replayed, a trial of it, and for those who may its release. */
@customElement("ji-trials-page")
export class TrialsPage extends JinshuiElement {
  static override styles = [
    controls,
    css`
      .card {
        margin-bottom: 12px;
      }
      .choice {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: end;
      }
      label {
        display: grid;
        gap: 4px;
      }
      label.reason {
        flex: 1 1 240px;
        max-width: 560px;
      }
    `,
  ];
  @property() definitionId = "";
  @property({ attribute: false }) profile: Profile | undefined;
  @query("ji-scenario-list") private list!: ScenarioList | null;
  @state() private versions: DefinitionVersion[] = [];
  @state() private chosen = "";
  @state() private shown: OpOutput<WorkflowApi, "processVersion"> | undefined;
  @state() private counts = { same: 0, different: 0 };
  @state() private error: unknown;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("definitionId")) void this.#load();
  }

  override render(): TemplateResult {
    const { shown } = this;
    return html`<div class="bar">
        <h1 tabindex="-1">${t("trials.title", { title: local(shown?.title) })}</h1>
      </div>
      <ji-error .error=${this.error} ?retry=${true} @retry=${() => this.#load()}></ji-error>
      ${shown ? this.#body(shown) : nothing}`;
  }

  #body(shown: OpOutput<WorkflowApi, "processVersion">): TemplateResult {
    return html`<section class="card" aria-label=${t("trials.version")}>
        <div class="body">
          <p class="quiet">${t("trials.hint")}</p>
          <form class="choice" @submit=${(event: SubmitEvent) => void this.#release(event)}>
            <label
              >${t("trials.version")}<select
                class="input"
                @change=${(event: Event) => void this.#choose((event.target as HTMLSelectElement).value)}
              >
                ${this.versions.map(
                  ({ id, version, draft }) =>
                    html`<option value=${id} .selected=${id === this.chosen}>
                      ${t("trials.of", { n: version })}${draft ? `（${t("trials.draft")}）` : ""}
                    </option>`,
                )}
              </select></label
            >${this.#releasable ? this.#releasing() : nothing}
          </form>
        </div>
      </section>
      <ji-scenario-list
        .definitionId=${shown.id}
        .version=${shown.version}
        @replayed=${() => (this.counts = this.list?.counts ?? this.counts)}
      ></ji-scenario-list>
      <ji-trial .definitionId=${shown.id} .xml=${shown.xml} @saved=${() => this.list?.load()}></ji-trial>`;
  }

  get #releasable(): boolean {
    const version = this.versions.find(({ id }) => id === this.chosen);
    return version?.draft === true && this.profile?.permissions.includes("site.processes") === true;
  }

  #releasing(): TemplateResult {
    return html`${
        this.counts.different === 0
          ? nothing
          : html`<label class="reason"
              >${t("trials.releaseReason")}<input
                class="input"
                name="reason"
                required
                minlength="2"
                maxlength="500"
                autocomplete="off"
            /></label>`
      } <button class="button primary" title=${t("trials.releaseHint")}>${t("trials.release")}</button>`;
  }

  async #release(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { shown, counts } = this;
    if (!shown) return;
    const reason = String(new FormData(event.target as HTMLFormElement).get("reason") ?? "").trim();
    const action = t("trials.release");
    const text = t("trials.sure", { n: shown.version, ...counts });
    if (!(await confirmed({ title: action, text, action }))) return;
    try {
      await client(workflowApi).releaseVersion({ id: shown.id, ...(reason === "" ? {} : { reason }) });
      announce(t("trials.released", { n: shown.version }));
      await this.#load();
    } catch (error) {
      this.error = error;
    }
  }

  async #load(): Promise<void> {
    try {
      const { versions } = await client(workflowApi).definitionVersions({ id: this.definitionId, limit: 50 });
      this.versions = versions;
      await this.#choose(this.chosen === "" ? (versions[0]?.id ?? this.definitionId) : this.chosen);
    } catch (error) {
      this.error = error;
    }
  }

  async #choose(id: string): Promise<void> {
    this.chosen = id;
    try {
      this.shown = await client(workflowApi).processVersion({ id });
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }
}
