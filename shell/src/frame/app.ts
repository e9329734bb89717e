import { type Contributions, JinshuiError, type Profile } from "@jinshui/contracts";
import {
  askToSignInAgain,
  closeLiveEvents,
  CONNECTION,
  controls,
  JinshuiElement,
  keepDraftsOf,
  type LiveEvent,
  local,
  nameSite,
  openLiveEvents,
  sessionBegan,
  SIGNED_OUT,
  t,
} from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { routes } from "../pages/routes.js";
import { followLinks, go, match } from "./router.js";
import { readContributions, readProfile, readSite, type Site, signOut } from "./session.js";
import "../account/sign-in-again.js";
import type { SignInAgain } from "../account/sign-in-again.js";
import "./palette.js";
import type { Palette } from "./palette.js";
import "./side-nav.js";
import "./sign-in-page.js";
import "./top-bar.js";

/** The frame around every page: who is here, where they are, and what their bureau's plugins bring. */
@customElement("ji-app")
export class App extends JinshuiElement {
  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-height: 100vh;
        background: var(--ji-page);
      }
      .frame {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        min-height: calc(100vh - 48px);
      }
      main {
        padding: 12px 16px;
        min-width: 0;
      }
      .banner {
        background: var(--ji-warn-tint);
        color: var(--ji-warn);
        padding: 6px 16px;
        font-size: 13px;
      }
      .banner.done {
        background: var(--ji-ok-tint);
        color: var(--ji-ok);
      }
      .skip {
        position: absolute;
        left: -999px;
        top: 8px;
        background: var(--ji-surface);
        padding: 4px 12px;
        z-index: 10;
      }
      .skip:focus {
        left: 8px;
      }
      @media print {
        ji-top-bar,
        ji-side-nav,
        .banner {
          display: none;
        }
        .frame {
          display: block;
        }
      }
      @media (max-width: 700px) {
        .frame {
          grid-template-columns: minmax(0, 1fr);
          grid-template-rows: auto 1fr;
        }
        main {
          padding: 8px;
        }
      }
    `,
  ];
  @query("ji-palette") private palette!: Palette | null;
  @query("ji-sign-in-again") private again!: SignInAgain | null;
  @state() private site: Site | undefined;
  @state() private profile: Profile | undefined;
  @state() private contributions: Contributions = { revision: "", plugins: [] };
  @state() private path = location.pathname;
  @state() private page: TemplateResult | typeof nothing = nothing;
  @state() private notice: string | undefined;
  @state() private connected = true;
  @state() private ready = false;
  @state() private error: unknown;
  #pending: ReturnType<typeof setTimeout> | undefined;
  #lost: ReturnType<typeof setTimeout> | undefined;

  readonly #navigated = (): void => void this.#show();
  readonly #signedOut = (): void => this.#leave();
  readonly #offline = (): void => this.#connection(false);
  readonly #online = (): void => this.#connection(true);
  readonly #connectionChanged = (event: Event): void => this.#connection((event as CustomEvent<boolean>).detail);

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("popstate", this.#navigated);
    window.addEventListener(SIGNED_OUT, this.#signedOut);
    window.addEventListener(CONNECTION, this.#connectionChanged);
    // the browser may know it before the stream of hints breaks
    window.addEventListener("offline", this.#offline);
    window.addEventListener("online", this.#online);
    this.addEventListener("click", followLinks);
    askToSignInAgain(() => this.again?.ask() ?? Promise.resolve(false));
    void this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("popstate", this.#navigated);
    window.removeEventListener(SIGNED_OUT, this.#signedOut);
    window.removeEventListener(CONNECTION, this.#connectionChanged);
    window.removeEventListener("offline", this.#offline);
    window.removeEventListener("online", this.#online);
    this.removeEventListener("click", followLinks);
  }

  protected override onHint({ name, data }: LiveEvent): void {
    if (name === "supervisor.plugins-changed") void this.#refresh();
    // positions may have changed, and with them what there is to see
    if (name === "organisation.changed" && data["what"] !== "duty") this.#refreshSoon();
    if (name === "hello" && this.ready) void this.#refresh();
  }

  override render(): TemplateResult | typeof nothing {
    if (this.error !== undefined)
      return html`<main><ji-error .error=${this.error} ?retry=${true} @retry=${() => this.#begin()}></ji-error></main>`;
    if (!this.ready || !this.site) return nothing;
    if (!this.profile)
      return html`<ji-sign-in-page
        .site=${this.site}
        @signed-in=${(event: CustomEvent<Profile>) => this.#enter(event.detail)}
      ></ji-sign-in-page>`;
    return html` <a class="skip" href="#main" @click=${(event: Event) => (event.preventDefault(), this.#focusPage())}
        >${t("frame.skip")}</a
      >
      <ji-top-bar
        .site=${this.site}
        .profile=${this.profile}
        .contributions=${this.contributions}
        @sign-out=${() => this.#signOut()}
        @palette=${() => this.palette?.open()}
      ></ji-top-bar>
      ${this.connected ? nothing : html`<div class="banner" role="status">${t("connection.lost")}</div>`}
      <div class=${this.notice === undefined ? "" : "banner done"} role="status">${this.notice ?? nothing}</div>
      <div class="frame">
        <ji-side-nav
          .profile=${this.profile}
          .federated=${this.site.federated === true}
          .contributions=${this.contributions}
          .path=${this.path}
        ></ji-side-nav>
        <main id="main">${this.page}</main>
      </div>
      <ji-palette
        .profile=${this.profile}
        .contributions=${this.contributions}
        .federated=${this.site.federated === true}
      ></ji-palette>
      <ji-sign-in-again .username=${this.profile.username}></ji-sign-in-again>`;
  }

  async #begin(): Promise<void> {
    this.error = undefined;
    try {
      [this.site, this.profile] = await Promise.all([readSite(), readProfile()]);
      nameSite(local(this.site.title));
      if (this.profile) await this.#enter(this.profile);
      this.ready = true;
    } catch (error) {
      this.error = error;
    }
  }

  async #enter(profile: Profile): Promise<void> {
    sessionBegan();
    this.profile = profile;
    keepDraftsOf(profile.id);
    this.contributions = await readContributions();
    openLiveEvents();
    await this.#show();
  }

  /** Many changes in a row are one reading, and the pages of a bureau do not all read at once. */
  #refreshSoon(): void {
    this.#pending ??= setTimeout(
      () => {
        this.#pending = undefined;
        void this.#refresh();
      },
      300 + Math.random() * 1_000,
    );
  }

  async #refresh(): Promise<void> {
    const before = this.contributions.revision;
    this.contributions = await readContributions().catch(() => this.contributions);
    const profile = await readProfile().catch(() => undefined);
    // whoever has left meanwhile does not come back by this
    if (!profile || !this.profile) return;
    const isAnother = JSON.stringify(profile) !== JSON.stringify(this.profile);
    this.profile = profile;
    // an open page of a plugin is drawn as the plugin is now
    if (isAnother || (before !== this.contributions.revision && this.path.startsWith("/p/"))) await this.#show(false);
  }

  async #show(moves = true): Promise<void> {
    this.path = location.pathname;
    if (moves) this.notice = (history.state as { notice?: string } | null)?.notice;
    const found = match(routes, this.path);
    const { permission } = found?.route ?? {};
    if (permission !== undefined && this.profile?.permissions.includes(permission) === false) {
      this.page = html`<ji-error .error=${new JinshuiError("forbidden", `This page takes ${permission}`)}></ji-error>`;
      return;
    }
    try {
      await found?.route.load?.();
      this.page =
        found && this.profile
          ? found.route.draw(found.params, { profile: this.profile, contributions: this.contributions })
          : html`<ji-empty text=${t("frame.noPage")}><a href="/">${t("nav.workbench")}</a></ji-empty>`;
    } catch (error) {
      this.page = html`<ji-error .error=${error} ?retry=${true} @retry=${() => this.#show()}></ji-error>`;
    }
    if (moves) this.#focusPage();
  }

  /** Where screen readers and the keyboard continue after a page has changed. */
  #focusPage(): void {
    setTimeout(() => {
      const [page] = this.renderRoot.querySelector("main")?.children ?? [];
      (page?.shadowRoot?.querySelector("h1") as HTMLElement | undefined)?.focus();
    }, 150);
  }

  #connection(connected: boolean): void {
    clearTimeout(this.#lost);
    if (connected) this.connected = true;
    else this.#lost = setTimeout(() => (this.connected = false), 2_000);
  }

  async #signOut(): Promise<void> {
    await signOut().catch(() => undefined);
    this.#leave();
    go("/");
  }

  /** The page's address stays, so that signing in again leads back to it. */
  #leave(): void {
    clearTimeout(this.#pending);
    this.#pending = undefined;
    if (!this.profile) return;
    closeLiveEvents();
    this.profile = undefined;
  }
}
