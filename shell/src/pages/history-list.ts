import type { FormSchema, HistoryEntry, Incident, SignatureCheck } from "@jinshui/contracts";
import { dateTime, local, t } from "@jinshui/web";
import { shownValue } from "@jinshui/web/form";
import { signatureNote } from "./signature-note.js";
import { css, html, nothing, type TemplateResult } from "lit";

export const historyStyles = css`
  ol.history {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  ol.history li {
    display: grid;
    grid-template-columns: 128px 1fr;
    gap: 8px;
    padding: 8px 0;
    border-bottom: 1px solid var(--ji-rule);
    font-size: 13px;
  }
  ol.history li:last-child {
    border: 0;
  }
  ol.history .signature {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 8px;
    align-items: center;
    margin-top: 4px;
    overflow-wrap: anywhere;
  }
  ol.history blockquote {
    margin: 2px 0 0;
    padding: 4px 8px;
    background: var(--ji-surface-2);
    border-left: 3px solid var(--ji-rule);
    white-space: pre-wrap;
  }
`;
/** An incident in plain words, with the engine's own as technical details. */
export function incidentText({ code, step, element, message }: Partial<Incident>): TemplateResult {
  return html`${code === undefined ? nothing : t(`incident.${code}`, { step: step ?? element ?? "" })}${
    message
      ? html`<details class="quiet">
          <summary>${t("history.details")}</summary>
          ${message}
        </details>`
      : nothing
  }`;
}

function message(entry: HistoryEntry): TemplateResult | typeof nothing {
  if (entry.code !== undefined) return html`<div>${incidentText(entry)}</div>`;
  return entry.message ? html`<div class="quiet">${entry.message}</div>` : nothing;
}

/** Who did it, for whom, and in which position. */
function by({ by: person, onBehalfOf, position }: HistoryEntry): TemplateResult | typeof nothing {
  if (!person || person.id.startsWith("plugin:")) return nothing;
  const name = onBehalfOf ? t("history.onBehalfOf", { name: person.name, other: onBehalfOf.name }) : person.name;
  return html`${name}${position ? html`<span class="quiet">（${local(position)}）</span>` : nothing} `;
}

/** What happened to a deadline. */
function deadlineNote({ type, deadline }: HistoryEntry): TemplateResult | typeof nothing {
  if (!deadline) return nothing;
  const { before, after, cause, basis, stage, people = [], superiors = [] } = deadline;
  if (basis !== undefined) return html`<div class="quiet">${t("history.basis", { basis })}</div>`;
  if (type === "deadline-changed") {
    const key = cause === "calendar" && before !== undefined ? "calendar" : "clock";
    const values = { before: dateTime(before), after: dateTime(after) };
    return html`<div class="quiet">${t(`history.deadline-${key}`, values)}</div>`;
  }
  const [kind = "", n] = (stage ?? "").split("-");
  const names = people.length === 0 ? t("history.nobody") : people.join("、");
  const told = superiors.length === 0 ? "" : t("history.superiors", { people: superiors.join("、") });
  return html`<div class="quiet">${t(`history.stage-${kind}`, { n, people: names })}${told}</div>`;
}

const WHOLE = new Set(["deadline-changed", "reminded"]);
const QUIET = new Set(["task-created", "archived"]);

/** What happened in a matter, oldest first: who did what as what, with opinions and changed fields. */
export function historyList(
  history: HistoryEntry[],
  forms: FormSchema[],
  signatures: SignatureCheck[],
): TemplateResult {
  const components = forms.flatMap((form) => form.components);
  const told = new Set(history.filter(({ type }) => type === "task-completed").map(({ task }) => task));
  const lost = signatures.filter(({ task }) => !told.has(task));
  return html`<ol class="history">
    ${history
      .filter(({ type }) => !QUIET.has(type))
      .map(
        (entry) =>
          html`<li>
            <span class="quiet">${dateTime(entry.at)}</span>
            <div>
              <strong>${entry.step ?? (WHOLE.has(entry.type) ? t("history.whole") : "")}</strong>
              ${by(entry)}
              <span
                class="badge ${entry.type === "incident" ? "error" : entry.action === "return" || entry.action === "reject" || entry.type === "cancelled" ? "warn" : entry.type === "completed" || entry.type === "task-completed" ? "ok" : ""}"
                >${entry.actionTitle ? local(entry.actionTitle) : t(`history.${entry.type}`)}</span
              >
              ${entry.opinion ? html`<blockquote>${entry.opinion}</blockquote>` : nothing} ${message(entry)}
              ${deadlineNote(entry)}
              ${entry.type === "task-completed" ? signatureNote(signatures.find(({ task }) => task === entry.task)) : nothing}
              ${
                (entry.changes ?? []).length === 0
                  ? nothing
                  : html`<div class="quiet">
                      ${(entry.changes ?? [])
                        .map(({ key, label, before, after }) => {
                          const component = components.find((candidate) => candidate.key === key);
                          return t(before === null ? "history.set" : "record.change", {
                            title: label,
                            before: shownValue(component, before),
                            after: shownValue(component, after),
                          });
                        })
                        .join("；")}
                    </div>`
              }
            </div>
          </li>`,
      )}
    ${
      lost.length === 0
        ? nothing
        : html`<li>
            <span></span>
            <div><strong>${t("signature.lost")}</strong>${lost.map(signatureNote)}</div>
          </li>`
    }
  </ol>`;
}
