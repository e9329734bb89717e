import { type Profile, SECURITY_PERMISSION } from "@jinshui/contracts";
import { controls, JinshuiElement, local, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import "./own-certificates.js";
import "./own-factors.js";
import "./others-certificates.js";
import "./own-password.js";
import "./own-sessions.js";

/** A person's own account: password, second factors, signing certificate, where they are signed in. */
@customElement("ji-account-page")
export class AccountPage extends JinshuiElement {
  static override styles = [
    controls,
    css`
      .columns {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 12px;
        align-items: start;
      }
      .wide {
        grid-column: 1 / -1;
      }
      @media (max-width: 900px) {
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
  @property({ attribute: false }) profile: Profile | undefined;

  override render(): TemplateResult {
    return html`<div class="bar">
        <h1 tabindex="-1">${t("nav.account")}</h1>
        <span class="quiet"
          >${this.profile?.name} · ${this.profile?.username} · ${local(this.profile?.departmentTitle)}</span
        >
      </div>
      <div class="columns">
        <ji-own-factors></ji-own-factors>
        <ji-own-password .username=${this.profile?.username ?? ""}></ji-own-password>
        <ji-own-certificates class="wide"></ji-own-certificates>
        ${this.profile?.permissions.includes(SECURITY_PERMISSION) === true ? html`<ji-others-certificates class="wide"></ji-others-certificates>` : nothing}
        <ji-own-sessions class="wide"></ji-own-sessions>
      </div>`;
  }
}
