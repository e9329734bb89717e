import {
  type Contributions,
  type InstanceSummary,
  type Profile,
  type TaskSummary,
  workflowApi,
} from "@jinshui/contracts";
import { client, controls, JinshuiElement, type LiveEvent, oneAtATime, t, type Workbench } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { ShownPlugin } from "../frame/plugin-module.js";
import { go } from "../frame/router.js";
import "./plugin-part.js";
import "./widget-board.js";
import { workbenchCards } from "./workbench-cards.js";
import { hasShortcuts, type WorkbenchData } from "./workbench-part.js";

/**
 * The first page: how much there is to do, the inbox, what one has started, and the way to the plugins. A plugin may draw it
 * (`answers: "workbench"`); while that fails, or is held back, it stands here as the shell has it.
 */
@customElement("ji-workbench-page")
export class WorkbenchPage extends JinshuiElement {
  static override styles = [
    controls,
    css`
      .newcomer,
      .figures {
        margin-bottom: 12px;
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 316px;
        gap: 12px;
        align-items: start;
      }
      .side {
        display: grid;
        gap: 12px;
      }
      @media (max-width: 1000px) {
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
  @property({ attribute: false }) profile: Profile | undefined;
  @property({ attribute: false }) contributions: Contributions = { revision: "", plugins: [] };
  @state() private tasks: TaskSummary[] = [];
  @state() private figures = { todo: 0, overdue: 0, today: 0, running: 0, done: 0 };
  @state() private mine: InstanceSummary[] = [];
  @state() private error: unknown;
  @state() private loaded = false;
  @state() private editing = false;
  /** The plugin that should draw the page does not. */
  @state() private alone = false;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("profile")) void this.#load();
  }

  readonly #refresh = oneAtATime(() => this.#load());

  protected override onHint({ name }: LiveEvent): void {
    if (/^workflow\.|^hello$/.test(name)) this.#refresh();
  }

  override render(): TemplateResult {
    const portal = this.#portal();
    const isPlain = !portal || this.alone;
    return html` <div class="bar">
        <h1 tabindex="-1">${t("nav.workbench")}</h1>
        <span class="space"></span>
        ${isPlain || this.editing ? nothing : html`<button class="button" @click=${() => (this.editing = true)}>${t("workbench.edit")}</button>`}
        <button class="button primary" @click=${() => go("/start")}>${t("nav.start")}</button>
      </div>
      <ji-error .error=${this.error} ?retry=${true} @retry=${() => this.#load()}></ji-error>
      ${
        this.profile?.positions.length === 0
          ? html`<section class="card newcomer" role="note">
              <div class="body"><strong>${t("workbench.noPosition")}</strong> ${t("workbench.noPositionHint")}</div>
            </section>`
          : nothing
      }
      ${portal ? this.#drawn(portal) : nothing} ${isPlain ? this.#plain() : nothing}`;
  }

  /** The plugin that draws the page, and its element's class. */
  #portal(): { plugin: ShownPlugin; element: string } | undefined {
    for (const plugin of this.contributions.plugins)
      for (const { answers, element } of plugin.views)
        if (answers === "workbench" && element !== undefined) return { plugin, element };
    return undefined;
  }

  #drawn({ plugin, element }: { plugin: ShownPlugin; element: string }): TemplateResult {
    const given: Workbench = { cards: workbenchCards(this.#data()), profile: this.profile, editing: this.editing };
    return html`<ji-plugin-part
      .plugin=${plugin}
      use="workbench"
      name=${element}
      .given=${given}
      @absence=${(event: CustomEvent<boolean>) => (this.alone = event.detail)}
      @edited=${() => (this.editing = false)}
    ></ji-plugin-part>`;
  }

  #plain(): TemplateResult {
    const data = this.#data();
    return html`<section class="card figures" aria-label=${t("workbench.figures")}>
        <ji-workbench-part name="figures" .data=${data}></ji-workbench-part>
      </section>
      <div class="columns">
        <section class="card">
          <h2>${t("nav.tasks")}<a href="/tasks">${t("workbench.allTasks", { n: this.figures.todo })}</a></h2>
          <ji-workbench-part name="todo" .data=${data}></ji-workbench-part>
        </section>
        <div class="side">
          <section class="card">
            <h2>${t("nav.mine")}<a href="/mine">${t("workbench.more")}</a></h2>
            <ji-workbench-part name="mine" .data=${data}></ji-workbench-part>
          </section>
          ${
            hasShortcuts(data)
              ? html`<section class="card">
                  <h2>${t("workbench.shortcuts")}</h2>
                  <ji-workbench-part name="shortcuts" .data=${data}></ji-workbench-part>
                </section>`
              : nothing
          }
        </div>
      </div>
      <ji-widgets person=${this.profile?.id ?? ""} .contributions=${this.contributions}></ji-widgets>`;
  }

  #data(): WorkbenchData {
    const { tasks, mine, figures, loaded } = this;
    return { tasks, mine, figures, loaded, plugins: this.contributions.plugins };
  }

  async #load(): Promise<void> {
    const workflow = client(workflowApi);
    try {
      const [todo, done, mine, running] = await Promise.all([
        workflow.tasks({ kind: "todo", limit: 12 }),
        workflow.tasks({ kind: "done", limit: 1 }),
        workflow.instances({ mine: true, limit: 6 }),
        workflow.instances({ mine: true, state: "active", limit: 1 }),
      ]);
      this.tasks = todo.tasks;
      this.mine = mine.instances;
      this.figures = {
        todo: todo.total,
        overdue: todo.overdue,
        today: todo.dueToday,
        running: running.total,
        done: done.total,
      };
      this.error = undefined;
      this.loaded = true;
    } catch (error) {
      this.error = error;
    }
  }
}
