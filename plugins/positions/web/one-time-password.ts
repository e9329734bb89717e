import { dateTime, t } from "@jinshui/web";
import { html, type TemplateResult } from "lit";
import type { OneTimePassword } from "./person-dialogs.js";

/** A password to be handed over, until somebody says that it was. */
export function oneTimePassword(
  { password, validUntil }: OneTimePassword,
  whose: string,
  noted: () => void,
): TemplateResult {
  return html`<section class="card" role="status">
    <h2>${t("positions.oneTime")}</h2>
    <p>${whose}</p>
    <p class="secret"><code>${password}</code></p>
    <p class="quiet">${t("positions.oneTimeNote", { at: dateTime(validUntil) })}</p>
    <p><button class="button" @click=${noted}>${t("positions.oneTimeNoted")}</button></p>
  </section>`;
}
