import { type InstanceDetail, type LinkedInstance, workflowApi } from "@jinshui/contracts";
import { client, controls, JinshuiElement, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import "./jump-card.js";
import { foldedCard } from "../folded-card.js";

/** What a matter belongs to and what belongs to it, whether it stands still, and for administrators the way to stop it. */
@customElement("ji-matter-card")
export class MatterCard extends JinshuiElement {
  static override styles = [controls, foldedCard];
  @property({ attribute: false }) instance: InstanceDetail | undefined;
  @state() private error: unknown;
  @state() private busy = false;

  override render(): TemplateResult | typeof nothing {
    const { instance } = this;
    if (!instance) return nothing;
    const { suspended, suspendable, parent, children, id } = instance;
    return html`${
        suspended
          ? html`<p role="status">
              <span class="badge warn">${t("matter.suspended")}</span> ${t("matter.suspendedHint")}
              ${suspendable ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.#resume()}>${t("matter.resume")}</button>` : nothing}
            </p>`
          : nothing
      }
      <p>
        ${parent ? html`${t("matter.parent")} ${link(parent)} ` : nothing}
        ${children.length > 0 ? html`${t("matter.children")} ${children.map(link)} ` : nothing}
        <a href="/matters/${id}/replay">${t("matter.replay")}</a>
      </p>
      ${suspendable && !suspended ? this.#form() : nothing}
      ${suspendable ? html`<ji-jump-card .instance=${instance} @changed=${() => this.dispatchEvent(new CustomEvent("changed"))}></ji-jump-card>` : nothing}
      <ji-error .error=${this.error}></ji-error>`;
  }

  #form(): TemplateResult {
    return html`<details class="card">
      <summary>${t("matter.suspend")}</summary>
      <form class="body" @submit=${(event: SubmitEvent) => this.#suspend(event)}>
        <p class="quiet">${t("matter.suspendHint")}</p>
        <label
          >${t("matter.suspendReason")}<input
            class="input"
            name="reason"
            minlength="2"
            maxlength="500"
            required
            autocomplete="off"
        /></label>
        <button class="button" ?disabled=${this.busy}>${t("matter.suspend")}</button>
      </form>
    </details>`;
  }

  #suspend(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const reason = String(new FormData(event.target as HTMLFormElement).get("reason")).trim();
    return this.#act((id) => client(workflowApi).suspendInstance({ id, reason }));
  }

  #resume(): Promise<void> {
    return this.#act((id) => client(workflowApi).resumeInstance({ id }));
  }

  async #act(work: (id: string) => Promise<unknown>): Promise<void> {
    this.busy = true;
    this.error = undefined;
    try {
      await work(this.instance?.id ?? "");
      this.dispatchEvent(new CustomEvent("changed"));
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }
}

function link({ id, title, state: now }: LinkedInstance): TemplateResult {
  return html`<a href="/matters/${id}">${title}</a><span class="quiet">（${t(`state.${now}`)}）</span> `;
}
