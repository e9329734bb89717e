import { JinshuiElement, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

/** The secret of an authenticator app: as a picture to scan, and as text for whoever can't. */
@customElement("ji-app-secret")
export class AppSecret extends JinshuiElement {
  static override styles = css`
    :host {
      display: grid;
      gap: 8px;
      justify-items: center;
    }
    img {
      width: 184px;
      height: 184px;
      border: 1px solid var(--ji-rule);
      background: #fff;
    }
    p {
      margin: 0;
      font-size: 13px;
      color: var(--ji-text-2);
    }
    code {
      color: var(--ji-text);
      word-break: break-all;
      user-select: all;
    }
  `;
  @property() secret = "";
  @property() uri = "";
  @state() private picture = "";

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("uri")) void this.#draw(this.uri);
  }

  override render(): TemplateResult {
    return html`<p>${t("account.scan")}</p>
      ${this.picture === "" ? nothing : html`<img src=${this.picture} alt=${t("account.qr")} />`}
      <p>${t("account.secret")} <code>${this.secret.replaceAll(/(.{4})(?=.)/g, "$1 ")}</code></p>`;
  }

  async #draw(uri: string): Promise<void> {
    const { default: qrcode } = await import("qrcode");
    const svg = await qrcode.toString(uri, { type: "svg", margin: 2, errorCorrectionLevel: "M" });
    if (uri === this.uri) this.picture = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  }
}
