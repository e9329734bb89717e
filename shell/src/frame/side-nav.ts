import { type Contributions, type Profile, workflowApi } from "@jinshui/contracts";
import { client, controls, JinshuiElement, type LiveEvent, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { navigation, type NavItem } from "./nav-items.js";
import { choose, readPreferences } from "./preferences.js";

/** The way to every page: the shell's own and those of the bureau's plugins, in the same four groups everywhere. */
@customElement("ji-side-nav")
export class SideNav extends JinshuiElement {
  static override styles = [
    controls,
    css`
      nav {
        width: 200px;
        min-height: 100%;
        background: var(--ji-surface);
        border-right: 1px solid var(--ji-rule);
        padding: 8px 0;
      }
      nav.folded {
        width: 48px;
      }
      nav.folded .text,
      nav.folded h2,
      nav.folded .count {
        display: none;
      }
      h2 {
        font-size: 12px;
        font-weight: 400;
        color: var(--ji-hint);
        margin: 10px 16px 2px;
      }
      a {
        display: flex;
        justify-content: space-between;
        align-items: center;
        height: 36px;
        padding: 0 16px;
        color: var(--ji-text);
      }
      a:hover {
        background: var(--ji-surface-2);
        text-decoration: none;
      }
      a[aria-current] {
        background: var(--ji-brand-tint);
        color: var(--ji-brand);
        font-weight: 600;
        box-shadow: inset 3px 0 0 var(--ji-brand);
      }
      .count {
        color: var(--ji-text-2);
        font-size: 12px;
      }
      .fold {
        border: 0;
        background: none;
        color: var(--ji-hint);
        width: 100%;
        text-align: left;
        padding: 8px 16px;
        font-size: 12px;
      }
      .first {
        display: none;
      }
      nav.folded .first {
        display: inline;
      }
      @media (max-width: 700px) {
        nav {
          width: auto;
          min-height: 0;
          display: flex;
          overflow-x: auto;
          border-right: 0;
          border-bottom: 1px solid var(--ji-rule);
          padding: 0;
        }
        h2,
        .fold {
          display: none;
        }
        a {
          white-space: nowrap;
          padding: 0 12px;
        }
        a[aria-current] {
          box-shadow: inset 0 -3px 0 var(--ji-brand);
        }
      }
    `,
  ];
  @property({ attribute: false }) profile: Profile | undefined;
  @property({ attribute: false }) contributions: Contributions = { revision: "", plugins: [] };
  /** Whether other systems and directories have a part in the site. */
  @property({ type: Boolean }) federated = false;
  @property() path = "";
  @state() private todo = 0;
  @state() private folded = readPreferences().navFolded;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("profile")) void this.#count();
  }

  protected override onHint({ name }: LiveEvent): void {
    if (/^workflow\.|^hello$/.test(name)) void this.#count();
  }

  override render(): TemplateResult {
    const groups = navigation(this.profile, this.contributions, this.federated);
    return html`<nav class=${this.folded ? "folded" : ""} aria-label=${t("frame.navigation")}>
      ${groups.map(([id, entries]) =>
        entries.length === 0
          ? nothing
          : html`<h2>${t(`group.${id}`)}</h2>
              ${entries.map((entry) => this.#link(entry))}`,
      )}
      <button
        class="fold"
        aria-expanded=${!this.folded}
        @click=${() => (this.folded = choose({ navFolded: !this.folded }).navFolded)}
      >
        ${this.folded ? "»" : `« ${t("frame.fold")}`}
      </button>
    </nav>`;
  }

  #link({ path, title }: NavItem): TemplateResult {
    const count = path === "/tasks" ? this.todo : 0;
    const current = path === "/" ? this.path === "/" : this.path === path || this.path.startsWith(`${path}/`);
    return html`<a href=${path} title=${title} aria-current=${current ? "page" : nothing}
      ><span class="text">${title}</span
      ><span class="first" aria-hidden="true">${title.slice(0, 1)}</span
      >${count ? html`<span class="count">${count}</span>` : nothing}</a
    >`;
  }

  async #count(): Promise<void> {
    this.todo = await client(workflowApi)
      .tasks({ kind: "todo", limit: 1 })
      .then(
        ({ total }) => total,
        () => this.todo,
      );
  }
}
