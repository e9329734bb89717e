import { type OpInput, type StorageApi, storageApi } from "@jinshui/contracts";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { t } from "../texts/text.js";
import { TransferPanel } from "./transfer-panel.js";

type Query = Pick<OpInput<StorageApi, "startExport">, "filter" | "search" | "sort" | "fields">;

const KINDS = {
  xlsx: { format: "xlsx" },
  "csv-utf8": { format: "csv", encoding: "utf-8" },
  "csv-gb18030": { format: "csv", encoding: "gb18030" },
} as const;

/** Export of a list as it is filtered and sorted: choose a kind of file, follow, download. Fires `closed`. */
@customElement("ji-export-panel")
export class ExportPanel extends TransferPanel {
  static override styles = [
    ...TransferPanel.styles,
    css`
      .card {
        margin-bottom: 12px;
      }
    `,
  ];
  /** What the list shows. */
  @property({ attribute: false }) query: Query = {};
  @state() private busy = false;
  #kind: keyof typeof KINDS = "xlsx";

  override render(): TemplateResult {
    const file = this.job?.state === "done" ? this.job.result : undefined;
    return this.panel(
      t("export.title"),
      html`<p class="quiet">${t("export.hint")}</p>
        ${this.busy ? this.progress(t("export.running")) : nothing}
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
          ${file ? html`<button class="button" @click=${() => this.download(file.file)}>${t("export.download", { name: file.name })}</button>` : nothing}
        </div>`,
    );
  }

  async #start(): Promise<void> {
    this.busy = true;
    const asked = { collection: this.collection, ...this.query, ...KINDS[this.#kind] };
    const job = await this.follow(() => client(storageApi).startExport(asked));
    if (job?.state === "cancelled") this.said = t("export.cancelled");
    else if (job?.result) {
      this.said = t("export.done", { n: job.done });
      await this.download(job.result.file);
    }
    this.busy = false;
  }
}
