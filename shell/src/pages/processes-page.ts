import { type OpOutput, type ProcessProblem, type WorkflowApi, workflowApi } from "@jinshui/contracts";
import { problemText, problemTexts } from "@jinshui/engine/problem-texts";
import { client, controls, JinshuiElement, language, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import "./diagram-view.js";
import "./versions/process-list.js";
import type { ProcessList } from "./versions/process-list.js";

type Report = OpOutput<WorkflowApi, "importDefinition">;

/** Import of BPMN files drawn with any tool: what can run is deployed, what can't is named in plain words. */
@customElement("ji-processes-page")
export class ProcessesPage extends JinshuiElement {
  static override styles = [
    controls,
    css`
      .card {
        margin-bottom: 12px;
      }
      .drop {
        border: 1px dashed var(--ji-border);
        border-radius: var(--ji-radius);
        padding: 24px;
        text-align: center;
      }
      .drop.over {
        background: var(--ji-brand-tint);
      }
      ul {
        margin: 8px 0;
        padding-left: 20px;
      }
      p.warn {
        margin: 4px 0 0;
        color: var(--ji-warn);
      }
      h3 {
        font-size: var(--ji-size);
        font-weight: 600;
        margin: 12px 0 0;
      }
      .totals {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin: 0 0 8px;
      }
      .actions {
        display: flex;
        gap: 8px;
      }
    `,
  ];
  @state() private report: Report | undefined;
  @state() private xml = "";
  @state() private fileName = "";
  @state() private error: unknown;
  @state() private over = false;
  @state() private busy = false;
  @state() private drafted = false;

  override render(): TemplateResult {
    return html`<div class="bar"><h1 tabindex="-1">${t("nav.processes")}</h1></div>
      <section class="card">
        <h2>${t("process.import")}</h2>
        <div class="body">
          <p class="quiet">${t("process.hint")}</p>
          <div
            class="drop ${this.over ? "over" : ""}"
            @dragover=${(event: DragEvent) => (event.preventDefault(), (this.over = true))}
            @dragleave=${() => (this.over = false)}
            @drop=${this.#dropped}
          >
            <label
              class="button"
              tabindex="0"
              @keydown=${(event: KeyboardEvent) => (event.key === "Enter" || event.key === " ") && (event.currentTarget as HTMLElement).click()}
              >${t("process.choose")}<input
                class="visually-hidden"
                tabindex="-1"
                type="file"
                accept=".bpmn,.xml,.bpmn20.xml"
                @change=${this.#chosen}
            /></label>
            <span class="quiet">${t("process.drop")}</span>
          </div>
        </div>
      </section>
      <ji-error .error=${this.error}></ji-error>${this.report ? this.#result(this.report) : nothing}
      <ji-process-list></ji-process-list>`;
  }

  #result(report: Report): TemplateResult {
    const problems = [...report.problems, ...report.processes.flatMap((process) => process.problems)];
    const refused = problems.some(({ severity }) => severity === "error");
    const deployed = report.processes.some(({ definition }) => definition !== undefined);
    return html`<section class="card">
        <h2>
          ${this.fileName}<span class="badge ${refused ? "error" : "ok"}"
            >${t(refused ? "process.refused" : deployed ? (this.drafted ? "process.drafted" : "process.deployed") : "process.runnable")}</span
          >
        </h2>
        <div class="body">
          <p class="totals" role="status">${totals(problems)}</p>
          ${problemGroups(report.problems)}
          ${report.processes.map((process) => html`<div><strong>${process.title}</strong> <span class="quiet">${t("process.elements", { n: process.elements })}</span> ${process.definition === undefined ? nothing : this.drafted ? html`<a href="/processes/${process.definition}/trials">${t("process.try")}</a>` : html`<a href="/start/${process.definition}">${t("process.start")}</a>`}${process.replaces === undefined || process.definition !== undefined ? nothing : html`<p class="warn">${t("process.replaces", { title: process.replaces.title, version: process.replaces.version, key: process.key })}</p>`}${problemGroups(process.problems)}</div>`)}
          <div class="actions">
            ${refused || deployed ? nothing : html`<button class="button primary" ?disabled=${this.busy} @click=${() => this.#send(true)}>${t("process.deploy")}</button><button class="button" title=${t("process.draftHint")} ?disabled=${this.busy} @click=${() => this.#send(true, true)}>${t("process.draft")}</button>`}
          </div>
        </div>
      </section>
      ${
        report.processes.length > 0
          ? html`<section class="card">
              <h2>${t("start.diagram")}</h2>
              <div class="body">
                <ji-diagram
                  .xml=${this.xml}
                  .stuck=${problems.filter(({ severity }) => severity === "error").flatMap(({ element }) => element ?? [])}
                ></ji-diagram>
              </div>
            </section>`
          : nothing
      }`;
  }

  async #chosen(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement;
    const [file] = input.files ?? [];
    if (file) await this.#read(file);
    input.value = "";
  }

  async #dropped(event: DragEvent): Promise<void> {
    event.preventDefault();
    this.over = false;
    const [file] = event.dataTransfer?.files ?? [];
    if (file) await this.#read(file);
  }

  async #read(file: File): Promise<void> {
    this.report = undefined;
    this.fileName = file.name;
    this.xml = await file.text();
    await this.#send(false);
  }

  async #send(commit: boolean, draft = false): Promise<void> {
    this.busy = true;
    try {
      this.report = await client(workflowApi).importDefinition({
        xml: this.xml,
        fileName: this.fileName,
        commit,
        draft,
      });
      this.drafted = draft;
      this.error = undefined;
      if (commit) await this.renderRoot.querySelector<ProcessList>("ji-process-list")?.load();
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }
}

type Severity = ProcessProblem["severity"];
/** Errors first; a sign and a word besides the colour. */
const SEVERITIES: readonly { severity: Severity; sign: string; badge: string; total: string }[] = [
  { severity: "error", sign: "✕", badge: "error", total: "process.errors" },
  { severity: "warning", sign: "⚠", badge: "warn", total: "process.warnings" },
];

/** How many problems of each severity the file has. */
function totals(problems: ProcessProblem[]): unknown {
  if (problems.length === 0)
    return html`<span class="badge ok"><span aria-hidden="true">✓</span> ${t("process.flawless")}</span>`;
  return SEVERITIES.map(({ severity, sign, badge, total }) => {
    const n = countOf(problems, severity);
    return n === 0
      ? nothing
      : html`<span class="badge ${badge}"><span aria-hidden="true">${sign}</span> ${t(total, { n })}</span>`;
  });
}

/** `more-problems` stands for those that are not listed. */
function countOf(problems: ProcessProblem[], severity: Severity): number {
  return problems
    .filter((problem) => problem.severity === severity)
    .reduce((sum, { code, params }) => sum + (code === "more-problems" ? Number(params?.["count"]) : 1), 0);
}

function problemGroups(problems: ProcessProblem[]): unknown {
  return SEVERITIES.map(({ severity, sign, badge }) => {
    const own = problems.filter((problem) => problem.severity === severity);
    if (own.length === 0) return nothing;
    const name = problemTexts[language()].severities[severity];
    return html`<h3>
        <span class="badge ${badge}"><span aria-hidden="true">${sign}</span> ${name}</span>
      </h3>
      <ul>
        ${own.map((problem) => html`<li class=${severity}>${problemText(problem, language())}</li>`)}
      </ul>`;
  });
}
