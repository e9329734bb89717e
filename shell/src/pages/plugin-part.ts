import { block, controls, JinshuiElement } from "@jinshui/web";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import "../frame/absence.js";
import { type Absence, absenceOf, pluginElement, type ShownPlugin } from "../frame/plugin-module.js";

/**
 * A part of a page that a plugin draws. Whatever happens inside stays inside; `absence` is fired when it is not there (detail: true)
 * and when it is again.
 */
@customElement("ji-plugin-part")
export class PluginPart extends JinshuiElement {
  static override styles = [controls, block];
  @property({ attribute: false }) plugin: ShownPlugin | undefined;
  /** Tells the plugin's elements apart, e.g. `widget-open-items`. */
  @property() use = "";
  /** Export name of the class. */
  @property() name = "";
  /** Properties that the element is given. */
  @property({ attribute: false }) given: object = {};
  @state() private element: HTMLElement | undefined;
  @state() private absence: Absence | undefined;
  #address = "";

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("given") && this.element) Object.assign(this.element, this.given);
    // whoever put it there may have something else to show meanwhile
    if (changed.has("absence" as never))
      this.dispatchEvent(new CustomEvent("absence", { detail: this.absence !== undefined }));
    if (!changed.has("plugin") && !changed.has("name")) return;
    const address = `${this.plugin?.module ?? ""}#${this.name}`;
    if (address === this.#address && !this.absence) return;
    this.#address = address;
    void this.#open();
  }

  override render(): TemplateResult {
    if (!this.absence) return html`${this.element ?? nothing}`;
    return html`<ji-absence .absence=${this.absence} @again=${() => this.#open(true)}></ji-absence>`;
  }

  async #open(again = false): Promise<void> {
    if (!this.plugin || this.name === "") return;
    this.absence = undefined;
    const failed = (absence: Absence): void => void (this.absence = absence);
    try {
      const element = await pluginElement(this.plugin, this.use, this.name, { failed, again });
      this.element = Object.assign(element, this.given);
    } catch (error) {
      this.absence = absenceOf(this.plugin, error);
    }
  }
}
