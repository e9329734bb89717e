import { isJinshuiError, JinshuiError, type PasswordRules } from "@jinshui/contracts";
import { controls, JinshuiElement, t } from "@jinshui/web";
import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Credentials } from "../frame/session.js";
import "./app-secret.js";
import { passwordRules, ruleStyles } from "./password-rules.js";

/** What the server asks for next. */
type Step =
  | { is: "password" }
  | { is: "new-password"; rules: PasswordRules; reason: string; refused: readonly string[] }
  | { is: "factor"; methods: readonly string[]; passkey?: PublicKeyCredentialRequestOptionsJSON }
  | { is: "enrolment"; secret: string; uri: string };

/**
 * Walks a person through what it takes to be let in: password, new password, second factor, setting one up. Each step sends
 * everything again; nothing is kept but in this element. Fires `signed-in` with what `attempt` returned.
 */
@customElement("ji-sign-in-steps")
export class SignInSteps extends JinshuiElement {
  static override styles = [
    controls,
    ruleStyles,
    css`
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
      p {
        margin: 0;
      }
      .input {
        height: 36px;
        width: 100%;
      }
      .code {
        font-size: 18px;
        letter-spacing: 4px;
      }
      .button {
        height: 36px;
      }
      .button.plain {
        height: auto;
        justify-self: start;
      }
    `,
  ];
  /** Whose password is asked for; asked as well when absent. */
  @property() username: string | undefined;
  @property({ attribute: false }) attempt: (credentials: Credentials) => Promise<unknown> = () => Promise.resolve();
  @property() submitText = t("signIn.submit");
  @state() private step: Step = { is: "password" };
  @state() private error: unknown;
  @state() private busy = false;
  @state() private draft = "";
  #shown: Credentials = { username: "", password: "" };

  /** Takes name and password as if somebody had typed them. */
  fill(username: string, password: string): void {
    this.step = { is: "password" };
    this.error = undefined;
    void this.updateComplete.then(() => {
      const [name, secret] = this.renderRoot.querySelectorAll("input");
      if (name) name.value = username;
      if (secret) secret.value = password;
      this.renderRoot.querySelector<HTMLElement>("button[type=submit]")?.focus();
    });
  }

  override render(): TemplateResult {
    const title = this.step.is === "password" ? "" : t(`signIn.step.${this.step.is}`);
    return html`<form @submit=${this.#submit} aria-label=${title === "" ? t("signIn.submit") : title}>
      ${title === "" ? nothing : html`<h2>${title}</h2>`}
      <ji-error .error=${this.error}></ji-error>
      ${this.#fields()}
      ${this.step.is === "password" ? nothing : html`<button class="button plain" type="button" @click=${this.#back}>${t("signIn.back")}</button>`}
    </form>`;
  }

  #fields(): TemplateResult {
    const { step } = this;
    switch (step.is) {
      case "password":
        return html`${
            this.username === undefined
              ? html`<label
                  >${t("signIn.username")}<input class="input" name="username" autocomplete="username" required
                /></label>`
              : nothing
          }
          <label
            >${t("signIn.password")}<input
              class="input"
              name="password"
              type="password"
              autocomplete="current-password"
              required
          /></label>
          ${this.#button(this.submitText)}`;
      case "new-password":
        return html`<p>${t(`signIn.why.${step.reason}`)}</p>
          <label
            >${t("account.newPassword")}<input
              class="input"
              name="newPassword"
              type="password"
              autocomplete="new-password"
              aria-describedby="rules"
              required
              @input=${this.#typed}
          /></label>
          ${passwordRules(step.rules, { password: this.draft, username: this.#shown.username, refused: step.refused })}
          <label
            >${t("account.repeatPassword")}<input
              class="input"
              name="repeated"
              type="password"
              autocomplete="new-password"
              required
          /></label>
          ${this.#button(t("signIn.next"))}`;
      case "factor":
        return html`${step.methods.length === 0 ? html`<p>${t("signIn.noMethod")}</p>` : nothing}
        ${step.passkey ? html`<button class="button" type="button" ?disabled=${this.busy} @click=${this.#usePasskey}>${t("signIn.passkey")}</button>` : nothing}
        ${step.methods.includes("totp") ? html`${this.#code()} ${this.#button(this.submitText)}` : nothing}`;
      case "enrolment":
        return html`<p>${t("signIn.enrol")}</p>
          <ji-app-secret secret=${step.secret} uri=${step.uri}></ji-app-secret>
          ${this.#code()} ${this.#button(this.submitText)}`;
    }
  }

  #code(): TemplateResult {
    return html`<label
      >${t("signIn.code")}<input
        class="input code"
        name="code"
        inputmode="numeric"
        autocomplete="one-time-code"
        maxlength="7"
        pattern="[0-9 ]*"
        required
    /></label>`;
  }

  #button(text: string): TemplateResult {
    return html`<button class="button primary" type="submit" ?disabled=${this.busy}>${text}</button>`;
  }

  readonly #typed = (event: Event): void => {
    this.draft = (event.target as HTMLInputElement).value;
    if (this.step.is === "new-password") this.step = { ...this.step, refused: [] };
  };

