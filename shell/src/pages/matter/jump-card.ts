import { type InstanceDetail, type JumpTarget, workflowApi } from "@jinshui/contracts";
import { addTexts, client, confirmed, controls, JinshuiElement, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { jumpTexts } from "../../texts/jump-texts.js";
import { foldedCard } from "../folded-card.js";

addTexts(jumpTexts);

/** Puts a matter that has gone wrong at another step, showing first what ends by that. Fires `changed`. */
@customElement("ji-jump-card")
export class JumpCard extends JinshuiElement {
  static override styles = [
    controls,
    foldedCard,
    css`
      ul {
        margin: 0;
        padding-left: 20px;
      }
    `,
  ];
  @property({ attribute: false }) instance: InstanceDetail | undefined;
  @state() private targets: JumpTarget[] | undefined;
  @state() private from = "";
  @state() private to = "";
  @state() private error: unknown;
  @state() private busy = false;

  override render(): TemplateResult | typeof nothing {
    return html`<details class="card" @toggle=${(event: Event) => this.#toggled(event)}>
      <summary>${t("jump.title")}</summary>
      <div class="body">
        <p class="quiet">${t("jump.hint")}</p>
        <ji-error .error=${this.error}></ji-error>
        ${this.targets ? this.#form(this.targets) : nothing}
      </div>
    </details>`;
  }

  #form(targets: JumpTarget[]): TemplateResult {
    if (targets.length === 0) return html`<p>${t("jump.none")}</p>`;
    const places = new Map(targets.map(({ from, fromStep }) => [from, fromStep]));
    const reachable = targets.filter(({ from }) => from === this.from);
    const chosen = reachable.find(({ to }) => to === this.to);
    return html`<form @submit=${(event: SubmitEvent) => void this.#submit(event, chosen)}>
      <label
        >${t("jump.from")}<select
          class="input"
          @change=${(event: Event) => this.#leave((event.target as HTMLSelectElement).value)}
        >
          ${[...places].map(([id, step]) => html`<option value=${id} .selected=${id === this.from}>${step}</option>`)}
        </select></label
      >
      <label
        >${t("jump.to")}<select
          class="input"
          required
          @change=${(event: Event) => (this.to = (event.target as HTMLSelectElement).value)}
        >
          <option value="" .selected=${this.to === ""}>${t("jump.choose")}</option>
          ${reachable.map(({ to, toStep }) => html`<option value=${to} .selected=${to === this.to}>${toStep}</option>`)}
        </select></label
      >
      ${chosen ? preview(chosen) : nothing}
      <label
        >${t("jump.reason")}<input
          class="input"
          name="reason"
          required
          minlength="2"
          maxlength="500"
          autocomplete="off"
      /></label>
      <button class="button danger" ?disabled=${this.busy}>${t("jump.do")}</button>
    </form>`;
  }

  #toggled(event: Event): void {
    if (!(event.target as HTMLDetailsElement).open) return;
    // where the matter stood before is no place to choose from
    this.targets = undefined;
    void this.#load();
  }

  #leave(from: string): void {
    this.from = from;
    this.to = "";
  }

  async #load(): Promise<void> {
    try {
      const { targets } = await client(workflowApi).jumpTargets({ id: this.instance?.id ?? "" });
      this.targets = targets;
      this.#leave(targets[0]?.from ?? "");
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }

  async #submit(event: SubmitEvent, chosen: JumpTarget | undefined): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const reason = String(new FormData(form).get("reason")).trim();
    if (!chosen || reason === "") return;
    const text = t("jump.sure", { ends: chosen.ends.join("、"), to: chosen.toStep });
    if (!(await confirmed({ title: t("jump.title"), text, action: t("jump.do") }))) return;
    this.busy = true;
    try {
      await client(workflowApi).jump({ id: this.instance?.id ?? "", from: chosen.from, to: chosen.to, reason });
      form.reset();
      this.renderRoot.querySelector("details")?.removeAttribute("open");
      this.dispatchEvent(new Event("changed"));
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }
}

/** What ends and what begins. */
function preview({ ends, toStep, skips }: JumpTarget): TemplateResult {
  return html`<div role="status">
    <ul>
      <li>${t("jump.ends", { steps: ends.join("、") })}</li>
      <li>${t("jump.begins", { step: toStep })}</li>
      ${skips === 0 ? nothing : html`<li>${t("jump.skips", { n: skips })}</li>`}
    </ul>
  </div>`;
}
