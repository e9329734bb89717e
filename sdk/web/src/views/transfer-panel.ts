import { storageApi, type TransferJob } from "@jinshui/contracts";
import { css, html, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import "../elements/progress-note.js";
import { t } from "../texts/text.js";
import { downloadFile, followTransfer } from "../transfer.js";

/** What the panels of imports and exports have in common: a job that is followed, cancelled, and leaves a file. */
export abstract class TransferPanel extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
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
  @state() protected job: TransferJob | undefined;
  @state() protected said = "";
  @state() protected error: unknown;
  #closed = new AbortController();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // nobody waits any more for what a panel has begun; a job goes on without it
    this.#closed.abort();
    this.#closed = new AbortController();
  }

  /** Aborted when the panel goes. */
  protected get closed(): AbortSignal {
    return this.#closed.signal;
  }

  protected panel(title: string, body: TemplateResult): TemplateResult {
    return html`<section class="card">
      <h2>
        <span>${title}</span
        ><button class="button plain" @click=${() => this.dispatchEvent(new Event("closed"))}>
          ${t("action.close")}
        </button>
      </h2>
      <div class="body"><ji-error .error=${this.error}></ji-error>${body}</div>
    </section>`;
  }

  protected progress(label: string): TemplateResult {
    return html`<ji-progress .job=${this.job} label=${label} @cancel=${this.#cancel}></ji-progress>`;
  }

  /** Begins a job and follows it to its end; nothing when it failed, which is shown, or the panel is gone. */
  protected async follow(begin: () => Promise<TransferJob>): Promise<TransferJob | undefined> {
    this.error = undefined;
    this.said = "";
    this.job = undefined;
    const { closed } = this;
    try {
      return await followTransfer(await begin(), (now) => (this.job = now), closed);
    } catch (error) {
      if (!closed.aborted) this.error = error;
      return undefined;
    }
  }

  protected async download(file: string): Promise<void> {
    await downloadFile(file).catch((error: unknown) => (this.error = error));
  }

  async #cancel(): Promise<void> {
    const id = this.job?.id;
    if (id === undefined) return;
    await client(storageApi)
      .cancelTransfer({ id })
      .catch((error: unknown) => (this.error = error));
  }
}
