import { type ImportProblem, type ImportReport, storageApi } from "@jinshui/contracts";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { local, t } from "../texts/text.js";
import { uploadFile, type UploadProgress } from "../upload.js";

/** Import of a workbook: choose, see every wrong cell, import the rest. Fires `closed`. */
@customElement("ji-import-panel")
export class ImportPanel extends JinshuiElement {
  static override styles = [
    controls,
    block,
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
        display: flex;
        gap: 8px;
        margin-top: 12px;
        flex-wrap: wrap;
      }
      p {
        margin: 0 0 8px;
      }
      .cell {
        white-space: nowrap;
        font-weight: 600;
      }
    `,
  ];
  @property() collection = "";
  @state() private report: ImportReport | undefined;
  @state() private busy = "";
  @state() private error: unknown;
  @state() private note = "";
  #file = "";
  #name = "";
  #key = "";
  #closed = new AbortController();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // nobody waits for an upload any more whose panel is gone
    this.#closed.abort();
    this.#closed = new AbortController();
  }

  override render(): TemplateResult {
    return html`<section class="card">
      <h2>
        <span>${t("import.title")}</span
        ><button class="button plain" @click=${() => this.dispatchEvent(new Event("closed"))}>
          ${t("action.close")}
        </button>
      </h2>
      <div class="body">
        <ji-error .error=${this.error}></ji-error>
        ${this.report ? this.#result(this.report) : html`<p class="quiet">${t("import.hint")}</p>`}
        <div role="status">${this.busy}${this.note}</div>
        <div class="actions">
          ${this.report && this.report.inserted === 0 && this.report.valid > 0 ? html`<button class="button primary" ?disabled=${this.busy !== ""} @click=${this.#commit}>${t("import.commit", { n: this.report.valid })}</button>` : nothing}
          <label
            class="button"
            tabindex="0"
            @keydown=${(event: KeyboardEvent) => (event.key === "Enter" || event.key === " ") && (event.currentTarget as HTMLElement).click()}
            >${t(this.report ? "import.again" : "import.choose")}<input
              class="visually-hidden"
              tabindex="-1"
              type="file"
              accept=".xlsx"
              @change=${this.#chosen}
          /></label>
          ${this.report && this.report.problemCount > 0 ? html`<button class="button" @click=${this.#download}>${t("import.download")}</button>` : nothing}
        </div>
      </div>
    </section>`;
  }

  #result(report: ImportReport): TemplateResult {
    return html`<p>
        <strong
          >${report.inserted > 0 ? t("import.done", { n: report.inserted }) + (report.problemRows > 0 ? t("import.skipped", { n: report.problemRows }) : "") : t("import.summary", { rows: report.rows, valid: report.valid, bad: report.problemRows, problems: report.problemCount })}</strong
        >
      </p>
      ${
        report.problems.length === 0
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
                  ${report.problems.map(
                    (problem) =>
                      html`<tr>
                        <td class="cell">${problem.column ?? t("import.row")}${problem.row}</td>
                        <td>${local(problem.title)}</td>
                        <td>${problem.value ?? ""}</td>
                        <td>${problemText(problem)}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>`
      }`;
  }

  async #chosen(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    if (!file) return;
    this.report = undefined;
    this.error = undefined;
    this.note = "";
    this.#name = file.name;
    this.#key = crypto.randomUUID();
    try {
      const { name } = file;
      const progress = ({ sent, total, waiting }: UploadProgress): void => {
        const percent = Math.floor((100 * sent) / total);
        this.busy = waiting ? t("import.waiting", { name }) : t("import.uploading", { name, percent });
      };
      this.#file = (await uploadFile(file, { progress, signal: this.#closed.signal })).file;
      this.busy = t("import.checking", { name });
      this.report = await client(storageApi).importFile({
        collection: this.collection,
        file: this.#file,
        commit: false,
      });
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = "";
      input.value = "";
    }
  }

  async #commit(): Promise<void> {
    this.busy = t("import.committing");
    try {
      this.report = await client(storageApi).importFile(
        { collection: this.collection, file: this.#file, commit: true },
        { idempotencyKey: this.#key },
      );
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = "";
    }
  }

  #download(): void {
    const lines = (this.report?.problems ?? []).map((problem) => [
      `${problem.column ?? ""}${problem.row}`,
      local(problem.title),
      problem.value ?? "",
      problemText(problem),
    ]);
    const quoted = [[t("import.cell"), t("import.column"), t("import.value"), t("import.problem")], ...lines].map(
      (line) => line.map(csvCell).join(","),
    );
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", quoted.join("\r\n")], { type: "text/csv" }));
    link.download = `${this.#name.replace(/\.xlsx$/, "")}-${t("import.problem")}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  }
}

function problemText({ code, params }: ImportProblem): string {
  return t(`problem.${code}`, {
    ...params,
    ...(params?.["type"] === undefined ? {} : { type: t(`type.${params["type"]}`) }),
  });
}

/** Quoted, and never a formula when it is opened in a spreadsheet. */
function csvCell(text: string): string {
  return `"${(/^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
