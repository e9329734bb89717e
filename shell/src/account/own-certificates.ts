import {
  type OpOutput,
  type SignatureApi,
  signatureApi,
  type SignatureAlgorithm,
  type SigningCertificate,
} from "@jinshui/contracts";
import { client, controls, dateTime, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { askToRevoke } from "./revoking.js";
import { Section, sectionStyles } from "./section.js";

const ALGORITHMS: readonly SignatureAlgorithm[] = ["sm2", "ed25519", "rsa"];

/** A person's signing certificate: asked for, collected, renewed, revoked. */
@customElement("ji-own-certificates")
export class OwnCertificates extends Section {
  static override styles = [
    controls,
    sectionStyles,
    css`
      form.inline {
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: end;
      }
      code {
        overflow-wrap: anywhere;
        font-size: 12px;
      }
      @media (max-width: 700px) {
        form.inline {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
  @state() private known: OpOutput<SignatureApi, "certificates"> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.act(() => this.#load());
  }

  override render(): TemplateResult {
    return html`<section class="card">
      <h2>${t("certificate.title")}</h2>
      <div class="body">
        <p class="quiet">${t("certificate.hint")}</p>
        ${this.outcome()}${this.known ? this.#state(this.known) : nothing}
      </div>
    </section>`;
  }

  #state({ certificates, granted, requested }: OpOutput<SignatureApi, "certificates">): TemplateResult {
    const inForce = certificates.some(({ state: each }) => each === "valid");
    return html`${certificates.length === 0 ? nothing : this.#table(certificates)}
    ${inForce ? nothing : granted ? this.#collect(granted) : requested ? html`<p>${t("certificate.requested")}</p>` : this.#request()}`;
  }

  #table(certificates: SigningCertificate[]): TemplateResult {
    return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th>${t("certificate.serial")}</th>
            <th>${t("certificate.algorithm")}</th>
            <th>${t("certificate.until")}</th>
            <th>${t("certificate.state")}</th>
            <th></th>
          </tr>
        </thead>
        <tbody>
          ${certificates.map((certificate) => this.#row(certificate))}
        </tbody>
      </table>
    </div>`;
  }

  #row(certificate: SigningCertificate): TemplateResult {
    const { serial, algorithm, notAfter, renewable } = certificate;
    const isValid = certificate.state === "valid";
    return html`<tr>
      <td><code>${serial}</code></td>
      <td>${t(`algorithm.${algorithm}`)}</td>
      <td>${dateTime(notAfter)}</td>
      <td><span class="badge ${isValid ? "ok" : ""}">${stateText(certificate)}</span></td>
      <td>
        ${renewable ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.#renew(certificate)}>${t("certificate.renew")}</button>` : nothing}
        ${isValid ? html`<button class="button danger" ?disabled=${this.busy} @click=${() => this.#revoke(certificate)}>${t("certificate.revoke")}</button>` : nothing}
      </td>
    </tr>`;
  }

  #collect({ algorithm, until }: { algorithm: SignatureAlgorithm; until: string }): TemplateResult {
    const values = { algorithm: t(`algorithm.${algorithm}`), until: dateTime(until) };
    return html`<p>${t("certificate.granted", values)}</p>
      <button class="button primary" ?disabled=${this.busy} @click=${this.#make}>${t("certificate.make")}</button>`;
  }

  #request(): TemplateResult {
    return html`<p>${t("certificate.none")}</p>
      <form class="inline" @submit=${this.#ask} aria-label=${t("certificate.request")}>
        <label
          >${t("certificate.algorithm")}<select class="input" name="algorithm">
            ${ALGORITHMS.map((algorithm) => html`<option value=${algorithm}>${t(`certificate.${algorithm}`)}</option>`)}
          </select></label
        >
        <label
          >${t("certificate.reason")}<input class="input" name="reason" minlength="2" maxlength="200" required
        /></label>
        <button class="button" ?disabled=${this.busy}>${t("certificate.request")}</button>
      </form>`;
  }

  async #ask(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    await this.act(async () => {
      await client(signatureApi).requestKey({
        algorithm: fields.get("algorithm") as SignatureAlgorithm,
        reason: fields.get("reason") as string,
      });
      await this.#load();
      return t("certificate.asked");
    });
  }

  readonly #make = (): Promise<void> =>
    this.act(async () => {
      await client(signatureApi).makeKey({});
      await this.#load();
      return t("certificate.made");
    });

  #renew({ id }: SigningCertificate): Promise<void> {
    return this.act(async () => {
      await client(signatureApi).renewKey({ certificate: id });
      await this.#load();
      return t("certificate.renewed");
    });
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
    this.known = await client(signatureApi).certificates({ limit: 20 });
    return "";
  }
}

function stateText({ state: now, revokedAt, reason }: SigningCertificate): string {
  if (reason === "superseded") return t("certificate.superseded");
  return t(`certificate.${now}`, { at: dateTime(revokedAt) });
}
