import { type InstanceDetail, workflowApi } from "@jinshui/contracts";
import { client, controls, dateTime, JinshuiElement, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { foldedCard } from "./folded-card.js";

/** Whether the clock of a matter stands and why; who may stops it or lets it go on. */
@customElement("ji-clock-card")
export class ClockCard extends JinshuiElement {
  static override styles = [controls, foldedCard];
  @property({ attribute: false }) instance: InstanceDetail | undefined;
  @state() private error: unknown;
  @state() private busy = false;

  override render(): TemplateResult | typeof nothing {
    const { instance } = this;
    if (!instance || (!instance.stopped && !instance.clock)) return nothing;
    const { stopped, clock } = instance;
    const isResumable = stopped?.resumable === true;
    const hasLimit = instance.timeliness !== undefined || instance.tasks.some(({ timeliness }) => timeliness);
    return html`${stopped ? html`<p role="status"><span class="badge warn">${t("timeliness.stopped")}</span> ${t("clock.stopped", { since: dateTime(stopped.since), reason: stopped.reason })}</p>` : nothing}
    ${clock && (isResumable || hasLimit) ? this.#form(isResumable) : nothing}`;
  }

  #form(isResumable: boolean): TemplateResult {
    const action = t(isResumable ? "clock.resume" : "clock.stop");
    const field = (name: string, label: string): TemplateResult =>
      html`<label
        >${t(label)}<input class="input" name=${name} minlength="2" maxlength="500" required autocomplete="off"
      /></label>`;
    return html`<details class="card">
      <summary>${action}</summary>
      <form class="body" @submit=${(event: SubmitEvent) => void this.#act(event, isResumable)}>
        <p class="quiet">${t("clock.stopHint")}</p>
        ${isResumable ? field("reason", "clock.resumeReason") : html`${field("reason", "clock.reason")}${field("basis", "clock.basis")}`}
        <button class="button" ?disabled=${this.busy}>${action}</button>
        <ji-error .error=${this.error}></ji-error>
      </form>
    </details>`;
  }

  async #act(event: SubmitEvent, isResumable: boolean): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const { id } = this.instance ?? { id: "" };
    const text = (name: string): string => String(form.get(name)).trim();
    this.busy = true;
    this.error = undefined;
    try {
      const workflow = client(workflowApi);
      if (isResumable) await workflow.resumeClock({ id, reason: text("reason") });
      else await workflow.stopClock({ id, reason: text("reason"), basis: text("basis") });
      this.dispatchEvent(new CustomEvent("changed"));
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }
}
