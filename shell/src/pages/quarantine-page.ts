import { type QuarantinedFile, storageApi } from "@jinshui/contracts";
import { client, confirmed, Pages, peopleNames, PluginPage, shortDateTime, t } from "@jinshui/web";
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { reasonField, reasonFormStyles } from "./reason-form.js";

/** Files in which the virus scanner found something: an administrator lets one out or removes it, and says why. */
@customElement("ji-quarantine-page")
export class QuarantinePage extends PluginPage {
  static override styles = [PluginPage.styles, reasonFormStyles];
  #names: ReadonlyMap<string, string> = new Map();
  readonly #files = new Pages<QuarantinedFile>(
    async (page) => {
      const { files, ...rest } = await client(storageApi).quarantinedFiles(page);
      this.#names = await peopleNames(files.map(({ uploadedBy }) => uploadedBy));
      return { items: files, ...rest };
    },
    () => this.requestUpdate(),
  );

  protected override load(): Promise<void> {
    return this.#files.load();
  }

  override render(): TemplateResult {
    return html`${this.head(t("nav.quarantine"))}
      <p class="quiet">${t("quarantine.hint")}</p>
      ${this.#files.items.map((file) => this.#card(file))}
      ${this.#files.foot(t("quarantine.none"), (error) => (this.error = error))}`;
  }

  #card(file: QuarantinedFile): TemplateResult {
    return html`<section class="card" aria-label=${file.name}>
      <h2><span>${file.name}</span><span class="badge error">${file.signature}</span></h2>
      <div class="body">
        <div class="quiet">
          ${t(file.bureau === this.me?.bureau ? "quarantine.own" : "quarantine.below", {
            by: this.#names.get(file.uploadedBy) ?? file.uploadedBy,
            bureau: file.bureau,
            at: shortDateTime(file.uploadedAt),
            size: Math.ceil(file.size / 1024),
          })}
        </div>
        <form @submit=${(event: SubmitEvent) => void this.#decide(event, file)}>
          <label>${t("quarantine.reason")}${reasonField}</label>
          <button class="button" value="release" ?disabled=${this.working}>${t("quarantine.release")}</button>
          <button class="button danger" value="destroy" ?disabled=${this.working}>${t("quarantine.destroy")}</button>
        </form>
      </div>
    </section>`;
  }

  async #decide(event: SubmitEvent, { file, name }: QuarantinedFile): Promise<void> {
    event.preventDefault();
    const verdict = (event.submitter as HTMLButtonElement | null)?.value === "destroy" ? "destroy" : "release";
    const reason = new FormData(event.target as HTMLFormElement).get("reason") as string;
    const question = { title: t("action.remove"), text: t("quarantine.sure", { name }), action: t("action.remove") };
    if (verdict === "destroy" && !(await confirmed(question))) return;
    const storage = client(storageApi);
    await this.attempt(
      () => (verdict === "destroy" ? storage.destroyFile({ file, reason }) : storage.releaseFile({ file, reason })),
      t(`quarantine.done-${verdict}`, { name }),
    );
  }
}
