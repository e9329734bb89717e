import { type InboundHook, PEOPLE_PERMISSION, type Webhook, webhooksApi } from "@jinshui/contracts";
import { client, confirmed, local, Pages, PluginPage, shortDateTime, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { reasonField, reasonFormStyles } from "../reason-form.js";
import "./delivery-list.js";

type EventTypes = Awaited<ReturnType<ReturnType<typeof webhooks>["eventTypes"]>>["types"];

const webhooks = () => client(webhooksApi);

/** Where other systems are told of events, and which may tell us: asked for here, agreed to by another. */
@customElement("ji-webhooks-page")
export class WebhooksPage extends PluginPage {
  static override styles = [
    PluginPage.styles,
    reasonFormStyles,
    css`
      fieldset {
        flex: 1 1 100%;
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        border: 1px solid var(--ji-rule);
        border-radius: var(--ji-radius);
        margin: 0;
      }
      fieldset label {
        display: flex;
        flex: 0 1 auto;
        align-items: center;
        gap: 4px;
      }
      .secret {
        width: 100%;
        font-family: monospace;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-top: 8px;
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 2px 12px;
        margin: 0;
      }
      dt {
        color: var(--ji-text-2);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];
  @state() private types: EventTypes = [];
  /** A new secret, until the page is left: it is shown once. */
  @state() private secret: { title: string; text: string } | undefined;
  readonly #out = new Pages<Webhook>(
    async (page) => {
      const { webhooks: items, ...rest } = await webhooks().webhooks(page);
      return { items, ...rest };
    },
    () => this.requestUpdate(),
  );
  readonly #in = new Pages<InboundHook>(
    async (page) => {
      const { hooks: items, ...rest } = await webhooks().inboundHooks(page);
      return { items, ...rest };
    },
    () => this.requestUpdate(),
  );

  protected override async load(): Promise<void> {
    this.types = (await webhooks().eventTypes({})).types;
    await Promise.all([this.#out.load(), this.#in.load()]);
  }

  override render(): TemplateResult {
    const failed = (error: unknown): void => void (this.error = error);
    return html`${this.head(t("nav.webhooks"))} ${this.secret ? this.#secretCard(this.secret) : nothing}
      <h2>${t("webhooks.out")}</h2>
      <p class="quiet">${t("webhooks.outHint")}</p>
      ${this.#out.items.map((webhook) => this.#outCard(webhook))} ${this.#out.foot(t("webhooks.noneOut"), failed)}
      ${this.#mayPropose ? this.#proposal() : nothing}
      <h2>${t("webhooks.in")}</h2>
      <p class="quiet">${t("webhooks.inHint")}</p>
      ${this.#in.items.map((hook) => this.#inCard(hook))} ${this.#in.foot(t("webhooks.noneIn"), failed)}
      ${this.#mayPropose ? this.#inboundProposal() : nothing}`;
  }

  get #mayPropose(): boolean {
    return this.may(PEOPLE_PERMISSION);
  }

  #secretCard({ title, text }: { title: string; text: string }): TemplateResult {
    return html`<section class="card" aria-label=${t("webhooks.secret")}>
      <h2>${t("webhooks.secretOf", { title })}</h2>
      <div class="body">
        <p>${t("webhooks.secretHint")}</p>
        <input
          class="input secret"
          readonly
          aria-label=${t("webhooks.secret")}
          .value=${text}
          @focus=${(event: Event) => (event.target as HTMLInputElement).select()}
        />
        <div class="tools">
          <button class="button" @click=${() => (this.secret = undefined)}>${t("webhooks.secretTaken")}</button>
        </div>
      </div>
    </section>`;
  }

  #nameOf(event: string): string {
    const found = this.types.find(({ name }) => name === event);
    return found ? local(found.title) : event;
  }

  #outCard(webhook: Webhook): TemplateResult {
    const { id, title, url, events, state: now, pausedBecause, pending, dead, lastSuccessAt, failingSince } = webhook;
    const tone = now === "active" ? (failingSince === undefined ? "badge ok" : "badge warn") : "badge";
    return html`<section class="card" aria-label=${title}>
      <h2>
        <span>${title}</span>
        <span class=${tone}
          >${t(now === "paused" ? `webhooks.paused-${pausedBecause ?? "administrator"}` : `webhooks.${now}`)}</span
        >
      </h2>
      <div class="body">
        <dl>
          <dt>${t("webhooks.url")}</dt>
          <dd>${url}</dd>
          <dt>${t("webhooks.events")}</dt>
          <dd>${events.map((event) => this.#nameOf(event)).join("、")}</dd>
          <dt>${t("webhooks.lastSuccess")}</dt>
          <dd>${lastSuccessAt === undefined ? t("webhooks.never") : shortDateTime(lastSuccessAt)}</dd>
          ${
            failingSince === undefined
              ? nothing
              : html`<dt>${t("webhooks.failingSince")}</dt>
                  <dd>${shortDateTime(failingSince)}</dd>`
          }
          <dt>${t("webhooks.open")}</dt>
          <dd>${t("webhooks.counts", { pending, dead })}</dd>
        </dl>
        <div class="tools">
          ${this.#secretButton(title, now === "new", () => webhooks().renewSecret({ webhook: id }))}
          ${
            now === "new"
              ? nothing
              : html`<button class="button" ?disabled=${this.working} @click=${() => this.#pause(webhook)}>
                  ${t(now === "paused" ? "webhooks.resume" : "webhooks.pause")}
                </button>`
          }
        </div>
        <ji-deliveries .webhook=${id} .names=${(event: string) => this.#nameOf(event)}></ji-deliveries>
        ${this.#removal(title, (reason) => webhooks().remove({ webhook: id, reason }))}
      </div>
    </section>`;
  }

  #inCard({ id, title, source, names, state: now, path, lastReceivedAt }: InboundHook): TemplateResult {
    return html`<section class="card" aria-label=${title}>
      <h2>
        <span>${title}</span>
        <span class=${now === "active" ? "badge ok" : "badge"}>${t(`webhooks.${now}`)}</span>
      </h2>
      <div class="body">
        <dl>
          <dt>${t("webhooks.path")}</dt>
          <dd>${location.origin}${path}</dd>
          <dt>${t("webhooks.onBus")}</dt>
          <dd>${names.map((name) => `${source}.${name}`).join("、")}</dd>
          <dt>${t("webhooks.lastReceived")}</dt>
          <dd>${lastReceivedAt === undefined ? t("webhooks.never") : shortDateTime(lastReceivedAt)}</dd>
        </dl>
        <div class="tools">
          ${this.#secretButton(title, now === "new", () => webhooks().renewInboundSecret({ hook: id }))}
        </div>
        ${this.#removal(title, (reason) => webhooks().removeInbound({ hook: id, reason }))}
      </div>
    </section>`;
  }

  #secretButton(
    title: string,
    isFirst: boolean,
    renew: () => Promise<{ secret: string }>,
  ): TemplateResult | typeof nothing {
    if (!this.#mayPropose) return nothing;
    const label = t(isFirst ? "webhooks.firstSecret" : "webhooks.renewSecret");
    const take = async (): Promise<void> => {
      const question = { title: label, text: t("webhooks.sureRenew", { title }), action: label };
      if (!isFirst && !(await confirmed(question))) return;
      await this.attempt(
        async () => (this.secret = { title, text: (await renew()).secret }),
        t("webhooks.done-secret", { title }),
      );
    };
    return html`<button
      class=${isFirst ? "button primary" : "button"}
      ?disabled=${this.working}
      @click=${() => void take()}
    >
      ${label}
    </button>`;
  }

  #pause({ id, title, state: now }: Webhook): void {
    const paused = now !== "paused";
    void this.attempt(
      () => webhooks().setPaused({ webhook: id, paused }),
      t(paused ? "webhooks.done-pause" : "webhooks.done-resume", { title }),
    );
  }

  #removal(title: string, remove: (reason: string) => Promise<unknown>): TemplateResult {
    const submit = async (event: SubmitEvent): Promise<void> => {
      event.preventDefault();
      const reason = textIn(event, "reason");
      const question = { title: t("action.remove"), text: t("webhooks.sure", { title }), action: t("action.remove") };
      if (await confirmed(question)) await this.attempt(() => remove(reason), t("webhooks.done-remove", { title }));
    };
    return html`<form @submit=${(event: SubmitEvent) => void submit(event)}>
      <label>${t("clients.reason")}${reasonField}</label>
      <button class="button danger" ?disabled=${this.working}>${t("action.remove")}</button>
    </form>`;
  }

  #proposal(): TemplateResult {
    const submit = (event: SubmitEvent): void => {
      event.preventDefault();
      const form = event.target as HTMLFormElement;
      const events = new FormData(form).getAll("event") as string[];
      const wanted = {
        title: textIn(event, "title"),
        url: textIn(event, "url"),
        events,
        reason: textIn(event, "reason"),
      };
      void this.attempt(
        async () => {
          await webhooks().propose(wanted);
          form.reset();
        },
        t("webhooks.done-propose", { title: wanted.title }),
      );
    };
    return html`<section class="card" aria-label=${t("webhooks.addOut")}>
      <h2>${t("webhooks.addOut")}</h2>
      <div class="body">
        <form @submit=${submit}>
          ${this.#field("title", t("webhooks.title"), 60)} ${this.#field("url", t("webhooks.url"), 500, "https://")}
          <fieldset>
            <legend>${t("webhooks.events")}</legend>
            ${this.types.map(
              ({ name, title }) =>
                html`<label title=${name}><input type="checkbox" name="event" value=${name} />${local(title)}</label>`,
            )}
          </fieldset>
          <label>${t("clients.reason")}${reasonField}</label>
          <button class="button primary" ?disabled=${this.working}>${t("clients.propose")}</button>
        </form>
      </div>
    </section>`;
  }

  #inboundProposal(): TemplateResult {
    const submit = (event: SubmitEvent): void => {
      event.preventDefault();
      const form = event.target as HTMLFormElement;
      const names = textIn(event, "names")
        .split(/[\s,，、;；]+/)
        .filter((name) => name !== "");
      const wanted = {
        title: textIn(event, "title"),
        source: textIn(event, "source"),
        names,
        reason: textIn(event, "reason"),
      };
      void this.attempt(
        async () => {
          await webhooks().proposeInbound(wanted);
          form.reset();
        },
        t("webhooks.done-propose", { title: wanted.title }),
      );
    };
    return html`<section class="card" aria-label=${t("webhooks.addIn")}>
      <h2>${t("webhooks.addIn")}</h2>
      <div class="body">
        <form @submit=${submit}>
          ${this.#field("title", t("webhooks.title"), 60)}
          ${this.#field("source", t("webhooks.source"), 36, "tax-core")}
          ${this.#field("names", t("webhooks.names"), 1_000, "payment-made, taxpayer-registered")}
          <label>${t("clients.reason")}${reasonField}</label>
          <button class="button primary" ?disabled=${this.working}>${t("clients.propose")}</button>
        </form>
      </div>
    </section>`;
  }

  #field(name: string, label: string, maxLength: number, placeholder = ""): TemplateResult {
    return html`<label
      >${label}<input
        class="input"
        name=${name}
        required
        minlength="2"
        maxlength=${maxLength}
        placeholder=${placeholder}
        autocomplete="off"
    /></label>`;
  }
}

function textIn(event: SubmitEvent, name: string): string {
  return (new FormData(event.target as HTMLFormElement).get(name) as string).trim();
}
