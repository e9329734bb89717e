import { type OpOutput, type WorkflowApi, workflowApi } from "@jinshui/contracts";
import {
  findItem,
  insertItems,
  moveItem,
  type Place,
  removeItem,
  type StepList,
} from "@jinshui/plugin-process-designer/steps";
import { announce, client, confirmed, oneAtATime, PluginPage, t } from "@jinshui/web";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { readCatalogue } from "./catalogue.js";
import type { Design } from "./design.js";
import { type Draft, keepDraft, readDraft } from "./drafts.js";
import { itemCard, problemList } from "./item-card.js";
import { listStyles } from "./list-styles.js";
import { listView, WHOLE } from "./list-view.js";
import { type Addable, newItems } from "./new-items.js";
import "./texts.js";
import { reasonWords } from "./reasons.js";
import { simulationStyles } from "./simulation-styles.js";
import type { SimulationView } from "./simulation-view.js";
import { subjectsOf } from "./words.js";

const text = (key: string, values: Record<string, unknown> = {}): string => t(`process-designer.${key}`, values);

/** How long nobody must have changed anything before the draft is kept. */
const KEEP_AFTER_MS = 800;

/** A process as a list of steps: changed by buttons and menus, checked while it is made, tried and published from here. */
export class DesignPage extends PluginPage {
  static override styles = [PluginPage.styles, listStyles, simulationStyles];
  @state() private design: Design | undefined;
  @state() private selected = WHOLE;
  @state() private kept: "kept" | "keeping" | "unkept" = "kept";
  @state() private published: { definition: string; draft: boolean } | undefined;
  @state() private simulation: SimulationView | undefined;
  #draft: Draft | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #keepSoon = oneAtATime(() => this.#keep());

  protected override async load(query: URLSearchParams): Promise<void> {
    const id = query.get("draft") ?? "";
    if (this.#draft?.id === id) return;
    const { Design: opened } = await import("./design.js");
    const [draft, catalogue] = await Promise.all([readDraft(id), readCatalogue()]);
    this.#draft = draft;
    this.design = await opened.open(draft.xml, catalogue);
    await this.#check();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("keydown", this.#keys);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("keydown", this.#keys);
    if (this.kept !== "kept") this.#keepSoon();
    clearTimeout(this.#timer);
    this.simulation?.close();
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    void this.simulation?.drawn().catch((error: unknown) => (this.error = error));
  }

  override render(): TemplateResult {
    const { design } = this;
    return html`${this.head(design?.list?.name ?? this.#draft?.title ?? text("design"), this.#actions())}
    ${this.#publishedNote()}
    ${design ? html`${this.#tabs()} ${this.simulation?.template() ?? this.#body(design)}` : nothing}`;
  }

  #actions(): TemplateResult {
    const { design } = this;
    const errors = design?.problems.some(({ severity }) => severity === "error") ?? true;
    return html`<span class="quiet small" role="status">${text(this.kept)}</span>
      <button
        class="button"
        aria-keyshortcuts="Control+Z"
        ?disabled=${design?.undoable !== true}
        @click=${() => this.#step("undo")}
      >
        ${text("undo")}
      </button>
      <button
        class="button"
        aria-keyshortcuts="Control+Y"
        ?disabled=${design?.redoable !== true}
        @click=${() => this.#step("redo")}
      >
        ${text("redo")}
      </button>
      <button
        class="button"
        ?disabled=${errors || this.working}
        title=${text("tryHint")}
        @click=${() => this.#publish(true)}
      >
        ${text("try")}
      </button>
      <button class="button primary" ?disabled=${errors || this.working} @click=${() => this.#publish(false)}>
        ${text("publish")}
      </button>`;
  }

  #tabs(): TemplateResult {
    const simulating = this.simulation !== undefined;
    return html`<div class="tabs card" role="group" aria-label=${text("ways")}>
      <button aria-pressed=${simulating ? "false" : "true"} @click=${() => this.#simulate(false)}>
        ${text("steps")}
      </button>
      <button aria-pressed=${simulating ? "true" : "false"} @click=${() => this.#simulate(true)}>
        ${text("simulation")}
      </button>
    </div>`;
  }

  async #simulate(on: boolean): Promise<void> {
    this.simulation?.close();
    this.simulation = undefined;
    const { design } = this;
    if (!on || !design) return;
    const [{ SimulationView: View }, xml] = await Promise.all([import("./simulation-view.js"), design.xml()]);
    this.simulation = new View(this, design, xml);
  }

