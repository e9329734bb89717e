import type { Contributions, InstanceSummary, TaskSummary } from "@jinshui/contracts";
import { block, controls, JinshuiElement, local, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { taskTable } from "./task-table.js";

/** What the shell's own cards show. */
export interface WorkbenchData {
  tasks: TaskSummary[];
  mine: InstanceSummary[];
  figures: { todo: number; overdue: number; today: number; running: number; done: number };
  plugins: Contributions["plugins"];
  loaded: boolean;
}

export type PartName = "figures" | "todo" | "mine" | "shortcuts";

/** Content of one of the shell's own cards on the workbench. */
@customElement("ji-workbench-part")
export class WorkbenchPart extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      .figures {
        display: grid;
        grid-template-columns: repeat(5, 1fr);
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
      .late {
        color: var(--ji-error);
      }
      .soon {
        color: var(--ji-warn);
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
      @media (max-width: 700px) {
        .figures {
          grid-template-columns: repeat(3, 1fr);
        }
      }
    `,
  ];
  @property() name: PartName = "figures";
  @property({ attribute: false }) data: WorkbenchData | undefined;

  override render(): TemplateResult | typeof nothing {
    if (!this.data) return nothing;
    const draw = { figures, todo, mine, shortcuts }[this.name];
    return draw(this.data);
  }
}

/** Whether there is anything to show the shortcuts of. */
export function hasShortcuts({ plugins }: Pick<WorkbenchData, "plugins">): boolean {
  return plugins.some(({ menu }) => menu.length > 0);
}

function figures({ figures: { todo: due, overdue, today, running, done } }: WorkbenchData): TemplateResult {
  return html`<div class="figures">
    <div><b>${due}</b><small>${t("workbench.todo")}</small></div>
    <div><b class=${overdue > 0 ? "late" : ""}>${overdue}</b><small>${t("workbench.overdue")}</small></div>
    <div><b class=${today > 0 ? "soon" : ""}>${today}</b><small>${t("workbench.today")}</small></div>
    <div><b>${running}</b><small>${t("workbench.running")}</small></div>
    <div><b>${done}</b><small>${t("workbench.done")}</small></div>
  </div>`;
}

function todo({ tasks, loaded }: WorkbenchData): TemplateResult {
  if (tasks.length > 0) return taskTable(tasks, "todo");
  return html`<ji-empty text=${loaded ? t("workbench.noTasks") : t("list.loading")}></ji-empty>`;
}

function mine({ mine: instances }: WorkbenchData): TemplateResult {
  if (instances.length === 0)
    return html`<ji-empty text=${t("workbench.noMine")}><a href="/start">${t("nav.start")}</a></ji-empty>`;
  return html`<ul>
    ${instances.map((instance) => html`<li><a href="/matters/${instance.id}" title=${instance.title}>${instance.title}</a><span class="quiet small nowrap">${instance.state === "active" ? instance.steps.join("、") : t(`state.${instance.state}`)}</span></li>`)}
  </ul>`;
}

function shortcuts({ plugins }: WorkbenchData): TemplateResult {
  return html`<ul>
    ${plugins.flatMap(({ id, menu, views, state: phase }) => menu.map((item) => html`<li><a href="/p/${id}/${item.view}">${local(item.title ?? views.find((view) => view.id === item.view)?.title)}</a>${phase === "running" ? nothing : html`<span class="badge warn">${t(`plugin.${phase}`)}</span>`}</li>`))}
  </ul>`;
}
