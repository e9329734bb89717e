import { authApi, signatureApi, type SigningCertificate } from "@jinshui/contracts";
import { client, controls, dateTime, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { askToRevoke } from "./revoking.js";
import { Section, sectionStyles } from "./section.js";

/** People whose certificates are looked up at once. */
const MOST_PEOPLE = 10;

/** For security administrators: certificates of the bureau's people that are in force, found by name, to be revoked. */
@customElement("ji-others-certificates")
export class OthersCertificates extends Section {
  static override styles = [controls, sectionStyles];
  @state() private found: { name: string; certificate: SigningCertificate }[] | undefined;
  #search = "";

  override render(): TemplateResult {
    return html`<section class="card">
      <h2>${t("certificate.others")}</h2>
      <div class="body">
        <p class="quiet">${t("certificate.othersHint")}</p>
        <form @submit=${this.#look} aria-label=${t("certificate.others")}>
          <label>${t("certificate.name")}<input class="input" name="name" maxlength="60" required /></label>
          <div><button class="button" ?disabled=${this.busy}>${t("certificate.look")}</button></div>
        </form>
        ${this.outcome()}
        ${
          this.found === undefined
            ? nothing
            : this.found.length === 0
              ? html`<p>${t("certificate.noneFound")}</p>`
              : html`<div class="scroll">
                  <table>
                    <tbody>
                      ${this.found.map(({ name, certificate }) => this.#row(name, certificate))}
                    </tbody>
                  </table>
                </div>`
        }
      </div>
    </section>`;
  }

  #row(name: string, certificate: SigningCertificate): TemplateResult {
    const { serial, algorithm, notAfter } = certificate;
    return html`<tr>
      <td>${name}</td>
      <td>${t(`algorithm.${algorithm}`)}</td>
      <td>${serial}</td>
      <td>${t("certificate.until")} ${dateTime(notAfter)}</td>
      <td>
        <button
          class="button danger"
          ?disabled=${this.busy}
          aria-label=${`${t("certificate.revoke")} ${name}`}
          @click=${() => this.#revoke(certificate)}
        >
          ${t("certificate.revoke")}
        </button>
      </td>
    </tr>`;
  }

  async #look(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    this.#search = (new FormData(event.target as HTMLFormElement).get("name") as string).trim();
    await this.act(() => this.#load());
  }

  async #revoke({ id }: SigningCertificate): Promise<void> {
    const reason = await askToRevoke();
    if (reason === undefined) return;
    await this.act(async () => {
      await client(signatureApi).revokeKey({ certificate: id, reason });
      await this.#load();
      return t("certificate.revokedNow");
    });
  }

  async #load(): Promise<string> {
    const { people } = await client(authApi).people({ search: this.#search, limit: MOST_PEOPLE });
    const found = await Promise.all(
      people.map(async ({ id, name }) => {
        const { certificates } = await client(signatureApi).certificates({ person: id, limit: 5 });
        return certificates.filter(({ state: now }) => now === "valid").map((certificate) => ({ name, certificate }));
      }),
    );
    this.found = found.flat();
    return "";
  }
}
