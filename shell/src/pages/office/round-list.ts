import type { OpOutput, WorkflowApi } from "@jinshui/contracts";
import { t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";

type Round = NonNullable<OpOutput<WorkflowApi, "task">["round"]>;

export const roundStyles = css`
  ul.round {
    list-style: none;
    margin: 0;
    padding: 0;
    font-size: 13px;
  }
  ul.round li {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 8px;
    align-items: center;
    min-height: 32px;
    border-bottom: 1px solid var(--ji-rule);
  }
  ul.round li:last-child {
    border: 0;
  }
  ul.round .space {
    flex: 1;
  }
`;

/** Everybody who has a part in a step, and who may be taken out of it. */
export function roundList(round: Round, own: string, remove: (id: string) => void): TemplateResult {
  return html`<ul class="round">
    ${round.map(
      ({ id, step, part, state, assignee, action, removable }) =>
        html`<li>
          <span>${step}</span>
          ${part === undefined ? nothing : html`<span class="badge">${t(`part.${part}`)}</span>`}
          ${assignee ? html`<span class="quiet">${assignee.name}</span>` : nothing}
          <span class="space"></span>
          <span class="quiet">${action === undefined ? t(`office.state.${state}`) : t(`actionName.${action}`)}</span>
          ${
            removable && id !== own
              ? html`<button class="button plain" aria-label="${t("office.remove")} ${step}" @click=${() => remove(id)}>
                  ${t("office.remove")}
                </button>`
              : nothing
          }
        </li>`,
    )}
  </ul>`;
}
