import type { View } from "@jinshui/contracts";
import { controls, JinshuiElement, t } from "@jinshui/web";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import "../frame/absence.js";
import { type Absence, absenceOf, pluginElement, type ShownPlugin } from "../frame/plugin-module.js";

/** A page of a plugin: drawn from metadata, or by the plugin's own element. Whatever happens inside stays inside. */
@customElement("ji-plugin-view")
export class PluginView extends JinshuiElement {
  static override styles = [controls];
  @property({ attribute: false }) plugin: ShownPlugin | undefined;
  @property({ attribute: false }) view: View | undefined;
  @property() heading = "";
  @state() private element: HTMLElement | undefined;
  @state() private absence: Absence | undefined;
  @state() private generic = false;
  /** There is a newer one, and somebody has entered something into the one that is shown. */
  @state() private outdated = false;
  #address = "";
  #isTouched = false;

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("plugin") && !changed.has("view")) return;
    const address = `${this.plugin?.module ?? this.plugin?.id ?? ""}#${this.view?.id ?? ""}`;
    if (address === this.#address && !this.absence) return;
    const samePage = address.split("#")[1] === this.#address.split("#")[1] && this.element !== undefined;
    this.#address = address;
    if (samePage && this.#isTouched && !this.absence) this.outdated = true;
    else void this.#open();
  }

  override render(): TemplateResult {
    if (!this.plugin || !this.view)
      return html`<div class="bar"><h1 tabindex="-1">${t("plugin.absent")}</h1></div>
        <ji-empty text=${t("plugin.absentHint")}><a href="/">${t("nav.workbench")}</a></ji-empty>`;
    if (this.absence)
      return html`<div class="bar"><h1 tabindex="-1">${this.heading}</h1></div>
        <ji-absence .absence=${this.absence} @again=${() => this.#open(true)}></ji-absence>`;
    if (this.view.kind === "collection")
      return this.generic
        ? html`<ji-collection-page
            .collection=${`${this.plugin.id}.${this.view.collection ?? ""}`}
            heading=${this.heading}
            ?importable=${this.view.import === true}
          ></ji-collection-page>`
        : html`${nothing}`;
    return html`${
        this.outdated
          ? html`<div class="bar" role="status">
              ${t("plugin.newer")}
              <button class="button" @click=${() => this.#open()}>${t("plugin.takeNewer")}</button>
            </div>`
          : nothing
      }
      <div @input=${() => (this.#isTouched = true)}>${this.element ?? nothing}</div>`;
  }

  async #open(again = false): Promise<void> {
    const { plugin, view } = this;
    if (!plugin || !view) return;
    this.absence = undefined;
    this.outdated = false;
    this.#isTouched = false;
    try {
      if (view.kind === "collection") {
        await import("@jinshui/web/views");
        this.generic = true;
        return;
      }
      const failed = (absence: Absence): void => void (this.absence = absence);
      this.element = await pluginElement(plugin, view.id, view.element ?? "", { failed, again });
    } catch (error) {
      this.absence = absenceOf(plugin, error);
    }
  }
}
