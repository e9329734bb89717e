import { type OpInput, type StorageApi, storageApi, type TransferJob } from "@jinshui/contracts";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import "../elements/progress-note.js";
import { t } from "../texts/text.js";
import { downloadFile, followTransfer } from "../transfer.js";

type Query = Pick<OpInput<StorageApi, "startExport">, "filter" | "search" | "sort">;

const KINDS = {
  xlsx: { format: "xlsx" },
  "csv-utf8": { format: "csv", encoding: "utf-8" },
  "csv-gb18030": { format: "csv", encoding: "gb18030" },
} as const;

/** Export of a list as it is filtered and sorted: choose a kind of file, follow, download. Fires `closed`. */
@customElement("ji-export-panel")
export class ExportPanel extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      .card {
        margin-bottom: 12px;
      }
      .actions {
        display: flex;
        gap: 8px;
        flex-wrap: wrap;
        align-items: center;
      }
      p {
        margin: 0 0 8px;
      }
    `,
  ];
  @property() collection = "";
  /** What the list shows. */
  @property({ attribute: false }) query: Query = {};
  @state() private job: TransferJob | undefined;
  @state() private busy = false;
  @state() private said = "";
  @state() private error: unknown;
  #kind: keyof typeof KINDS = "xlsx";
  #closed = new AbortController();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#closed.abort();
    this.#closed = new AbortController();
  }

  override render(): TemplateResult {
    const file = this.job?.state === "done" ? this.job.result : undefined;
    return html`<section class="card">
      <h2>
        <span>${t("export.title")}</span
        ><button class="button plain" @click=${() => this.dispatchEvent(new Event("closed"))}>
          ${t("action.close")}
        </button>
      </h2>
      <div class="body">
        <ji-error .error=${this.error}></ji-error>
        <p class="quiet">${t("export.hint")}</p>
        ${this.busy ? html`<ji-progress .job=${this.job} label=${t("export.running")} @cancel=${this.#cancel}></ji-progress>` : nothing}
        <div role="status">${this.said}</div>
        <div class="actions">
          <select
            class="input"
            aria-label=${t("export.format")}
            ?disabled=${this.busy}
            @change=${(event: Event) => (this.#kind = (event.target as HTMLSelectElement).value as keyof typeof KINDS)}
          >
            ${Object.keys(KINDS).map((kind) => html`<option value=${kind}>${t(`export.${kind}`)}</option>`)}
          </select>
          <button class="button primary" ?disabled=${this.busy} @click=${this.#start}>${t("export.start")}</button>
          ${file ? html`<button class="button" @click=${() => this.#download(file.file)}>${t("export.download", { name: file.name })}</button>` : nothing}
        </div>
      </div>
    </section>`;
  }

  async #start(): Promise<void> {
    this.busy = true;
    this.error = undefined;
    this.said = "";
    this.job = undefined;
    const { signal } = this.#closed;
    try {
      const asked = { collection: this.collection, ...this.query, ...KINDS[this.#kind] };
      const begun = await client(storageApi).startExport(asked);
      const job = await followTransfer(begun, (now) => (this.job = now), signal);
      if (job.state === "cancelled") this.said = t("export.cancelled");
      else if (job.result) {
        this.said = t("export.done", { n: job.done });
        await downloadFile(job.result.file);
      }
    } catch (error) {
      if (!signal.aborted) this.error = error;
    } finally {
      this.busy = false;
    }
  }

  async #cancel(): Promise<void> {
    const id = this.job?.id;
    if (id === undefined) return;
    await client(storageApi)
      .cancelTransfer({ id })
      .catch((error: unknown) => (this.error = error));
  }

  async #download(file: string): Promise<void> {
    await downloadFile(file).catch((error: unknown) => (this.error = error));
  }
}
