import { type DefinitionVersion, type Profile, workflowApi } from "@jinshui/contracts";
import { addTexts, client, controls, JinshuiElement, shortDateTime, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { versionTexts } from "../../texts/version-texts.js";
import "./migration-panel.js";

addTexts(versionTexts);

/** All versions of a process, what runs on each, and for those who may the way to move what runs from one to another. */
@customElement("ji-versions-page")
export class VersionsPage extends JinshuiElement {
  static override styles = [
    controls,
    css`
      .card {
        margin-bottom: 12px;
      }
    `,
  ];
  @property() definitionId = "";
  @property({ attribute: false }) profile: Profile | undefined;
  @state() private versions: DefinitionVersion[] = [];
  @state() private total = 0;
  @state() private next: string | undefined;
  @state() private error: unknown;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("definitionId")) void this.#load();
  }

  override render(): TemplateResult {
    const [newest] = this.versions;
    return html`<div class="bar">
        <h1 tabindex="-1">${t("versions.title", { title: newest?.title ?? "" })}</h1>
        <span class="space"></span><a href="/processes">${t("versions.back")}</a>
      </div>
      <ji-error .error=${this.error} ?retry=${true} @retry=${() => this.#load()}></ji-error>
      ${newest ? html`${this.#table()} ${this.#migration()}` : nothing}`;
  }

  #table(): TemplateResult {
    return html`<section class="card" aria-label=${t("versions.versions")}>
      <h2>${t("versions.versions")}</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>${t("processes.version")}</th>
              <th>${t("processes.name")}</th>
              <th>${t("processes.deployed")}</th>
              <th class="number">${t("processes.running")}</th>
            </tr>
          </thead>
          <tbody>
            ${this.versions.map(
              ({ version, title, deployedAt, running, latest, draft }) =>
                html`<tr>
                  <td>
                    ${t("versions.n", { n: version })}
                    ${latest ? html`<span class="badge ok">${t("versions.latest")}</span>` : nothing}
                    ${draft ? html`<span class="badge warn">${t("versions.draft")}</span>` : nothing}
                  </td>
                  <td>${title}</td>
                  <td class="quiet">${shortDateTime(deployedAt)}</td>
                  <td class="number">${running}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${
        this.next === undefined
          ? nothing
          : html`<div class="foot">
              <span>${t("list.total", { n: this.total })}</span>
              <button class="button" @click=${() => this.#load(true)}>${t("action.more")}</button>
            </div>`
      }
    </section>`;
  }

  #migration(): TemplateResult {
    const may = this.profile?.permissions.includes("site.instances") === true;
    const released = this.versions.filter(({ draft }) => !draft);
    const note = !may ? "versions.mayNot" : released.length < 2 ? "versions.one" : undefined;
    if (note === undefined)
      return html`<ji-migration .versions=${released} @migrated=${() => this.#load()}></ji-migration>`;
    return html`<section class="card">
      <h2>${t("versions.migrate")}</h2>
      <div class="body quiet">${t(note)}</div>
    </section>`;
  }

  async #load(more = false): Promise<void> {
    try {
      const page = await client(workflowApi).definitionVersions({
        id: this.definitionId,
        limit: 50,
        ...(more && this.next !== undefined ? { cursor: this.next } : {}),
      });
      this.versions = more ? [...this.versions, ...page.versions] : page.versions;
      this.total = page.total;
      this.next = page.nextCursor;
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }
}
