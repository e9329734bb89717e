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
              <td>${kind === "todo" ? dueBadge(task) : t(`actionName.${task.action ?? "complete"}`)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

const TONES = { green: "ok", yellow: "warn", red: "error", stopped: "" } as const;

/** How the time stands, in words and colour, and what is left of it; the exact time on hover. */
export function dueBadge({
  dueAt,
  timeliness,
}: Pick<TaskSummary, "dueAt" | "timeliness">): TemplateResult | typeof nothing {
  const left = remaining(dueAt);
  if (!timeliness)
    return left ? html`<span class="badge ${left.tone}" title=${shortDateTime(dueAt)}>${left.text}</span>` : nothing;
  const { state, provisionalYears } = timeliness;
  const word = t(`timeliness.${state}`);
  // what is left says itself that it is over
  const text =
    left === undefined || (state === "red" && left.tone !== "error")
      ? word
      : left.tone === "error"
        ? left.text
        : `${word} · ${left.text}`;
  const provisional = provisionalYears
    ? `；${t("timeliness.provisional", { years: provisionalYears.join("、") })}`
    : "";
  return html`<span class="badge ${TONES[state]}" title="${shortDateTime(dueAt)}${provisional}">${text}</span>`;
}

function open(event: Event, path: string): void {
  if (!event.defaultPrevented && !event.composedPath().some((node) => node instanceof HTMLAnchorElement)) go(path);
}
