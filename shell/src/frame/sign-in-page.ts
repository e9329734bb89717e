import { controls, JinshuiElement, local, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { type Site, signIn } from "./session.js";

/** Name and password; on a demo site also the accounts, to be taken by a click. */
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
      form {
        display: grid;
        gap: 10px;
        padding: 16px;
      }
      label {
        display: grid;
        gap: 4px;
        color: var(--ji-text-2);
        font-size: 13px;
      }
      .input {
        height: 36px;
        width: 100%;
      }
      .button {
        height: 36px;
      }
      table td {
        cursor: pointer;
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
  @state() private error: unknown;
  @state() private busy = false;

  override render(): TemplateResult {
    return html` <section class="card">
        <div class="head"><h1>${local(this.site?.title)}</h1></div>
        <form @submit=${this.#submit}>
          <ji-error .error=${this.error}></ji-error>
          <label>${t("signIn.username")}<input class="input" name="username" autocomplete="username" required /></label>
          <label
            >${t("signIn.password")}<input
              class="input"
              name="password"
              type="password"
              autocomplete="current-password"
              required
          /></label>
          <button class="button primary" type="submit" ?disabled=${this.busy}>${t("signIn.submit")}</button>
        </form>
      </section>
      ${this.site?.demo ? this.#demo(this.site.demo) : nothing}`;
  }

  #demo({ accounts, password }: NonNullable<Site["demo"]>): TemplateResult {
    const bureaus = new Map(this.site?.bureaus.map(({ id, title }) => [id, local(title)]));
    return html`<section class="card">
      <h2>${t("signIn.demo")}</h2>
      <table>
        <tbody>
          ${accounts.map(
            (account) =>
              html`<tr class="link" @click=${() => this.#fill(account.username, password)}>
                <td><button type="button">${account.name}</button></td>
                <td>${bureaus.get(account.bureau)}</td>
                <td class="quiet">${account.description}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </section>`;
  }

  #fill(username: string, password: string): void {
    const [name, secret] = this.renderRoot.querySelectorAll("input");
    if (name) name.value = username;
    if (secret) secret.value = password;
    this.renderRoot.querySelector<HTMLElement>("button[type=submit]")?.focus();
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    this.busy = true;
    try {
      const profile = await signIn(data.get("username") as string, data.get("password") as string);
      this.dispatchEvent(new CustomEvent("signed-in", { detail: profile }));
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }
}
