import {
  type ChangeRequest,
  type Contributions,
  type Notice,
  organisationApi,
  type Profile,
  SECURITY_PERMISSION,
  workflowApi,
} from "@jinshui/contracts";
import {
  client,
  controls,
  JinshuiElement,
  type Language,
  type LiveEvent,
  local,
  oneAtATime,
  shortDateTime,
  t,
} from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { choose, type Preferences, readPreferences } from "./preferences.js";
import { go } from "./router.js";
import type { Site } from "./session.js";

/** Product, bureau and department on the left; notices and the person on the right. */
@customElement("ji-top-bar")
export class TopBar extends JinshuiElement {
  static override styles = [
    controls,
    css`
      header {
        height: 48px;
        background: var(--ji-head);
        color: var(--ji-head-text);
        display: flex;
        align-items: center;
        gap: 16px;
        padding: 0 16px;
      }
      .product {
        font-size: 16px;
        font-weight: 600;
        color: inherit;
        white-space: nowrap;
      }
      .unit {
        color: var(--ji-head-text-2);
        font-size: 12px;
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .space {
        flex: 1;
      }
      .item {
        position: relative;
        flex: none;
      }
      .item.me {
        flex: 0 1 auto;
        min-width: 0;
      }
      /* the panel hangs out of it; only the name is cut */
      .item.me > button {
        max-width: 100%;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .item > button {
        background: none;
        border: 0;
        color: inherit;
        font-size: 13px;
        padding: 6px 8px;
        white-space: nowrap;
      }
      .item > button:focus-visible {
        outline-color: #fff;
      }
      .count {
        background: var(--ji-badge);
        color: #fff;
        border-radius: 8px;
        padding: 0 5px;
        font-size: 12px;
        line-height: 16px;
        margin-left: 4px;
      }
      .keys {
        margin-left: 6px;
        color: var(--ji-head-text-2);
        font-size: 12px;
      }
      .panel {
        position: absolute;
        right: 0;
        top: 40px;
        width: 340px;
        max-width: 92vw;
        background: var(--ji-surface);
        color: var(--ji-text);
        border: 1px solid var(--ji-rule);
        border-radius: 6px;
        box-shadow: var(--ji-float);
        z-index: 20;
      }
      .panel.menu {
        width: 240px;
        padding: 8px 12px;
      }
      .panel h2 {
        padding: 9px 12px;
        border-bottom: 1px solid var(--ji-rule);
        display: flex;
        justify-content: space-between;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
        max-height: 60vh;
        overflow: auto;
      }
      li {
        border-bottom: 1px solid var(--ji-rule);
      }
      li:last-child {
        border: 0;
      }
      li button {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 2px 8px;
        width: 100%;
        text-align: left;
        background: none;
        border: 0;
        padding: 8px 12px;
        color: inherit;
        font-size: 13px;
      }
      li button:hover {
        background: var(--ji-surface-2);
      }
      li.unread button span:first-child {
        font-weight: 600;
      }
      .menu label {
        display: grid;
        grid-template-columns: 5em 1fr;
        align-items: center;
        margin: 6px 0;
        font-size: 13px;
        color: var(--ji-text-2);
      }
      .menu .button {
        width: 100%;
        margin-top: 6px;
      }
      @media (max-width: 700px) {
        .unit,
        .keys {
          display: none;
        }
        header {
          gap: 4px;
          padding: 0 8px;
        }
        .panel {
          position: fixed;
          inset: 48px 8px auto auto;
          max-width: calc(100vw - 16px);
        }
      }
    `,
  ];
  @property({ attribute: false }) site: Site | undefined;
  @property({ attribute: false }) profile: Profile | undefined;
  @property({ attribute: false }) contributions: Contributions = { revision: "", plugins: [] };
  @state() private open: "" | "notices" | "menu" = "";
  @state() private notices: Notice[] = [];
  @state() private unread = 0;
  /** Requests that wait for this person's decision; nobody is told of what they asked for themselves or gain by. */
  @state() private changes: ChangeRequest[] = [];
  @state() private preferences: Preferences = readPreferences();

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
    window.addEventListener("popstate", this.#close);
    window.addEventListener("click", this.#outside);
    window.addEventListener("keydown", this.#escape);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("profile")) void this.#loadChanges();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("popstate", this.#close);
    window.removeEventListener("click", this.#outside);
    window.removeEventListener("keydown", this.#escape);
  }

  readonly #close = (): void => void (this.open = "");
  readonly #outside = (event: MouseEvent): void => {
    if (!event.composedPath().includes(this)) this.open = "";
  };
  readonly #escape = (event: KeyboardEvent): void => {
    if (event.key === "Escape") this.open = "";
  };

  readonly #refresh = oneAtATime(() => this.#load());
  readonly #refreshChanges = oneAtATime(() => this.#loadChanges());

  protected override onHint({ name }: LiveEvent): void {
    if (/^workflow\.|^hello$/.test(name)) this.#refresh();
    if (/^organisation\.|^hello$/.test(name)) this.#refreshChanges();
  }

  override render(): TemplateResult {
    const { profile } = this;
    const position = profile?.positions[0];
    const news = this.unread + this.changes.length;
    return html`<header>
      <a class="product" href="/">${local(this.site?.title)}</a>
      <span class="unit">${local(profile?.bureauTitle)} · ${local(profile?.departmentTitle)}</span
      ><span class="space"></span>
      <div class="item">
        <button title=${t("palette.title")} @click=${this.#palette}>
          ${t("palette.open")}<span class="keys" aria-hidden="true">Ctrl K</span>
        </button>
      </div>
      <div class="item">
        <button
          aria-expanded=${this.open === "notices"}
          @click=${() => (this.open = this.open === "notices" ? "" : "notices")}
        >
          ${t("frame.notices")}${news > 0 ? html`<span class="count">${news}</span>` : nothing}
        </button>
        ${this.open === "notices" ? this.#noticePanel() : nothing}
      </div>
      <div class="item me">
        <button aria-expanded=${this.open === "menu"} @click=${() => (this.open = this.open === "menu" ? "" : "menu")}>
          ${profile?.name}${position ? ` · ${local(position.title)}` : ""}
        </button>
        ${this.open === "menu" ? this.#menu() : nothing}
      </div>
    </header>`;
  }

  #palette(event: Event): void {
    // the click that opens it is none outside of it
    event.stopPropagation();
    this.open = "";
    this.dispatchEvent(new Event("palette"));
  }

  #noticePanel(): TemplateResult {
    return html`<section class="panel" aria-label=${t("frame.notices")}>
      <h2>
        ${t("frame.notices")}${this.unread > 0 ? html`<button class="button plain" @click=${() => this.#read(this.notices)}>${t("frame.readAll")}</button>` : nothing}
      </h2>
      ${this.notices.length + this.changes.length === 0 ? html`<ji-empty text=${t("frame.noNotices")}></ji-empty>` : nothing}
      <ul>
        ${this.changes.map(
          ({ summary, proposedBy, proposedAt }) =>
            html`<li class="unread">
              <button @click=${() => this.#toChanges()}>
                <span>${t("notice.change", { name: proposedBy.name })}</span
                ><span class="quiet small">${shortDateTime(proposedAt)}</span
                ><span class="quiet">${local(summary)}</span>
              </button>
            </li>`,
        )}
        ${this.notices.map(
          (notice) =>
            html`<li class=${notice.read ? "" : "unread"}>
              <button @click=${() => this.#follow(notice)}>
                <span>${t(`notice.${notice.kind}`, { step: notice.step ?? "" })}</span
                ><span class="quiet small">${shortDateTime(notice.at)}</span><span class="quiet">${notice.title}</span>
              </button>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #menu(): TemplateResult {
    const option = (key: keyof Preferences, values: [string, string][]): TemplateResult =>
      html`<select
        class="input"
        @change=${(event: Event) => (this.preferences = choose({ [key]: (event.target as HTMLSelectElement).value as Language }))}
      >
        ${values.map(([value, title]) => html`<option value=${value} ?selected=${this.preferences[key] === value}>${title}</option>`)}
      </select>`;
    return html`<section class="panel menu" aria-label=${t("frame.me")}>
      <div>${this.profile?.name}</div>
      <div class="quiet small">
        ${this.profile?.positions.map((position) => `${local(position.departmentTitle)} · ${local(position.title)}`).join("；")}
      </div>
      <label
        >${t("frame.theme")}${option("theme", [
          ["system", t("theme.system")],
          ["light", t("theme.light")],
          ["dark", t("theme.dark")],
        ])}</label
      >
      <label
        >${t("frame.size")}${option("size", [
          ["normal", t("size.normal")],
          ["large", t("size.large")],
          ["largest", t("size.largest")],
        ])}</label
      >
      <label
        >${t("frame.language")}${option("language", [
          ["zh-CN", "中文"],
          ["en", "English"],
        ])}</label
      >
      <a class="button" href="/account">${t("nav.account")}</a>
      <button class="button" @click=${() => this.dispatchEvent(new Event("sign-out"))}>${t("frame.signOut")}</button>
    </section>`;
  }

  async #load(): Promise<void> {
    const found = await client(workflowApi)
      .notices({ limit: 30 })
      .catch(() => undefined);
    if (!found) return;
    this.notices = found.notices;
    this.unread = found.unread;
  }

  async #loadChanges(): Promise<void> {
    const mayDecide = this.profile?.permissions.includes(SECURITY_PERMISSION) === true;
    const found = mayDecide
      ? await client(organisationApi)
          .changes({ state: "pending", limit: 200 })
          .catch(() => undefined)
      : { changes: [] };
    if (found) this.changes = found.changes.filter(({ decidable }) => decidable);
  }

  /** Goes to where a plugin lets people decide on requests. */
  #toChanges(): void {
    this.open = "";
    for (const { id, views } of this.contributions.plugins)
      for (const view of views) if (view.answers === "change-requests") go(`/p/${id}/${view.id}`);
  }

  async #read(notices: Notice[]): Promise<void> {
    const ids = notices.filter(({ read }) => !read).map(({ id }) => id);
    if (ids.length > 0) await client(workflowApi).readNotices({ ids });
    await this.#load();
  }

  async #follow(notice: Notice): Promise<void> {
    this.open = "";
    go(addressOf(notice));
    await this.#read([notice]);
  }
}

/** What a notice is about: the task, or the matter where the task is somebody else's. */
function addressOf({ kind, task, instance }: Notice): string {
  if (instance === undefined) return "/calendar";
  return task === undefined || kind === "overdue-below" ? `/matters/${instance}` : `/tasks/${task}`;
}
