import {
  type Contributions,
  type InstanceSummary,
  type Profile,
  type TaskSummary,
  workflowApi,
} from "@jinshui/contracts";
import { client, controls, JinshuiElement, type LiveEvent, local, oneAtATime, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { go } from "../frame/router.js";
import { taskTable } from "./task-table.js";
import "./widget-board.js";

/** The first page: how much there is to do, the inbox, what one has started, and the way to the plugins. */
@customElement("ji-workbench-page")
export class WorkbenchPage extends JinshuiElement {
  static override styles = [
    controls,
    css`
      .figures {
        display: grid;
        grid-template-columns: repeat(5, 1fr);
        margin-bottom: 12px;
      }
      .figures div {
        padding: 10px 12px;
        border-right: 1px solid var(--ji-rule);
      }
      .figures div:last-child {
        border: 0;
      }
      .figures b {
        display: block;
        font-size: var(--ji-figure);
        line-height: 28px;
        font-weight: 600;
      }
      .figures small {
        color: var(--ji-text-2);
        font-size: var(--ji-small);
      }
      .newcomer {
        margin-bottom: 12px;
      }
      .late {
        color: var(--ji-error);
      }
      .soon {
        color: var(--ji-warn);
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
      ul {
        list-style: none;
        margin: 0;
        padding: 4px 12px;
      }
      li {
        padding: 6px 0;
        border-bottom: 1px solid var(--ji-rule);
        display: flex;
        justify-content: space-between;
        gap: 8px;
        font-size: 13px;
      }
      li:last-child {
        border: 0;
      }
      li a {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      @media (max-width: 1000px) {
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      @media (max-width: 700px) {
        .figures {
          grid-template-columns: repeat(3, 1fr);
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

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("profile")) void this.#load();
  }

  readonly #refresh = oneAtATime(() => this.#load());

  protected override onHint({ name }: LiveEvent): void {
    if (/^workflow\.|^hello$/.test(name)) this.#refresh();
  }

  override render(): TemplateResult {
    const { todo, overdue, today, running, done } = this.figures;
    return html` <div class="bar">
        <h1 tabindex="-1">${t("nav.workbench")}</h1>
        <span class="space"></span
        ><button class="button primary" @click=${() => go("/start")}>${t("nav.start")}</button>
      </div>
      <ji-error .error=${this.error} ?retry=${true} @retry=${() => this.#load()}></ji-error>
      ${
        this.profile?.positions.length === 0
          ? html`<section class="card newcomer" role="note">
              <div class="body"><strong>${t("workbench.noPosition")}</strong> ${t("workbench.noPositionHint")}</div>
            </section>`
          : nothing
      }
      <section class="card figures" aria-label=${t("workbench.figures")}>
        <div><b>${todo}</b><small>${t("workbench.todo")}</small></div>
        <div><b class=${overdue > 0 ? "late" : ""}>${overdue}</b><small>${t("workbench.overdue")}</small></div>
        <div><b class=${today > 0 ? "soon" : ""}>${today}</b><small>${t("workbench.today")}</small></div>
        <div><b>${running}</b><small>${t("workbench.running")}</small></div>
        <div><b>${done}</b><small>${t("workbench.done")}</small></div>
      </section>
      <div class="columns">
        <section class="card">
          <h2>${t("nav.tasks")}<a href="/tasks">${t("workbench.allTasks", { n: todo })}</a></h2>
          ${this.tasks.length > 0 ? taskTable(this.tasks, "todo") : html`<ji-empty text=${this.loaded ? t("workbench.noTasks") : t("list.loading")}></ji-empty>`}
        </section>
        <div class="side">
          <section class="card">
            <h2>${t("nav.mine")}<a href="/mine">${t("workbench.more")}</a></h2>
            ${
              this.mine.length === 0
                ? html`<ji-empty text=${t("workbench.noMine")}><a href="/start">${t("nav.start")}</a></ji-empty>`
                : html`<ul>
                    ${this.mine.map((instance) => html`<li><a href="/matters/${instance.id}" title=${instance.title}>${instance.title}</a><span class="quiet small nowrap">${instance.state === "active" ? instance.steps.join("、") : t(`state.${instance.state}`)}</span></li>`)}
                  </ul>`
            }
          </section>
          ${this.#shortcuts()}
        </div>
      </div>
      <ji-widgets person=${this.profile?.id ?? ""} .contributions=${this.contributions}></ji-widgets>`;
  }

  #shortcuts(): TemplateResult | typeof nothing {
    const plugins = this.contributions.plugins.filter(({ menu }) => menu.length > 0);
    if (plugins.length === 0) return nothing;
    return html`<section class="card">
      <h2>${t("workbench.shortcuts")}</h2>
      <ul>
        ${plugins.flatMap(({ id, menu, views, state: phase }) => menu.map((item) => html`<li><a href="/p/${id}/${item.view}">${local(item.title ?? views.find((view) => view.id === item.view)?.title)}</a>${phase === "running" ? nothing : html`<span class="badge warn">${t(`plugin.${phase}`)}</span>`}</li>`))}
      </ul>
    </section>`;
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
