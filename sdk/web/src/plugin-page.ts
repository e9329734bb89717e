import { authApi, type Profile } from "@jinshui/contracts";
import { css, type CSSResultGroup, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { client } from "./api-client.js";
import { JinshuiElement } from "./base-element.js";
import { controls } from "./controls.js";
import type { LiveEvent } from "./live-events.js";
import { t } from "./texts/text.js";

/** Many changes in a row are one reading. */
const SOON_MS = 300;

/**
 * Base of pages of plugins: who looks, what the address asks for (`?person=…`), what has just been done or went wrong, and reading
 * again when the server says that something has changed.
 */
export abstract class PluginPage extends JinshuiElement {
  static override styles: CSSResultGroup = [
    controls,
    css`
      :host {
        display: block;
      }
      .card {
        margin-bottom: 12px;
      }
      .done {
        background: var(--ji-ok-tint);
        color: var(--ji-ok);
        padding: 6px 12px;
        margin: 0 0 12px;
        border-radius: var(--ji-radius);
      }
      .scroll {
        /* what is hidden from sight in it stays inside */
        position: relative;
      }
      td.actions {
        text-align: right;
      }
      td.long {
        white-space: normal;
        min-width: 12em;
        overflow-wrap: anywhere;
      }
    `,
  ];
  @state() protected me: Profile | undefined;
  @state() protected error: unknown;
  @state() protected notice = "";
  /** Something is being done: its buttons wait. */
  @state() protected working = false;
  readonly #path = location.pathname;
  /** The reading that runs, and the one that begins when it has ended. */
  #running: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly #moved = (): void => {
    // the same event says that another page is shown now
    if (location.pathname !== this.#path) return;
    this.notice = "";
    void this.reload();
  };

  /** Reads what the page shows. */
  protected abstract load(query: URLSearchParams): Promise<void>;

  /** Whether the page is read again after an event; `hello` comes when the connection was lost meanwhile. */
  protected concerns(_event: LiveEvent): boolean {
    return false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("popstate", this.#moved);
    void this.reload();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("popstate", this.#moved);
    clearTimeout(this.#timer);
  }

  protected override onHint(event: LiveEvent): void {
    if (!this.concerns(event)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.reload(), SOON_MS);
  }

  protected may(permission: string): boolean {
    return this.me?.permissions.includes(permission) === true;
  }

  /** Reads what the address asks for; one reading after the other, so that what was asked for last is what is shown. */
  reload(): Promise<void> {
    return (this.#queued ??= this.#running.then(() => {
      this.#queued = undefined;
      return (this.#running = this.#read());
    }));
  }

  async #read(): Promise<void> {
    try {
      this.me = await client(authApi).me({});
      await this.load(new URLSearchParams(location.search));
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }

  /** Does something and says what was done, or what went wrong. */
  protected async attempt(work: () => Promise<unknown>, done: string): Promise<void> {
    this.notice = "";
    this.working = true;
    try {
      await work();
      await this.reload();
      this.notice = done;
    } catch (error) {
      this.error = error;
    } finally {
      this.working = false;
    }
  }

  /** Shows another part of the page under an address of its own. */
  protected show(query: Record<string, string>): void {
    history.pushState({}, "", pageAddress(this.#path, query));
    dispatchEvent(new PopStateEvent("popstate"));
  }

  /** Heading, what has just been done, what went wrong; `actions` stand to the right. */
  protected head(title: string, actions: unknown = nothing): TemplateResult {
    return html`<div class="bar">
        <h1 tabindex="-1">${title}</h1>
        <span class="space"></span>${actions}
      </div>
      <div role="status">${this.notice === "" ? nothing : html`<p class="done">${this.notice}</p>`}</div>
      <ji-error .error=${this.error} ?retry=${true} @retry=${() => this.reload()}></ji-error>`;
  }

  /** A table that scrolls by itself where it is too wide; an empty heading stands above what can be done. */
  protected table(label: string, headings: readonly string[], rows: unknown): TemplateResult {
    return html`<div class="scroll" role="region" tabindex="0" aria-label=${label}>
      <table>
        <thead>
          <tr>
            ${headings.map((heading) => html`<th scope="col">${heading === "" ? html`<span class="visually-hidden">${t("list.doing")}</span>` : heading}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`;
  }
}

/** A path with what is asked for there; what is empty is left out. */
export function pageAddress(path: string, query: Record<string, string>): string {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString();
  return text === "" ? path : `${path}?${text}`;
}
