import { type FileRef, storageApi } from "@jinshui/contracts";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { describeError } from "../texts/describe-error.js";
import { fileSize } from "../texts/format.js";
import { t } from "../texts/text.js";
import { downloadFile } from "../transfer.js";
import { uploadFile, type UploadProgress } from "../upload.js";

interface Upload {
  name: string;
  end: AbortController;
  progress?: UploadProgress;
  refusal?: string;
}

const known = new Map<string, FileRef>();

/** What is known of a file that this page has uploaded or shown. */
export function knownFile(file: string): FileRef | undefined {
  return known.get(file);
}

/** Files of a record, to be fetched; with `editable` to be added and taken away as well. Fires `files-changed` with the ids. */
@customElement("ji-attachments")
export class AttachmentList extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      :host {
        white-space: normal;
      }
      .label {
        font-size: 13px;
        color: var(--ji-text-2);
        font-weight: 500;
        margin: 6px 0 2px;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 8px;
        align-items: center;
        min-height: 28px;
      }
      .name {
        overflow-wrap: anywhere;
        min-width: 0;
      }
      button.name {
        border: 0;
        background: none;
        padding: 0;
        color: var(--ji-brand);
        text-align: left;
      }
      button.name:hover {
        text-decoration: underline;
      }
      progress {
        width: 120px;
        height: 8px;
        accent-color: var(--ji-brand);
      }
      label.button {
        margin-top: 4px;
        cursor: pointer;
      }
      label.button:focus-within {
        outline: 2px solid var(--ji-brand);
        outline-offset: 2px;
      }
      .refusal {
        color: var(--ji-error);
        font-size: 13px;
        margin: 2px 0 0;
      }
    `,
  ];
  @property({ attribute: false }) files: readonly string[] = [];
  @property() label = "";
  @property() help = "";
  @property() problem = "";
  @property({ type: Boolean }) editable = false;
  @property({ type: Boolean }) required = false;
  /** How many files there may be. */
  @property({ type: Number }) limit = 20;
  @state() private uploads: Upload[] = [];

  /** Whether a file is still on its way. */
  get busy(): boolean {
    return this.uploads.some(({ refusal }) => refusal === undefined);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const { end } of this.uploads) end.abort();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("files")) void this.#learn();
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>("input, button")?.focus();
  }

  override render(): TemplateResult {
    return html`<div role="group" aria-label=${this.label}>
      ${this.editable ? html`<div class="label" aria-hidden="true">${this.label}${this.required ? " •" : ""}</div>` : nothing}
      ${this.files.length === 0 && !this.editable ? html`<span class="quiet">${t("files.none")}</span>` : nothing}
      <ul>
        ${this.files.map((file) => this.#file(file))} ${this.uploads.map((upload) => this.#upload(upload))}
      </ul>
      ${this.editable && this.files.length < this.limit ? html`<label class="button">${t("files.add")}<input class="visually-hidden" type="file" multiple aria-label=${`${t("files.add")}：${this.label}`} @change=${this.#chosen} /></label>` : nothing}
      ${this.help === "" ? nothing : html`<p class="quiet small">${this.help}</p>`}
      ${this.problem === "" ? nothing : html`<p class="refusal" role="alert">${this.problem}</p>`}
    </div>`;
  }

  #file(file: string): TemplateResult {
    const { name = t("files.unknown"), size, state = "clean" } = known.get(file) ?? {};
    return html`<li>
      ${state === "infected" ? html`<span class="name">${name}</span><span class="badge error">${t("files.infected")}</span>` : html`<button class="name" title=${t("files.download", { name })} @click=${() => this.#download(file)}>${name}</button>`}
      ${state === "pending" ? html`<span class="badge warn">${t("files.pending")}</span>` : nothing}
      <span class="quiet small">${size === undefined ? nothing : fileSize(size)}</span>
      ${this.editable ? html`<button class="button plain" aria-label=${t("files.removeOf", { name })} @click=${() => this.#tell(this.files.filter((other) => other !== file))}>${t("files.remove")}</button>` : nothing}
    </li>`;
  }

  #upload(upload: Upload): TemplateResult {
    const { name, refusal, progress, end } = upload;
    const percent = progress && progress.total > 0 ? Math.round((100 * progress.sent) / progress.total) : 0;
    return html`<li>
      <span class="name">${name}</span>
      ${refusal === undefined ? html`<progress aria-label=${name} max="100" .value=${percent}></progress><span class="quiet small">${t(progress?.waiting === true ? "files.waiting" : "files.sent", { percent })}</span>` : html`<span class="refusal" role="alert">${refusal}</span>`}
      <button
        class="button plain"
        aria-label=${t(refusal === undefined ? "files.cancelOf" : "files.dismissOf", { name })}
        @click=${() => (end.abort(), this.#drop(upload))}
      >
        ${t(refusal === undefined ? "action.cancel" : "action.close")}
      </button>
    </li>`;
  }

  async #chosen({ target }: Event): Promise<void> {
    const input = target as HTMLInputElement;
    const chosen = [...(input.files ?? [])];
    input.value = "";
    const room = this.limit - this.files.length - this.uploads.length;
    const begun = chosen.map((file, index): [File, Upload] => {
      const upload: Upload = { name: file.name, end: new AbortController() };
      return [file, index < room ? upload : { ...upload, refusal: t("files.tooMany", { limit: this.limit }) }];
    });
    this.uploads = [...this.uploads, ...begun.map(([, upload]) => upload)];
    // one after the other: people are given few uploads at a time
    for (const [file, upload] of begun) if (upload.refusal === undefined) await this.#send(file, upload);
  }

  async #send(file: File, upload: Upload): Promise<void> {
    const { signal } = upload.end;
    if (signal.aborted) return;
    const progress = (step: UploadProgress): void => {
      upload.progress = step;
      this.requestUpdate();
    };
    try {
      const taken = await uploadFile(file, { progress, signal });
      known.set(taken.file, taken);
      this.#drop(upload);
      this.#tell([...this.files, taken.file]);
    } catch (error) {
      const { message, details } = describeError(error);
      upload.refusal = [message, ...details].join("：");
      this.requestUpdate();
    }
  }

  #drop(upload: Upload): void {
    this.uploads = this.uploads.filter((other) => other !== upload);
  }

  #tell(files: readonly string[]): void {
    this.files = files;
    this.dispatchEvent(new CustomEvent("files-changed", { detail: files }));
  }

  async #download(file: string): Promise<void> {
    try {
      await downloadFile(file);
      this.problem = "";
    } catch (error) {
      this.problem = describeError(error).message;
    }
  }

  async #learn(): Promise<void> {
    const wanted = this.files.filter((file) => known.get(file)?.state !== "clean");
    await Promise.all(
      wanted.map((file) =>
        client(storageApi)
          .fileInfo({ file })
          .then(
            (info) => known.set(file, info),
            () => undefined,
          ),
      ),
    );
    if (wanted.length > 0) this.requestUpdate();
  }
}
