import { JinshuiError } from "@jinshui/contracts";
import { controls, JinshuiElement, local, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import "../account/sign-in-steps.js";
import type { SignInSteps } from "../account/sign-in-steps.js";
import { type Credentials, type Site, signIn } from "./session.js";

/** The way in, step by step; on a demo site also the accounts, to be taken by a click. */
@customElement("ji-sign-in-page")
export class SignInPage extends JinshuiElement {
  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        min-height: 100vh;
        align-content: center;
        justify-content: center;
        gap: 12px;
        padding: 16px;
      }
      .card {
        width: min(420px, 92vw);
      }
      .head {
        background: var(--ji-head);
        color: var(--ji-head-text);
        border-radius: 6px 6px 0 0;
        padding: 14px 16px;
      }
      .head h1 {
        font-size: 18px;
      }
      table td {
        cursor: pointer;
      }
      .sources {
        display: grid;
        gap: 8px;
        padding: 0 16px 16px;
      }
      .sources .button {
        height: 36px;
      }
      .failed {
        display: block;
        padding: 12px 16px 0;
      }
      td button {
        border: 0;
        background: none;
        color: var(--ji-brand);
        padding: 0;
      }
    `,
  ];
  @property({ attribute: false }) site: Site | undefined;
  @query("ji-sign-in-steps") private steps!: SignInSteps;

  override render(): TemplateResult {
    return html` <section class="card">
        <div class="head"><h1>${local(this.site?.title)}</h1></div>
        ${this.failed ? html`<ji-error class="failed" .error=${this.failed}></ji-error>` : nothing}
        <ji-sign-in-steps
          .attempt=${(credentials: Credentials) => signIn(credentials)}
          @signed-in=${({ detail }: CustomEvent<unknown>) => this.dispatchEvent(new CustomEvent("signed-in", { detail }))}
        ></ji-sign-in-steps>
        ${this.site?.sources ? this.#sources(this.site.sources) : nothing}
      </section>
      ${this.site?.demo ? this.#demo(this.site.demo) : nothing}`;
  }

  /** Why somebody has come back from an issuer elsewhere without being let in. */
  private readonly failed = failure();

  #sources(sources: NonNullable<Site["sources"]>): TemplateResult {
    // the page that was wanted; the reason of a failure is none
    const next = location.pathname === "/" ? "/" : location.pathname + location.search;
    return html`<div class="sources">
      ${sources.map(
        ({ id, title }) =>
          html`<button
            class="button"
            type="button"
            @click=${() => location.assign(`/api/v1/sign-in/${id}?next=${encodeURIComponent(next)}`)}
          >
            ${t("signIn.with", { source: local(title) })}
          </button>`,
      )}
    </div>`;
  }

  #demo({ accounts, password }: NonNullable<Site["demo"]>): TemplateResult {
    const bureaus = new Map(this.site?.bureaus.map(({ id, title }) => [id, local(title)]));
    return html`<section class="card">
      <h2>${t("signIn.demo")}</h2>
      <table>
        <tbody>
          ${accounts.map(
            (account) =>
              html`<tr class="link" @click=${() => this.steps.fill(account.username, password)}>
                <td><button type="button">${account.name}</button></td>
                <td>${bureaus.get(account.bureau)}</td>
                <td class="quiet">${account.description}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </section>`;
  }
}

/** What the address may say of a sign-in elsewhere that failed, and how people are told. */
const FAILURES: Record<string, string> = {
  "sign-in-failed": "elsewhere-failed",
  "second-factor-required": "elsewhere-second-factor",
  unavailable: "elsewhere-silent",
};

function failure(): JinshuiError | undefined {
  const code = new URLSearchParams(location.search).get("signIn");
  return code === null ? undefined : new JinshuiError(FAILURES[code] ?? "internal", "Signing in elsewhere failed");
}