  readonly #back = (): void => {
    this.#shown = { username: "", password: "" };
    this.error = undefined;
    this.#go({ is: "password" });
  };

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const text = (name: string): string => (data.get(name) as string | null) ?? "";
    switch (this.step.is) {
      case "password":
        this.#shown = { username: this.username ?? text("username").trim(), password: text("password") };
        return this.#send(this.#shown);
      case "new-password":
        if (text("newPassword") !== text("repeated")) {
          this.error = new JinshuiError("passwords-differ", "Both must be the same");
          return;
        }
        this.#shown = { ...this.#shown, newPassword: text("newPassword") };
        return this.#send(this.#shown);
      default:
        return this.#send({ ...this.#shown, code: text("code") });
    }
  }

  readonly #usePasskey = async (): Promise<void> => {
    if (this.step.is !== "factor" || !this.step.passkey) return;
    this.busy = true;
    this.error = undefined;
    try {
      const { startAuthentication } = await import("@simplewebauthn/browser");
      const passkey = await startAuthentication({ optionsJSON: this.step.passkey });
      await this.#send({ ...this.#shown, passkey });
    } catch (cause) {
      this.error = new JinshuiError("passkey-cancelled", "The browser gave no passkey", { cause });
    } finally {
      this.busy = false;
    }
  };

  async #send(credentials: Credentials): Promise<void> {
    this.busy = true;
    this.error = undefined;
    try {
      const detail = await this.attempt(credentials);
      this.#shown = { username: "", password: "" };
      this.dispatchEvent(new CustomEvent("signed-in", { detail }));
    } catch (error) {
      this.#follow(error);
      // the options of a passkey are good for one answer
      if (credentials.passkey && isJinshuiError(error) && error.code === "second-factor-failed")
        await this.attempt(this.#shown).catch((next: unknown) => this.#follow(next, error));
    } finally {
      this.busy = false;
    }
  }

  /** Shows what an answer asks for; other errors stay with the step that made them. `shown`: instead of nothing. */
  #follow(error: unknown, shown?: unknown): void {
    this.error = shown;
    const { code, details = {} } = isJinshuiError(error) ? error : { code: "" };
    switch (code) {
      case "new-password-required":
        return this.#go({ is: "new-password", refused: [], ...(details as { rules: PasswordRules; reason: string }) });
      case "second-factor-required":
        return this.#go({ is: "factor", ...(details as { methods: string[] }) });
      case "second-factor-enrolment-required":
        return this.#go({ is: "enrolment", ...(details as { secret: string; uri: string }) });
      case "password-refused":
        if (this.step.is === "new-password") {
          this.step = { ...this.step, refused: details["reasons"] as string[] };
          return;
        }
        break;
      case "second-factor-failed":
        for (const input of this.renderRoot.querySelectorAll("input")) input.value = "";
        break;
    }
    this.error = error;
    if (code === "sign-in-failed" || code === "too-many-requests") this.#go({ is: "password" });
  }

  #go(step: Step): void {
    const moves = step.is !== this.step.is;
    this.step = step;
    this.draft = "";
    if (moves)
      void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>("input, .button")?.focus());
  }
}
