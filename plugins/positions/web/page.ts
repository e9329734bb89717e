import { authApi, PEOPLE_PERMISSION, type Profile, SECURITY_PERMISSION } from "@jinshui/contracts";
import { client, JinshuiElement, type LiveEvent } from "@jinshui/web";
import { css, type CSSResultGroup, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { Dialog, type DialogSpec, dialogStyles } from "./dialog.js";
import "./people-texts.js";
import "./texts.js";

/** Many changes in a row are one reading. */
const SOON_MS = 300;

/**
 * Base of the plugin's pages: who looks, what the address asks for (`?person=…`), a dialog, and reading again when the
 * organisation has changed.
 */
export abstract class OrganisationPage extends JinshuiElement {
  static override styles: CSSResultGroup = [
    ...dialogStyles,
    css`
      :host {
        display: block;
      }
      .card {
        margin-bottom: 12px;
      }
      .bar .bar {
        margin: 0;
      }
      .bar label {
        display: inline-flex;
        gap: 6px;
        align-items: center;
      }
      .done {
        background: var(--ji-ok-tint);
        color: var(--ji-ok);
        padding: 6px 12px;
        margin: 0 0 12px;
        border-radius: var(--ji-radius);
      }
      .card > h2 .badge,
      .card > h2 .quiet {
        font-weight: 400;
      }
      .card > h2 .button {
        min-height: 24px;
        font-size: 13px;
        font-weight: 400;
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
      }
      @media print {
        .button,
        form,
        .screen {
          display: none;
        }
      }
    `,
  ];
  @state() protected me: Profile | undefined;
  @state() protected error: unknown;
  @state() protected notice = "";
  protected readonly dialog = new Dialog(this, () => void this.reload());
  readonly #path = location.pathname;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly #moved = (): void => {
    // the same event says that another page is shown now
    if (location.pathname !== this.#path) return;
    this.notice = "";
    void this.reload();
  };

  /** Reads what the page shows. */
  protected abstract load(query: URLSearchParams): Promise<void>;

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

  protected override onHint({ name }: LiveEvent): void {
    if (name !== "organisation.changed" && name !== "hello") return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.reload(), SOON_MS);
  }

  protected get mayKeep(): boolean {
    return this.me?.permissions.includes(PEOPLE_PERMISSION) === true;
  }

  protected get mayGuard(): boolean {
    return this.me?.permissions.includes(SECURITY_PERMISSION) === true;
  }

  async reload(): Promise<void> {
    try {
      this.me = await client(authApi).me({});
      await this.load(new URLSearchParams(location.search));
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }

  /** Opens a dialog; once it was taken, the page says `done`. */
  protected ask(spec: DialogSpec, done: string): void {
    this.notice = "";
    this.dialog.open({ ...spec, send: (entered, call) => spec.send(entered, call).then(() => (this.notice = done)) });
  }

  /** Shows another part of the page under an address of its own. */
  protected show(query: Record<string, string>): void {
    history.pushState({}, "", address(this.#path, query));
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
}

/** A path with what is asked for there. */
export function address(path: string, query: Record<string, string>): string {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString();
  return text === "" ? path : `${path}?${text}`;
}

/** Where a person's page is. */
export function personAddress(id: string): string {
  return address("/p/positions/people", { person: id });
}
