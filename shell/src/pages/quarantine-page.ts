import { type Profile, type QuarantinedFile, storageApi } from "@jinshui/contracts";
import { client, controls, JinshuiElement, peopleNames, shortDateTime, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

/** Files in which the virus scanner found something: an administrator lets one out or removes it, and says why. */
@customElement("ji-quarantine-page")
export class QuarantinePage extends JinshuiElement {
  static override styles = [
    controls,
    css`
      .card {
        margin-bottom: 12px;
      }
      h2 {
        overflow-wrap: anywhere;
      }
      form {
        display: flex;
        gap: 8px;
        flex-wrap: wrap;
        align-items: end;
        margin-top: 8px;
      }
      form label {
        flex: 1 1 260px;
        display: grid;
        gap: 4px;
      }
    `,
  ];
  @property({ attribute: false }) profile: Profile | undefined;
  @state() private files: QuarantinedFile[] = [];
  @state() private names: ReadonlyMap<string, string> = new Map();
  @state() private next: string | undefined;
  @state() private loading = true;
  @state() private done = "";
  @state() private error: unknown;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  override render(): TemplateResult {
    return html`<div class="bar">
        <h1 tabindex="-1">${t("nav.quarantine")}</h1>
        <span role="status" class="quiet">${this.done}</span>
      </div>
      <p class="quiet">${t("quarantine.hint")}</p>
      <ji-error .error=${this.error} ?retry=${true} @retry=${() => this.#load()}></ji-error>
      ${this.files.map((file) => this.#card(file))}
      ${this.files.length === 0 ? html`<ji-empty text=${t(this.loading ? "list.loading" : "quarantine.none")}></ji-empty>` : nothing}
      ${this.next === undefined ? nothing : html`<button class="button" ?disabled=${this.loading} @click=${() => this.#load(true)}>${t("action.more")}</button>`}`;
  }

  #card(file: QuarantinedFile): TemplateResult {
    return html`<section class="card" aria-label=${file.name}>
      <h2><span>${file.name}</span><span class="badge error">${file.signature}</span></h2>
      <div class="body">
        <div class="quiet">
          ${t(file.bureau === this.profile?.bureau ? "quarantine.own" : "quarantine.below", {
            by: this.names.get(file.uploadedBy) ?? file.uploadedBy,
            bureau: file.bureau,
            at: shortDateTime(file.uploadedAt),
            size: Math.ceil(file.size / 1024),
          })}
        </div>
        <form @submit=${(event: SubmitEvent) => this.#decide(event, file)}>
          <label
            >${t("quarantine.reason")}<input
              class="input"
              name="reason"
              required
              minlength="2"
              maxlength="200"
              autocomplete="off"
          /></label>
          <button class="button" value="release" ?disabled=${this.loading}>${t("quarantine.release")}</button>
          <button class="button danger" value="destroy" ?disabled=${this.loading}>${t("quarantine.destroy")}</button>
        </form>
      </div>
    </section>`;
  }

  async #load(more = false): Promise<void> {
    this.loading = true;
    try {
      const cursor = more ? this.next : undefined;
      const page = await client(storageApi).quarantinedFiles(cursor === undefined ? {} : { cursor });
      this.files = more ? [...this.files, ...page.files] : page.files;
      this.next = page.nextCursor;
      this.names = await peopleNames(this.files.map(({ uploadedBy }) => uploadedBy));
      this.error = undefined;
    } catch (error) {
      this.error = error;
    } finally {
      this.loading = false;
    }
  }

  async #decide(event: SubmitEvent, { file, name }: QuarantinedFile): Promise<void> {
    event.preventDefault();
    const verdict = (event.submitter as HTMLButtonElement | null)?.value === "destroy" ? "destroy" : "release";
    const reason = new FormData(event.target as HTMLFormElement).get("reason") as string;
    if (verdict === "destroy" && !confirm(t("quarantine.sure", { name }))) return;
    this.loading = true;
    try {
      const storage = client(storageApi);
      await (verdict === "destroy" ? storage.destroyFile({ file, reason }) : storage.releaseFile({ file, reason }));
      await this.#load();
      this.done = t(`quarantine.done-${verdict}`, { name });
    } catch (error) {
      this.error = error;
      this.loading = false;
    }
  }
}