  #publishedNote(): TemplateResult | typeof nothing {
    if (!this.published) return nothing;
    const { definition, draft } = this.published;
    return html`<p class="done" role="status">
      ${
        draft
          ? html`${text("triable")} <a href="/processes/${definition}/trials">${text("toTrial")}</a>`
          : html`${text("published")} <a href="/start/${definition}">${text("toStart")}</a>`
      }
    </p>`;
  }

  #body(design: Design): TemplateResult {
    const { list } = design;
    if (!list)
      return html`<section class="card">
        <h2>${text("expertOnly")}</h2>
        <div class="body">
          <p>${text("expertOnlyHint")}</p>
          <ul>
            ${design.reasons.map((reason) => html`<li>${reasonWords(reason)}</li>`)}
          </ul>
        </div>
      </section>`;
    const subjects = subjectsOf(list, design.catalogue);
    const host = {
      design,
      subjects,
      selected: this.selected,
      select: (id: string): void => void (this.selected = id),
      add: (what: Addable, place: Place): void => this.#add(list, what, place),
    };
    return html`<div class="columns">
      <section class="card" aria-label=${text("steps")}>
        <h2>${text("steps")}</h2>
        <div class="body">${problemList(design.problemsElsewhere)} ${listView(host)}</div>
      </section>
      <section class="card side" aria-label=${text("properties")}>
        ${itemCard(design, this.selected, subjects, (next, select) => this.#change(next, select))}
      </section>
    </div>`;
  }

  #add(list: StepList, what: Addable, place: Place): void {
    const added = newItems(what, list);
    this.#change(insertItems(list, place, added), added[0]?.id);
    void this.updateComplete.then(() => this.#firstField?.select());
  }

  get #firstField(): HTMLInputElement | null {
    const field = this.renderRoot.querySelector<HTMLInputElement>(".side input");
    field?.focus();
    return field;
  }

  #change(list: StepList, select = this.selected): void {
    const { design } = this;
    if (!design || list === design.list) return;
    design.change(list);
    this.selected = select;
    this.#changed();
  }

  #step(which: "undo" | "redo"): void {
    void this.#simulate(false);
    this.design?.[which]();
    this.#changed();
  }

  #changed(): void {
    this.published = undefined;
    this.kept = "unkept";
    this.requestUpdate();
    void this.#check();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#keepSoon, KEEP_AFTER_MS);
  }

  async #check(): Promise<void> {
    await this.design?.check();
    this.requestUpdate();
  }

  async #keep(): Promise<void> {
    const { design } = this;
    const draft = this.#draft;
    if (!design || !draft) return;
    this.kept = "keeping";
    const { list } = design;
    try {
      this.#draft = await keepDraft(draft, list?.name ?? draft.title, await design.xml());
      if (list === design.list) this.kept = "kept";
    } catch (error) {
      this.kept = "unkept";
      this.error = error;
    }
  }

  async #publish(draft: boolean): Promise<void> {
    const { design } = this;
    if (!design) return;
    const name = design.list?.name ?? this.#draft?.title ?? "";
    const action = text("publish");
    if (!draft && !(await confirmed({ title: action, text: text("publishSure", { name }), action }))) return;
    this.working = true;
    try {
      const answer: OpOutput<WorkflowApi, "importDefinition"> = await client(workflowApi).importDefinition({
        xml: await design.xml(),
        fileName: `${name}.bpmn`,
        commit: true,
        draft,
      });
      const definition = answer.processes[0]?.definition;
      if (definition !== undefined) this.published = { definition, draft };
      announce(text(draft ? "triable" : "published"));
      this.error = undefined;
    } catch (error) {
      this.error = error;
    } finally {
      this.working = false;
    }
  }

  readonly #keys = (event: KeyboardEvent): void => {
    const [target] = event.composedPath();
    if (!(target instanceof HTMLElement) || !this.design) return;
    const typing = target.matches("input:not([type=checkbox])");
    if (event.ctrlKey && !typing && /^[zy]$/i.test(event.key)) {
      event.preventDefault();
      this.#step(event.key.toLowerCase() === "y" || event.shiftKey ? "redo" : "undo");
    } else if (target.matches(".item")) this.#listKeys(event, target);
  };

  /** Arrows go through the list, with Alt they move the step; Delete takes it out, Enter goes to its fields. */
  #listKeys(event: KeyboardEvent, target: HTMLElement): void {
    const list = this.design?.list;
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const id = target.dataset["id"] ?? WHOLE;
    if (!list || (by === 0 && event.key !== "Delete" && event.key !== "Enter")) return;
    if (event.key === "Enter" && this.selected !== id) return;
    event.preventDefault();
    if (event.key === "Enter") this.#firstField?.select();
    else if (event.key === "Delete") {
      if (findItem(list, id)) this.#change(removeItem(list, id), WHOLE);
      this.#focus(WHOLE);
    } else if (event.altKey) {
      this.#change(moveItem(list, id, by as 1));
      this.#focus(id);
    } else {
      const entries = [...this.renderRoot.querySelectorAll<HTMLElement>(".item")];
      entries[entries.indexOf(target) + by]?.focus();
    }
  }

  #focus(id: string): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`.item[data-id="${id}"]`)?.focus());
  }
}
