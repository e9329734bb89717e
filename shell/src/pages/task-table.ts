import type { TaskSummary } from "@jinshui/contracts";
import { local, remaining, shortDateTime, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { go } from "../frame/router.js";

/** Which rows of the inbox are chosen, and what happens when that changes. */
export interface Choosing {
  chosen: ReadonlySet<string>;
  toggle: (ids: readonly string[], chosen: boolean) => void;
}

/** Rows of the inbox: matter, applicant, step, arrival and what is left of the time; with boxes where several are approved at once. */
export function taskTable(tasks: TaskSummary[], kind: "todo" | "done", choosing?: Choosing): TemplateResult {
  const approvable = choosing ? tasks.filter((task) => task.approvable === true).map(({ id }) => id) : [];
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${choosing && approvable.length > 0 ? html`<th class="box">${allBox(approvable, choosing)}</th>` : nothing}
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
              ${choosing && approvable.length > 0 ? html`<td class="box">${oneBox(task, choosing)}</td>` : nothing}
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
                ${task.step}${task.onBehalfOf ? html` <span class="badge">${t("task.onBehalfOf", task.onBehalfOf)}</span>` : nothing}${task.part ? html` <span class="badge">${t(`part.${task.part}`)}</span>` : nothing}${task.assignee && kind === "todo" ? html` <span class="badge">${t("task.claimed")}</span>` : nothing}
              </td>
              <td class="quiet">${shortDateTime(kind === "todo" ? task.arrivedAt : task.completedAt)}</td>
              <td>${kind === "todo" ? dueBadge(task) : t(`actionName.${task.action ?? "complete"}`)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function oneBox({ id, title, approvable }: TaskSummary, { chosen, toggle }: Choosing): TemplateResult | typeof nothing {
  if (approvable !== true) return nothing;
  return html`<input
    type="checkbox"
    aria-label=${t("office.select", { title })}
    .checked=${chosen.has(id)}
    @change=${(event: Event) => toggle([id], (event.target as HTMLInputElement).checked)}
  />`;
}

function allBox(ids: readonly string[], { chosen, toggle }: Choosing): TemplateResult {
  return html`<input
    type="checkbox"
    aria-label=${t("office.selectAll")}
    .checked=${ids.every((id) => chosen.has(id))}
    @change=${(event: Event) => toggle(ids, (event.target as HTMLInputElement).checked)}
  />`;
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
  const own = (node: EventTarget): boolean =>
    node instanceof HTMLAnchorElement || (node instanceof HTMLElement && node.classList.contains("box"));
  if (!event.defaultPrevented && !event.composedPath().some(own)) go(path);
}
