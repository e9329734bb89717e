import type { SignatureCheck } from "@jinshui/contracts";
import { dateTime, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";

/** Whether a step's signature holds, whose it is and by what it was made. */
export function signatureNote(check: SignatureCheck | undefined): TemplateResult | typeof nothing {
  if (!check) return nothing;
  const { valid, fault, signer, onBehalfOf, at, algorithm, serial } = check;
  const values = {
    name: signer?.name ?? "",
    other: onBehalfOf?.name ?? "",
    at: dateTime(at),
    algorithm: algorithm === undefined ? "" : t(`algorithm.${algorithm}`),
    serial: serial ?? "",
  };
  return html`<div class="signature">
    <span class="badge ${valid ? "ok" : "error"}">${t(valid ? "signature.valid" : "signature.invalid")}</span>
    ${fault === undefined ? nothing : html`<span>${t(`signature.fault.${fault}`)}</span>`}
    ${serial === undefined ? nothing : html`<span class="quiet">${t(onBehalfOf ? "signature.byFor" : "signature.by", values)}</span>`}
  </div>`;
}
