import { block, controls, JinshuiElement, t } from "@jinshui/web";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { onDrawingFailed, pluginElement, type ShownPlugin } from "../frame/plugin-module.js";

/** A part of a page that a plugin draws. Whatever happens inside stays inside. */
@customElement("ji-plugin-part")
export class PluginPart extends JinshuiElement {
  static override styles = [controls, block];
  @property({ attribute: false }) plugin: ShownPlugin | undefined;
  /** Tells the plugin's elements apart, e.g. `widget-open-items`. */
  @property() use = "";
  /** Export name of the class. */
  @property() name = "";
  @state() private element: HTMLElement | undefined;
  @state() private failed = false;
  #address = "";

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("plugin") && !changed.has("name")) return;
    const address = `${this.plugin?.module ?? ""}#${this.name}`;
    if (address === this.#address && !this.failed) return;
    this.#address = address;
    void this.#open();
  }

  override render(): TemplateResult {
    if (!this.failed) return html`${this.element ?? nothing}`;
    return html`<ji-empty text=${t("component.failed")}
      ><button class="button" @click=${() => this.#open()}>${t("action.retry")}</button></ji-empty
    >`;
  }

  async #open(): Promise<void> {
    if (!this.plugin || this.name === "") return;
    this.failed = false;
    try {
      const element = await pluginElement(this.plugin, this.use, this.name);
      onDrawingFailed(element, () => (this.failed = true));
      this.element = element;
    } catch (error) {
      console.error(`plugin ${this.plugin.id} failed`, error);
      this.failed = true;
    }
  }
}
