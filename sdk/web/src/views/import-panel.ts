import { type CollectionDefinition, isJinshuiError, storageApi, type TransferJob } from "@jinshui/contracts";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { local, t } from "../texts/text.js";
import { downloadFile } from "../transfer.js";
import { uploadFile, type UploadProgress } from "../upload.js";
import { TransferPanel } from "./transfer-panel.js";

/** Import of a file: choose, see what would go in and what is wrong, begin, follow, take the wrong rows back. Fires `closed`. */
@customElement("ji-import-panel")
export class ImportPanel extends TransferPanel {
  static override styles = [
    ...TransferPanel.styles,
    css`
      .problems {
        max-height: 46vh;
        overflow: auto;
        margin-top: 12px;
        border: 1px solid var(--ji-rule);
        border-radius: var(--ji-radius);
      }
      th {
        position: sticky;
        top: 0;
      }
      td {
        white-space: normal;
      }
      .actions {
        margin-top: 12px;
      }
      .cell {
        white-space: nowrap;
        font-weight: 600;
      }
    `,
  ];
  @property({ attribute: false }) definition: CollectionDefinition | undefined;
  @state() private busy: "" | "uploading" | "checking" | "importing" | "preparing" = "";
  @state() private key = "";
  @state() private ignoreUnknown = false;
  #file = "";
  #name = "";

  override render(): TemplateResult {
    return this.panel(
      t("import.title"),
      html`${this.busy === "" && this.job?.state === "done" ? this.#result(this.job) : nothing}
        ${this.busy === "" && !this.job ? html`<p class="quiet">${t("import.hint")}</p>` : nothing}
        <div role="status">${this.said}</div>
        ${
          this.busy === "checking" || this.busy === "importing"
            ? this.progress(t(this.busy === "checking" ? "import.checking" : "import.committing", { name: this.#name }))
            : nothing
        }
        <div class="actions">${this.#actions()}</div>`,
    );
  }

  #actions(): TemplateResult | typeof nothing {
    if (this.busy !== "") return nothing;
    const { job } = this;
    const isChecked = job?.state === "done" && job.checkOnly === true;
    return html`${isChecked && job.valid > 0 ? html`<button class="button primary" @click=${() => this.#run(false)}>${t("import.commit", { n: job.valid })}</button>` : nothing}
      ${hasUnknown(this.error) ? html`<button class="button primary" @click=${this.#ignore}>${t("import.ignore")}</button>` : nothing}
      ${job?.result ? html`<button class="button" @click=${() => this.download(job.result?.file ?? "")}>${t("import.download")}</button>` : nothing}
      <label
        class="button"
        tabindex="0"
        @keydown=${(event: KeyboardEvent) => (event.key === "Enter" || event.key === " ") && (event.currentTarget as HTMLElement).click()}
        >${t(job ? "import.again" : "import.choose")}<input
          class="visually-hidden"
          tabindex="-1"
          type="file"
          accept=".xlsx,.csv,.txt"
          @change=${this.#chosen}
      /></label>
      <button class="button" @click=${this.#template}>${t("import.template")}</button>
      ${this.#modes()}`;
  }

  /** By which field records that are there are found, where the register has one. */
  #modes(): TemplateResult | typeof nothing {
    const { definition } = this;
    const keys = (definition?.unique ?? []).flatMap((names) => (names.length === 1 ? names : []));
    if (!definition || keys.length === 0) return nothing;
    return html`<select class="input" aria-label=${t("import.mode")} @change=${this.#moded}>
      <option value="">${t("import.insert")}</option>
      ${keys.map((name) => html`<option value=${name} ?selected=${this.key === name}>${t("import.upsert", { field: local(definition.fields[name]?.title) })}</option>`)}
    </select>`;
  }

  #result(job: TransferJob): TemplateResult {
    const { total = job.done, valid, problemRows: bad, problemCount: problems, inserted, updated, unchanged } = job;
    const counts = [
      t("import.done", { n: inserted }),
      ...(updated > 0 ? [t("import.updated", { n: updated })] : []),
      ...(unchanged > 0 ? [t("import.unchanged", { n: unchanged })] : []),
      ...(bad > 0 ? [t("import.skipped", { n: bad })] : []),
    ].join(t("import.comma"));
    return html`<p>
        <strong>${job.checkOnly ? t("import.summary", { rows: total, valid, bad, problems }) : counts}</strong>
      </p>
      ${job.ignored ? html`<p class="quiet">${t("import.ignored", { columns: job.ignored.join("、") })}</p>` : nothing}
      ${
        job.problems.length === 0
          ? nothing
          : html`<div class="problems" tabindex="0" role="region" aria-label=${t("import.problem")}>
              <table>
                <thead>
                  <tr>
                    <th>${t("import.cell")}</th>
                    <th>${t("import.column")}</th>
                    <th>${t("import.value")}</th>
                    <th>${t("import.problem")}</th>
                  </tr>
                </thead>
                <tbody>
                  ${job.problems.map(
                    ({ row, column, title, value, message }) =>
                      html`<tr>
                        <td class="cell">${column ?? t("import.row")}${row}</td>
                        <td>${local(title)}</td>
                        <td>${value ?? ""}</td>
                        <td>${local(message)}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>`
      }
      ${problems > job.problems.length ? html`<p class="quiet">${t("import.more", { n: problems - job.problems.length })}</p>` : nothing}`;
  }

  async #chosen(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    if (!file) return;
    this.job = undefined;
    this.error = undefined;
    this.ignoreUnknown = false;
    this.#name = file.name;
    this.busy = "uploading";
    try {
      const { name } = file;
      const progress = ({ sent, total, waiting }: UploadProgress): void => {
        const percent = Math.floor((100 * sent) / total);
        this.said = waiting ? t("import.waiting", { name }) : t("import.uploading", { name, percent });
      };
      this.#file = (await uploadFile(file, { progress, signal: this.closed })).file;
    } catch (error) {
      this.error = error;
      this.busy = "";
      return;
    } finally {
      this.said = "";
      input.value = "";
    }
    await this.#run(true);
  }

  /** Checks the file, or imports it, and follows that to its end. */
  async #run(checkOnly: boolean): Promise<void> {
    this.busy = checkOnly ? "checking" : "importing";
    const { collection, ignoreUnknown, key } = this;
    const mode = key === "" ? {} : { mode: "upsert" as const, key };
    const job = await this.follow(() =>
      client(storageApi).startImport({ collection, file: this.#file, checkOnly, ignoreUnknown, ...mode }),
    );
    if (job?.state === "cancelled") this.said = t("import.cancelled", { n: job.inserted + job.updated });
    this.busy = "";
  }

  async #ignore(): Promise<void> {
    this.ignoreUnknown = true;
    await this.#run(true);
  }

  async #moded(event: Event): Promise<void> {
    this.key = (event.target as HTMLSelectElement).value;
    // what was checked was another question
    if (this.#file !== "") await this.#run(true);
  }

  async #template(): Promise<void> {
    this.busy = "preparing";
    this.error = undefined;
    try {
      const { file } = await client(storageApi).importTemplate({ collection: this.collection });
      await downloadFile(file);
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = "";
    }
  }
}

/** Whether the only thing that is wrong with a file's heading are columns too many. */
function hasUnknown(error: unknown): boolean {
  if (!isJinshuiError(error) || error.details?.["reason"] !== "heading") return false;
  const length = (name: string): number => ((error.details?.[name] ?? []) as unknown[]).length;
  return length("unknown") > 0 && length("missing") === 0 && length("duplicate") === 0;
}
