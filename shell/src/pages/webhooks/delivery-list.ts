import { type Delivery, webhooksApi } from "@jinshui/contracts";
import { client, Pages, PluginPage, shortDateTime, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

const TONES: Record<Delivery["state"], string> = { pending: "badge warn", delivered: "badge ok", dead: "badge error" };

/** What was sent to a webhook and how it went; what was given up can be sent again. Read when it is opened. */
@customElement("ji-deliveries")
export class DeliveryList extends PluginPage {
  @property() webhook = "";
  /** Words for an event. */
  @property({ attribute: false }) names: (event: string) => string = (event) => event;
  @state() private wanted: Delivery["state"] | "" = "";
  @state() private isOpen = false;
  readonly #deliveries = new Pages<Delivery>(
    async (page) => {
      const asked = this.wanted === "" ? {} : { state: this.wanted };
      const { deliveries: items, ...rest } = await client(webhooksApi).deliveries({
        webhook: this.webhook,
        ...asked,
        ...page,
      });
      return { items, ...rest };
    },
    () => this.requestUpdate(),
  );

  protected override load(): Promise<void> {
    return this.isOpen ? this.#deliveries.load() : Promise.resolve();
  }

  override render(): TemplateResult {
    return html`<details
      @toggle=${(event: Event) => {
        this.isOpen = (event.target as HTMLDetailsElement).open;
        void this.reload();
      }}
    >
      <summary>${t("webhooks.deliveries")}</summary>
      ${this.isOpen ? this.#list() : nothing}
    </details>`;
  }

  #list(): TemplateResult {
    return html`<div class="bar">
        <select
          class="input"
          aria-label=${t("webhooks.state")}
          @change=${(event: Event) => {
            this.wanted = (event.target as HTMLSelectElement).value as Delivery["state"] | "";
            void this.reload();
          }}
        >
          ${["", "pending", "delivered", "dead"].map((value) => html`<option value=${value}>${t(`webhooks.state-${value || "all"}`)}</option>`)}
        </select>
        <button class="button" @click=${() => this.reload()}>${t("webhooks.refresh")}</button>
        <span role="status">${this.notice}</span>
      </div>
      <ji-error .error=${this.error}></ji-error>
      ${this.table(
        t("webhooks.deliveries"),
        [t("webhooks.at"), t("webhooks.event"), t("webhooks.state"), t("webhooks.attempts"), t("webhooks.answer"), ""],
        this.#deliveries.items.map((delivery) => this.#row(delivery)),
      )}
      ${this.#deliveries.foot(t("webhooks.noDeliveries"), (error) => (this.error = error))}`;
  }

  #row(delivery: Delivery): TemplateResult {
    const { id, event, name, state: now, attempts, createdAt, nextAt, status, error, durationMs } = delivery;
    const answer = status === undefined ? (error ?? "") : `${status} (${durationMs ?? 0} ms)`;
    return html`<tr>
      <td>${shortDateTime(createdAt)}</td>
      <td title=${event}>${this.names(name)}</td>
      <td>
        <span class=${TONES[now]}>${t(`webhooks.state-${now}`)}</span>
        ${nextAt === undefined || attempts === 0 ? nothing : html`<span class="quiet">${t("webhooks.nextAt", { at: shortDateTime(nextAt) })}</span>`}
      </td>
      <td>${attempts}</td>
      <td class="long">${answer}</td>
      <td class="actions">
        <button class="button plain" ?disabled=${this.working} @click=${() => this.#resend(id)}>
          ${t("webhooks.resend")}
        </button>
      </td>
    </tr>`;
  }

  #resend(delivery: string): void {
    void this.attempt(() => client(webhooksApi).resend({ webhook: this.webhook, delivery }), t("webhooks.done-resend"));
  }
}
