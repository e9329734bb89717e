import type { AuditVerification } from "@jinshui/contracts";
import { dateTime, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";

/** How far the last look at the audit chain is, or what it has found and where. */
export function verificationCard(verification: AuditVerification | undefined): TemplateResult | typeof nothing {
  if (!verification) return nothing;
  const { state, entries, total, anchors, startedAt, finishedAt, startedBy, problems } = verification;
  const isRunning = state === "running";
  const isWhole = state === "done" && problems.length === 0;
  const word = state === "done" ? (isWhole ? "whole" : "broken") : state;
  const tone = isRunning ? "" : isWhole ? "ok" : "error";
  return html`<section class="card" aria-label=${t("security-center.verification")}>
    <h2>${t("security-center.verification")}</h2>
    <div class="body">
      <div role="status">
        <span class="badge ${tone}">${t(`security-center.${word}`)}</span>
        ${t("security-center.looked", { entries, total: Math.max(total, entries), anchors })}
        <span class="quiet small">${startedBy.name} ${dateTime(finishedAt ?? startedAt)}</span>
      </div>
      ${isRunning ? html`<progress aria-label=${t("security-center.verification")} max=${Math.max(total, 1)} .value=${entries}></progress>` : nothing}
      ${state === "done" && anchors === 0 ? html`<p class="quiet">${t("security-center.noAnchors")}</p>` : nothing}
      ${problems.map(
        ({ kind, seq, anchor, other }) =>
          html`<p>
            <strong
              >${seq === undefined ? (anchor === undefined ? "" : t("security-center.atAnchor", { anchor })) : t("security-center.atEntry", { seq })}${t(`security-center.problem.${kind}`)}</strong
            >${other === undefined ? "" : t("security-center.otherEntry", { other })}
          </p>`,
      )}
    </div>
  </section>`;
}
