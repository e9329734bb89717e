import { accountApi, JinshuiError, type SecondFactors } from "@jinshui/contracts";
import { client, confirmed, controls, dateTime, t } from "@jinshui/web";
import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/browser";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import "./app-secret.js";
import { Section, sectionStyles } from "./section.js";

/** One's second factors: an authenticator app, passkeys and security keys. */
@customElement("ji-own-factors")
export class OwnFactors extends Section {
  static override styles = [
    controls,
    sectionStyles,
    css`
      h3 {
        font-size: var(--ji-size);
        margin: 12px 0 4px;
      }
      .row {
        display: flex;
        gap: 8px;
        align-items: center;
        padding: 6px 0;
        border-top: 1px solid var(--ji-rule);
      }
      .row span:first-child {
        flex: 1;
        min-width: 0;
      }
      form.inline {
        grid-template-columns: 1fr auto;
        align-items: end;
      }
    `,
  ];
  @state() private factors: SecondFactors | undefined;
  @state() private begun: { secret: string; uri: string } | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.act(() => this.#load());
  }

  override render(): TemplateResult | typeof nothing {
    const { factors } = this;
    if (factors?.policy === "off") return nothing;
    return html`<section class="card">
      <h2>${t("account.factors")}</h2>
      <div class="body">
        ${factors ? html`<p class="quiet">${t(`account.factors.${factors.policy}`)}</p>` : nothing} ${this.outcome()}
        ${factors ? html`${this.#app(factors.totp)} ${this.#passkeys(factors.passkeys)}` : nothing}
      </div>
    </section>`;
  }

  #app(totp: SecondFactors["totp"]): TemplateResult {
    return html`<h3>${t("account.app")}</h3>
      ${
        this.begun
          ? html`<form @submit=${this.#confirmApp} aria-label=${t("account.app")}>
              <ji-app-secret secret=${this.begun.secret} uri=${this.begun.uri}></ji-app-secret>
              <label
                >${t("signIn.code")}<input
                  class="input"
                  name="code"
                  inputmode="numeric"
                  autocomplete="one-time-code"
                  maxlength="7"
                  required
              /></label>
              <div>
                <button class="button primary" ?disabled=${this.busy}>${t("account.confirm")}</button>
                <button class="button" type="button" @click=${() => (this.begun = undefined)}>
                  ${t("action.cancel")}
                </button>
              </div>
            </form>`
          : html`<div class="row">
              <span class=${totp ? "" : "quiet"}
                >${totp ? this.#times(t("account.appOn", { at: dateTime(totp.addedAt) }), totp.usedAt) : t("account.appHint")}</span
              >
              <button class="button" ?disabled=${this.busy} @click=${this.#beginApp}>
                ${totp ? t("account.appReplace") : t("account.appSet")}
              </button>
              ${totp ? html`<button class="button danger" ?disabled=${this.busy} @click=${this.#removeApp}>${t("action.remove")}</button>` : nothing}
            </div>`
      }`;
  }

  #passkeys(passkeys: SecondFactors["passkeys"]): TemplateResult {
    return html`<h3>${t("account.passkeys")}</h3>
      <p class="quiet">${isAble() ? t("account.passkeysHint") : t("account.passkeysUnable")}</p>
      ${passkeys.map(
        ({ id, name, addedAt, usedAt }) =>
          html`<div class="row">
            <span
              >${name}
              <span class="quiet small"
                >${this.#times(t("account.addedAt", { at: dateTime(addedAt) }), usedAt)}</span
              ></span
            >
            <button
              class="button danger"
              ?disabled=${this.busy}
              aria-label=${`${t("action.remove")} ${name}`}
              @click=${() => this.#removePasskey(id, name)}
            >
              ${t("action.remove")}
            </button>
          </div>`,
      )}
      ${
        isAble()
          ? html`<form class="inline" @submit=${this.#addPasskey} aria-label=${t("account.passkeys")}>
              <label>${t("account.passkeyName")}<input class="input" name="name" maxlength="40" required /></label>
              <button class="button" ?disabled=${this.busy}>${t("account.passkeyAdd")}</button>
            </form>`
          : nothing
      }`;
  }

  #times(added: string, usedAt: string | undefined): string {
    return `${added}${usedAt === undefined ? "" : t("account.usedAt", { at: dateTime(usedAt) })}`;
  }

  readonly #beginApp = (): Promise<void> =>
    this.act(async () => {
      this.begun = await client(accountApi).beginTotp({});
      void this.updateComplete.then(() => this.renderRoot.querySelector("input")?.focus());
      return "";
    });

  async #confirmApp(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const code = new FormData(event.target as HTMLFormElement).get("code") as string;
    await this.act(async () => {
      await client(accountApi).confirmTotp({ code });
      this.begun = undefined;
      await this.#load();
      return t("account.added");
    });
  }

  readonly #removeApp = (): Promise<void> => this.#remove(t("account.app"), () => client(accountApi).removeTotp({}));

  #removePasskey(passkey: string, name: string): Promise<void> {
    return this.#remove(name, () => client(accountApi).removePasskey({ passkey }));
  }

  async #remove(name: string, work: () => Promise<unknown>): Promise<void> {
    const question = { title: t("action.remove"), text: t("account.removeSure", { name }), action: t("action.remove") };
    if (!(await confirmed(question))) return;
    await this.act(async () => {
      await work();
      await this.#load();
      return t("account.removed");
    });
  }

  async #addPasskey(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const name = new FormData(form).get("name") as string;
    await this.act(async () => {
      const account = client(accountApi);
      const { origin } = location;
      const { options } = await account.beginPasskey({ origin });
      const { startRegistration } = await import("@simplewebauthn/browser");
      const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
      const made = await startRegistration({ optionsJSON }).catch((cause: unknown) => {
        throw new JinshuiError("passkey-cancelled", "The browser made no passkey", { cause });
      });
      await account.addPasskey({ name, origin, response: { ...made } });
      form.reset();
      await this.#load();
      return t("account.added");
    });
  }

  async #load(): Promise<string> {
    this.factors = await client(accountApi).secondFactors({});
    return "";
  }
}

/** Browsers have passkeys in secure contexts only, and for names, not numbers. */
function isAble(): boolean {
  return isSecureContext && "PublicKeyCredential" in globalThis && !/^[\d.]+$|:/.test(location.hostname);
}
