import { authApi, type Profile } from "@jinshui/contracts";
import { client, JinshuiElement, type LiveEvent, t } from "@jinshui/web";
import { css, type CSSResultGroup, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { type FilterSpec, filterStyles } from "./filter-form.js";
import "./english.js";
import "./texts.js";

/** Many alarms in a row are one reading. */
const SOON_MS = 300;

/** What a list gives at a time. */
export interface Found<T> {
  items: T[];
  nextCursor?: string | undefined;
  total?: number | undefined;
  /** A search that has stopped for now: how far it came. */
  searchedTo?: string | undefined;
}

/** Base of the plugin's pages: who looks, what the address asks for, and reading again when alarms have changed. */
export abstract class SecurityPage extends JinshuiElement {
  static override styles: CSSResultGroup = [
    ...[JinshuiElement.styles, filterStyles],
    css`
      :host {
        display: block;
      }
      .card {
        margin-bottom: 12px;
      }
      .scroll {
        position: relative;
      }
      td.long {
        white-space: normal;
        min-width: 14em;
        padding-block: 6px;
        overflow-wrap: anywhere;
      }
      td.actions {
        text-align: right;
      }
      .done {
        background: var(--ji-ok-tint);
        color: var(--ji-ok);
        padding: 6px 12px;
        margin: 0 0 12px;
        border-radius: var(--ji-radius);
      }
    `,
  ];
  @state() protected me: Profile | undefined;
  @state() protected error: unknown;
  @state() protected notice = "";
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

  /** Whether the page shows alarms, and so is read again when they change. */
  protected showsAlarms = false;

  protected override onHint({ name }: LiveEvent): void {
    if (!this.showsAlarms || (!name.startsWith("security.") && name !== "hello")) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.reload(), SOON_MS);
  }

  protected may(permission: string): boolean {
    return this.me?.permissions.includes(permission) === true;
  }

  async reload(): Promise<void> {
    try {
      this.me ??= await client(authApi).me({});
      await this.load(new URLSearchParams(location.search));
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }

  /** Does something and says what was done, or what went wrong. */
  protected async attempt(work: () => Promise<unknown>, done: string): Promise<void> {
    this.notice = "";
    try {
      await work();
      await this.reload();
      this.notice = done;
    } catch (error) {
      this.error = error;
    }
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

  /** A table that scrolls by itself where it is too wide. */
  protected table(label: string, headings: readonly string[], rows: unknown): TemplateResult {
    return html`<div class="scroll" role="region" tabindex="0" aria-label=${label}>
      <table>
        <thead>
          <tr>
            ${headings.map((heading) => html`<th scope="col">${heading === "" ? html`<span class="visually-hidden">${t("security-center.doing")}</span>` : heading}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`;
  }
}

/** A path with what is asked for there. */
function address(path: string, query: Record<string, string>): string {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString();
  return text === "" ? path : `${path}?${text}`;
}

/** Where another page of the plugin is. */
export function pageOf(view: string, query: Record<string, string> = {}): string {
  return address(`/p/security-center/${view}`, query);
}

/** What was entered in a form, without what is empty. */
export function entered(form: HTMLFormElement): Record<string, string> {
  return Object.fromEntries(
    [...new FormData(form)].flatMap(([name, value]) =>
      typeof value === "string" && value.trim() !== "" ? [[name, value.trim()]] : [],
    ),
  );
}

/** What an address asks for, as a search shows it: times as instants. */
export function asked(query: URLSearchParams): Record<string, string> {
  const times = ["from", "to"].flatMap((name) => {
    const instant = instantOf(query.get(name));
    return instant === undefined ? [] : [[name, instant] as const];
  });
  return { ...Object.fromEntries(query), ...Object.fromEntries(times) };
}

/** From when and until when something is looked for. */
export function periodFields(): FilterSpec[] {
  return ["from", "to"].map((key) => ({ key, label: t(`security-center.${key}`), kind: "datetime", dayAlone: true }));
}

/** A time as it is entered, in China, as an instant; nothing for nothing. */
export function instantOf(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined || text === "") return undefined;
  const time = Date.parse(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}+08:00`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
