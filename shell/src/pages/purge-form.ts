import { supervisorApi } from "@jinshui/contracts";
import { client, controls, JinshuiElement, local, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { reasonField, reasonFormStyles } from "./reason-form.js";

type Stored = Awaited<ReturnType<ReturnType<typeof stored>>>["collections"];
const stored = () => client(supervisorApi).storedData;

/** Asks that a plugin's data of a bureau be removed for good: what there is, the plugin's name typed, and why. Fires `done`. */
@customElement("ji-purge-form")
export class PurgeForm extends JinshuiElement {
  static override styles = [
    controls,
    reasonFormStyles,
    css`
      :host {
        display: block;
        border: 1px solid var(--ji-error);
        border-radius: var(--ji-radius);
        padding: 8px 12px;
        margin-top: 8px;
      }
      ul {
        margin: 4px 0;
        padding-left: 20px;
      }
    `,
  ];
  @property() plugin = "";
  @property() bureau = "";
  /** What people call the plugin, and where. */
  @property() name = "";
  @property() place = "";
  @state() private collections: Stored | undefined;
  @state() private error: unknown;
  @state() private working = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  override render(): TemplateResult {
    const { collections = [], name, place } = this;
    const sum = collections.reduce((total, { records }) => total + records, 0);
    return html`<strong>${t("purge.title", { name, place })}</strong>
      <ji-error .error=${this.error}></ji-error>
      ${
        this.collections
          ? html`<ul>
              ${collections.map(({ title, records }) => html`<li>${t("purge.records", { title: local(title), n: records })}</li>`)}
            </ul>`
          : nothing
      }
      <p class="quiet small">${t("purge.hint")}</p>
      <form @submit=${this.#submit}>
        <label>${t("purge.name", { name })}<input class="input" name="name" required autocomplete="off" /></label>
        <label>${t("purge.reason")}${reasonField}</label>
        <button class="button danger" ?disabled=${this.working || !this.collections || sum === 0}>
          ${t("purge.propose")}
        </button>
        <button class="button" type="button" @click=${() => this.#end("")}>${t("action.cancel")}</button>
      </form>`;
  }

  async #load(): Promise<void> {
    const { plugin, bureau } = this;
    try {
      ({ collections: this.collections } = await stored()({ plugin, bureau }));
    } catch (error) {
      this.error = error;
    }
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const { plugin, bureau } = this;
    this.working = true;
    try {
      const [name, reason] = [form.get("name") as string, form.get("reason") as string];
      await client(supervisorApi).proposePurge({ plugin, bureau, name, reason });
      this.#end(t("purge.proposed", { name: this.name, place: this.place }));
    } catch (error) {
      this.error = error;
    } finally {
      this.working = false;
    }
  }

  #end(notice: string): void {
    this.dispatchEvent(new CustomEvent("done", { detail: notice }));
  }
}
