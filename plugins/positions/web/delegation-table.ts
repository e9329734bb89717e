import type { Delegation, LocalText } from "@jinshui/contracts";
import { local, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { inWords, phase } from "./period.js";

/** Whether a delegation still holds or will. */
function isOpen({ since, until, endedAt }: Delegation): boolean {
  return endedAt === undefined && phase({ from: since, until }) !== "past";
}

/** Delegations with who, for what, when and why; `action` draws what can be done with one that is open. */
export function delegationTable(
  delegations: readonly Delegation[],
  positions: readonly { id: string; title: LocalText }[],
  action?: (delegation: Delegation) => TemplateResult | typeof nothing,
): TemplateResult {
  const titles = new Map(positions.map(({ id, title }) => [id, local(title)]));
  return html`<div class="scroll" role="region" tabindex="0" aria-label=${t("positions.delegations")}>
    <table>
      <thead>
        <tr>
          <th scope="col">${t("positions.whoDelegates")}</th>
          <th scope="col">${t("positions.toWhom")}</th>
          <th scope="col">${t("positions.position")}</th>
          <th scope="col">${t("positions.period")}</th>
          <th scope="col">${t("positions.reason")}</th>
          <th scope="col">${t("positions.state")}</th>
          ${action ? html`<th scope="col"><span class="visually-hidden">${t("positions.doing")}</span></th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${delegations.map(
          (delegation) =>
            html`<tr>
              <td>${delegation.from.name}</td>
              <td>${delegation.to.name}</td>
              <td class="long">
                ${delegation.positions ? delegation.positions.map((id) => titles.get(id) ?? id).join("、") : t("positions.allPositions")}
              </td>
              <td>${inWords({ from: delegation.since, until: delegation.until })}</td>
              <td class="long">${delegation.reason}</td>
              <td>${stateBadge(delegation)}</td>
              ${action ? html`<td class="actions">${isOpen(delegation) ? action(delegation) : nothing}</td>` : nothing}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function stateBadge({ since, until, endedAt }: Delegation): TemplateResult {
  if (endedAt !== undefined) return html`<span class="badge">${t("positions.endedEarly")}</span>`;
  const when = phase({ from: since, until });
  const tone = when === "current" ? "ok" : when === "future" ? "warn" : "";
  return html`<span class="badge ${tone}">${t(`positions.delegation.${when}`)}</span>`;
}
