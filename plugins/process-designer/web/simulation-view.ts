import { dateTime, t } from "@jinshui/web";
import "@jinshui/web/form";
import type { FormElement } from "@jinshui/web/form";
import { html, type LitElement, nothing, type TemplateResult } from "lit";
import { actionTitle, formOf } from "./catalogue.js";
import type { Design } from "./design.js";
import type { Drawing } from "./drawing.js";
import { type SimulatedWait, Simulation } from "./simulation.js";
import { whoWords } from "./words.js";

const text = (key: string, values: Record<string, unknown> = {}): string => t(`process-designer.${key}`, values);

/** How far the clock can be moved at a time. */
const STEPS = ["PT1H", "P1D", "P7D", "P30D"];

/** A matter going through the process in the browser: on the drawing, and as each position would see it. */
export class SimulationView {
  #simulation: Simulation | undefined;
  #drawing: Drawing | undefined;
  #error: unknown;
  #done: string[] = [];

  constructor(
    readonly page: LitElement,
    readonly design: Design,
    readonly xml: string,
  ) {}

  template(): TemplateResult {
    const simulation = this.#simulation;
    return html`<section class="card">
      <h2>${text("simulation")}</h2>
      <div class="body">
        <p class="quiet">${text("simulationHint")}</p>
        <div class="drawing" role="group" aria-label=${text("drawing")}></div>
        <ji-error .error=${this.#error}></ji-error>
        ${
          this.#done.length === 0
            ? nothing
            : html`<ol aria-label=${text("wayDone")}>
                ${this.#done.map((line) => html`<li>${line}</li>`)}
              </ol>`
        }
        ${simulation ? this.#standing(simulation) : this.#beginning()}
      </div>
    </section>`;
  }

  /** Draws what has changed, once the page has been drawn. */
  async drawn(): Promise<void> {
    const container = this.page.renderRoot.querySelector<HTMLElement>(".drawing");
    if (!container) return;
    if (!this.#drawing) {
      const { Drawing: Drawn } = await import("./drawing.js");
      this.#drawing ??= new Drawn(container);
    }
    const { active = [], passed = [] } = this.#simulation?.places ?? {};
    await this.#drawing.show(this.xml, { passed, active });
  }

  close(): void {
    this.#drawing?.close();
  }

  #beginning(): TemplateResult {
    const start = this.design.list?.start;
    const form = formOf(this.design.catalogue, start?.attributes["form"]);
    return html`<div class="waiting" data-element=${start?.id ?? ""}>
      <h3>${text("asApplicant")}</h3>
      ${form ? html`<ji-form .form=${form} .values=${{}} .step=${start?.id ?? ""} .start=${true}></ji-form>` : nothing}
      <div class="bar">
        <button class="button primary" @click=${() => this.#begin(start?.id ?? "")}>${text("simulateStart")}</button>
      </div>
    </div>`;
  }

  #standing(simulation: Simulation): TemplateResult {
    return html`${simulation.ended ? html`<p class="done" role="status">${text("simulationEnded")}</p>` : simulation.waits.map((each) => this.#wait(each, simulation))}
      <div class="waiting">
        <div class="bar" role="group" aria-label=${text("clock")}>
          <span>${text("clockAt", { at: dateTime(simulation.now) })}</span>
          ${STEPS.map((step) => html`<button class="button" ?disabled=${simulation.ended} @click=${() => this.#do(() => simulation.advance(step), text(`advanced.${step}`))}>＋ ${text(`clock.${step}`)}</button>`)}
          <span class="space"></span>
          <button class="button" @click=${() => this.#again()}>${text("simulateAgain")}</button>
        </div>
      </div>`;
  }

  #wait(each: SimulatedWait, simulation: Simulation): TemplateResult {
    const { element, actions } = each;
    const name = element.name ?? element.id;
    const who = whoWords(
      { kind: "step", id: element.id, name, type: "userTask", attributes: element.extensions },
      this.design.catalogue,
    );
    const form = formOf(this.design.catalogue, element.extensions["form"]);
    const isTask = each.wait.kind === "task";
    return html`<section class="waiting" data-element=${element.id} aria-label=${name}>
      <h3>${name} ${isTask ? html`<span class="badge">${text("todoOf", { who })}</span>` : nothing}</h3>
      ${form && isTask ? html`<ji-form .form=${form} .values=${simulation.values} .step=${element.id}></ji-form>` : nothing}
      <div class="bar">
        ${
          isTask
            ? actions.map(
                (action, index) =>
                  html`<button
                    class="button ${index === 0 ? "primary" : ""}"
                    @click=${() => this.#act(each, action, simulation, who)}
                  >
                    ${actionTitle(action)}
                  </button>`,
              )
            : each.wait.kind === "job"
              ? html`<button
                  class="button primary"
                  @click=${() => this.#do(() => simulation.pass(each), text("passed", { name }))}
                >
                  ${text("pass")}
                </button>`
              : html`<span class="quiet">${text(`waits.${each.wait.kind === "timer" ? "timer" : "other"}`)}</span>`
        }
      </div>
    </section>`;
  }

  #formAt(element: string): FormElement | null {
    return this.page.renderRoot.querySelector<FormElement>(`[data-element="${element}"] ji-form`);
  }

  async #begin(start: string): Promise<void> {
    const form = this.#formAt(start);
    if (form && !form.validate()) return;
    try {
      this.#simulation = await Simulation.begin(this.xml, form?.changes ?? {});
      this.#done = [text("begun")];
      this.#error = undefined;
    } catch (error) {
      this.#error = error;
    }
    this.page.requestUpdate();
  }

  #act(each: SimulatedWait, action: string, simulation: Simulation, who: string): void {
    const form = this.#formAt(each.element.id);
    const refuses = action === "reject" || action === "return" || action === "withdraw";
    if (form && !refuses && !form.validate()) return;
    const did = text("did", { who, name: each.element.name ?? each.element.id, action: actionTitle(action) });
    this.#do(() => simulation.act(each, action, form?.changes ?? {}), did);
  }

  #do(work: () => void, did: string): void {
    try {
      work();
      this.#done = [...this.#done, did];
      this.#error = undefined;
    } catch (error) {
      this.#error = error;
    }
    this.page.requestUpdate();
  }

  #again(): void {
    this.#simulation = undefined;
    this.#done = [];
    this.page.requestUpdate();
  }
}
