import { addTexts, callPlugin, controls, JinshuiElement, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

addTexts({
  "zh-CN": {
    "example-hello.title": "问候",
    "example-hello.to": "问候谁",
    "example-hello.send": "发送",
    "example-hello.count": "本局共 {n} 条问候",
  },
  en: {
    "example-hello.title": "Hello",
    "example-hello.to": "To whom",
    "example-hello.send": "Send",
    "example-hello.count": "{n} greetings in this bureau",
  },
});

/** A page of a plugin: texts of its own, one operation, errors shown as everywhere. The shell defines its tag. */
export class HelloPage extends JinshuiElement {
  static override styles = [controls];
  @state() private answer: { text: string; count: number } | undefined;
  @state() private error: unknown;

  override render(): TemplateResult {
    return html` <div class="bar"><h1 tabindex="-1">${t("example-hello.title")}</h1></div>
      <ji-error .error=${this.error}></ji-error>
      <section class="card">
        <div class="body">
          <form @submit=${this.#greet}>
            <label>${t("example-hello.to")} <input class="input" name="to" maxlength="40" required /></label>
            <button class="button primary" type="submit">${t("example-hello.send")}</button>
          </form>
          ${this.answer ? html`<p role="status">${this.answer.text}<br /><span class="quiet">${t("example-hello.count", { n: this.answer.count })}</span></p>` : nothing}
        </div>
      </section>`;
  }

  async #greet(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const to = new FormData(event.target as HTMLFormElement).get("to");
    try {
      this.answer = await callPlugin("example-hello", "greet", { to });
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }
}
