import { accountApi, isJinshuiError, JinshuiError, type PasswordRules } from "@jinshui/contracts";
import { client, controls, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { passwordRules, ruleStyles } from "./password-rules.js";
import { Section, sectionStyles } from "./section.js";

/** Changes one's own password; the rules show while it is typed. */
@customElement("ji-own-password")
export class OwnPassword extends Section {
  static override styles = [controls, ruleStyles, sectionStyles];
  @property() username = "";
  @state() private rules: PasswordRules | undefined;
  @state() private draft = "";
  @state() private refused: readonly string[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.act(async () => {
      this.rules = await client(accountApi).passwordRules({});
      return "";
    });
  }

  override render(): TemplateResult {
    const password = (name: string, title: string, autocomplete: string): TemplateResult =>
      html`<label
        >${title}<input
          class="input"
          type="password"
          name=${name}
          autocomplete=${autocomplete}
          aria-describedby=${name === "newPassword" ? "rules" : nothing}
          required
          @input=${this.#typed}
      /></label>`;
    return html`<section class="card">
      <h2>${t("account.password")}</h2>
      <div class="body">
        ${this.outcome()}
        <form @submit=${this.#submit} aria-label=${t("account.changePassword")}>
          ${password("password", t("account.currentPassword"), "current-password")}
          ${password("newPassword", t("account.newPassword"), "new-password")}
          ${this.rules ? passwordRules(this.rules, { password: this.draft, username: this.username, refused: this.refused }) : nothing}
          ${password("repeated", t("account.repeatPassword"), "new-password")}
          <div><button class="button primary" ?disabled=${this.busy}>${t("account.changePassword")}</button></div>
        </form>
      </div>
    </section>`;
  }

  readonly #typed = ({ target }: Event): void => {
    const { name, value } = target as HTMLInputElement;
    if (name !== "newPassword") return;
    this.draft = value;
    this.refused = [];
  };

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    await this.act(async () => {
      const newPassword = data.get("newPassword") as string;
      if (newPassword !== data.get("repeated")) throw new JinshuiError("passwords-differ", "Both must be the same");
      await client(accountApi)
        .changePassword({ password: data.get("password") as string, newPassword })
        .catch((error: unknown) => {
          if (isJinshuiError(error) && error.code === "password-refused")
            this.refused = error.details?.["reasons"] as string[];
          throw error;
        });
      form.reset();
      this.draft = "";
      return t("account.changed");
    });
  }
}
