import type { MigratedInstance } from "@jinshui/contracts";
import { t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import type { MigrationResult } from "./migration-run.js";

/** What a run has found so far: how many can be, or were, moved, and each matter that there is something to say of. */
export function migrationOutcome(result: MigrationResult, running: boolean): TemplateResult {
  const { commit, done, total, fit, told, untold, finished } = result;
  if (running) {
    const text = t(commit ? "versions.moving" : "versions.testing", { done, total });
    return html`<p role="status">
      ${text} <progress aria-label=${text} max=${Math.max(1, total)} .value=${done}></progress>
    </p>`;
  }
  const counts = t(commit ? "versions.moved" : "versions.tested", { n: fit, stay: done - fit });
  return html`<p role="status">${finished && done === 0 ? t("versions.nothing") : counts}</p>
    ${finished ? nothing : html`<p role="alert">${t("versions.stopped")}</p>`}
    ${
      told.length === 0
        ? nothing
        : html`<div class="scroll">
            <table>
              <thead>
                <tr>
                  <th>${t("instance.number")}</th>
                  <th>${t("versions.matter")}</th>
                  <th>${t("versions.outcome")}</th>
                </tr>
              </thead>
              <tbody>
                ${told.map((instance) => row(instance))}
              </tbody>
            </table>
          </div>`
    }
    ${untold === 0 ? nothing : html`<p class="quiet">${t("versions.shown", { n: told.length, more: untold })}</p>`}`;
}

function row({ id, number, title, problems, unwatched, moved }: MigratedInstance): TemplateResult {
  return html`<tr>
    <td><a href="/matters/${id}">${number}</a></td>
    <td title=${title}>${title}</td>
    <td class="told">
      ${
        problems.length === 0
          ? html`<span class="badge ok">${t(moved ? "versions.isMoved" : "versions.can")}</span> `
          : problems.map(({ code, step }) => html`<div>${t(`versions.problem.${code}`, { step })}</div>`)
      }${unwatched.length === 0 ? nothing : t("versions.unwatched", { names: unwatched.join("、") })}
    </td>
  </tr>`;
}
