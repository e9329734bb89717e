import { controls, JinshuiElement, t } from "@jinshui/web";
import diagramStyles from "bpmn-js/dist/assets/diagram-js.css?inline";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { css, html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";

interface Canvas {
  zoom(level: "fit-viewport", centre?: "auto"): void;
  addMarker(element: string, marker: string): void;
}
interface Registry {
  get(element: string): object | undefined;
}

/** The drawing of a process with marks for where it is, where it was, and where it is stuck. */
@customElement("ji-diagram")
export class DiagramView extends JinshuiElement {
  static override styles = [
    controls,
    unsafeCSS(diagramStyles),
    css`
      :host {
        display: block;
      }
      p {
        margin: 0;
      }
      .canvas {
        height: 260px;
        background: #fff;
        border-radius: var(--ji-radius);
      }
      .passed:not(.djs-connection) .djs-visual > :nth-child(1) {
        stroke: #146c3a !important;
        fill: #e6f4ec !important;
      }
      .djs-connection.passed .djs-visual > :nth-child(1) {
        stroke: #146c3a !important;
        stroke-width: 2px !important;
      }
      .active:not(.djs-connection) .djs-visual > :nth-child(1) {
        stroke: #1457a8 !important;
        fill: #cfe1f7 !important;
        stroke-width: 3px !important;
      }
      .stuck:not(.djs-connection) .djs-visual > :nth-child(1) {
        stroke: #b3261e !important;
        fill: #fdeceb !important;
        stroke-width: 3px !important;
      }
      .djs-palette,
      .djs-context-pad {
        display: none;
      }
    `,
  ];
  @property() xml = "";
  @property({ attribute: false }) active: string[] = [];
  @property({ attribute: false }) passed: string[] = [];
  @property({ attribute: false }) stuck: string[] = [];
  @state() private error: unknown;
  @state() private undrawn = false;
  #viewer: NavigatedViewer | undefined;

  override render(): TemplateResult {
    return html`<ji-error .error=${this.error}></ji-error>
      ${this.undrawn ? html`<p class="quiet">${t("diagram.none")}</p>` : nothing}
      <div class="canvas" ?hidden=${this.undrawn}></div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("xml") && this.xml !== "") void this.#draw();
    else if (this.#viewer && (changed.has("active") || changed.has("passed") || changed.has("stuck")))
      void this.#draw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#viewer?.destroy();
    this.#viewer = undefined;
  }

  async #draw(): Promise<void> {
    const container = this.renderRoot.querySelector<HTMLElement>(".canvas");
    if (!container) return;
    // a model may come without a drawing, and still be run
    this.undrawn = !/[:<]BPMNShape\b/.test(this.xml);
    if (this.undrawn) return;
    this.#viewer ??= new NavigatedViewer({ container });
    try {
      await this.#viewer.importXML(this.xml);
      const canvas = this.#viewer.get<Canvas>("canvas");
      const registry = this.#viewer.get<Registry>("elementRegistry");
      canvas.zoom("fit-viewport", "auto");
      for (const [elements, marker] of [
        [this.passed, "passed"],
        [this.active, "active"],
        [this.stuck, "stuck"],
      ] as const) {
        for (const element of elements) if (registry.get(element)) canvas.addMarker(element, marker);
      }
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }
}
