import type { TaskSummary } from "@jinshui/contracts";
import { local, remaining, shortDateTime, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { go } from "../frame/router.js";

/** Rows of the inbox: matter, applicant, step, arrival and what is left of the time. */
export function taskTable(tasks: TaskSummary[], kind: "todo" | "done"): TemplateResult {
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>${t("task.matter")}</th>
          <th>${t("task.title")}</th>
          <th>${t("task.applicant")}</th>
          <th>${t("task.step")}</th>
          <th>${t(kind === "todo" ? "task.arrived" : "task.completed")}</th>
          <th>${t(kind === "todo" ? "task.due" : "task.action")}</th>
        </tr>
      </thead>
      <tbody>
        ${tasks.map(
          (task) =>
            html`<tr
              class="link"
              @click=${(event: Event) => open(event, kind === "todo" ? `/tasks/${task.id}` : `/matters/${task.instance}`)}
            >
              <td>
                <a href=${kind === "todo" ? `/tasks/${task.id}` : `/matters/${task.instance}`}
                  >${local(task.definitionTitle)}</a
                >
              </td>
              <td title=${task.title}>${task.title}</td>
              <td>
                ${task.applicantDepartment === undefined ? "" : `${task.applicantDepartment} `}${task.applicant.name}
              </td>
              <td class="quiet">
                ${task.step}${task.onBehalfOf ? html` <span class="badge">${t("task.onBehalfOf", task.onBehalfOf)}</span>` : nothing}${task.assignee && kind === "todo" ? html` <span class="badge">${t("task.claimed")}</span>` : nothing}
              </td>
              <td class="quiet">${shortDateTime(kind === "todo" ? task.arrivedAt : task.completedAt)}</td>
              <td>${kind === "todo" ? dueBadge(task.dueAt) : t(`actionName.${task.action ?? "complete"}`)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Remaining time in words and colour; the exact time on hover. */
export function dueBadge(dueAt: string | undefined): TemplateResult | typeof nothing {
  const left = remaining(dueAt);
  return left ? html`<span class="badge ${left.tone}" title=${shortDateTime(dueAt)}>${left.text}</span>` : nothing;
}

function open(event: Event, path: string): void {
  if (!event.defaultPrevented && !event.composedPath().some((node) => node instanceof HTMLAnchorElement)) go(path);
}
