import { type LocalText, type ProcessUsage, workflowApi } from "@jinshui/contracts";
import { client, type LiveEvent, local, PluginPage, saveText, separatedValues, shortDateTime, t } from "@jinshui/web";
import { css, html, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import catalogue from "./catalogue.json" with { type: "json" };
import { gapAnalysis, type Line, shareInUse, type Status, STATUSES } from "./gap-analysis.js";
import "./texts.js";

const LIMIT = 200;
const TONE: Record<Status, string> = {
  "in-use": "ok",
  "never-used": "warn",
  "not-enabled": "",
  missing: "error",
  unlisted: "",
};
const COLUMNS = ["code", "matter", "group", "process", "owner", "status", "instances", "running", "last"] as const;

/** Which matters of the bureau have a process, which of these are used, and which are missing (清理核对遗漏业务规程). */
export class CataloguePage extends PluginPage {
  static override styles = [
    PluginPage.styles,
    css`
      .filters {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 12px;
        align-items: center;
        padding: 10px 12px;
      }
      .number {
        text-align: right;
      }
    `,
  ];
  @state() private processes: ProcessUsage[] = [];
  @state() private status: Status | "all" = "all";
  @state() private group = "";
  @state() private search = "";
  @state() private loaded = false;

  protected override concerns({ name }: LiveEvent): boolean {
    return name === "hello" || /^workflow\.instance-/.test(name);
  }

  protected override async load(query: URLSearchParams): Promise<void> {
    // at once: an earlier answer that comes late says nothing of what is asked for now
    this.status = STATUSES.find((known) => known === query.get("status")) ?? "all";
    this.group = query.get("group") ?? "";
    this.search = query.get("search") ?? "";
    const found: ProcessUsage[] = [];
    let cursor: string | undefined;
    do {
      const page = await client(workflowApi).processUsage({
        limit: LIMIT,
        ...(cursor === undefined ? {} : { cursor }),
      });
      found.push(...page.processes);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    this.processes = found;
    this.loaded = true;
  }

  override render(): TemplateResult {
    const lines = gapAnalysis(catalogue.matters, this.processes);
    const shown = lines.filter((line) => this.#fits(line));
    const used = lines.filter(({ status }) => status === "in-use").length;
    return html`${this.head(
        t("process-catalogue.catalogue"),
        html`<button class="button" ?disabled=${!this.loaded} @click=${() => this.#export(shown)}>
          ${t("process-catalogue.export")}
        </button>`,
      )}
      ${this.loaded ? html`<p class="quiet">${t("process-catalogue.hint", { n: catalogue.matters.length, used, share: shareInUse(lines) })}</p>` : ""}
      <div class="tabs card" role="group" aria-label=${t("process-catalogue.filter")}>
        ${(["all", ...STATUSES] as const).map((status) => this.#tab(status, lines))}
      </div>
      <section class="card">
        <div class="filters">
          ${this.#groups()} ${this.#searchBox()}<span class="quiet"
            >${t("process-catalogue.shown", { n: shown.length })}</span
          >
        </div>
        ${
          this.loaded && shown.length === 0
            ? html`<p class="quiet">${t("process-catalogue.empty")}</p>`
            : this.table(
                t("process-catalogue.catalogue"),
                COLUMNS.map((column) => t(`process-catalogue.${column}`)),
                shown.map((line) => this.#row(line)),
              )
        }
      </section>`;
  }

  #fits({ code, title, group, status, usage }: Line): boolean {
    const words = [code, local(title), usage ? local(usage.title) : "", usage?.key ?? ""].join(" ").toLowerCase();
    return (
      (this.status === "all" || status === this.status) &&
      (this.group === "" || group === this.group) &&
      words.includes(this.search.trim().toLowerCase())
    );
  }

  #tab(status: Status | "all", lines: readonly Line[]): TemplateResult {
    const count = status === "all" ? lines.length : lines.filter((line) => line.status === status).length;
    return html`<button
      aria-pressed=${this.status === status}
      @click=${() => this.#ask({ status: status === "all" ? "" : status })}
    >
      ${t(`process-catalogue.status.${status}`)} ${this.loaded ? count : ""}
    </button>`;
  }

  #groups(): TemplateResult {
    return html`<label class="quiet"
      >${t("process-catalogue.group")}
      <select class="input" .value=${this.group} @change=${(event: Event) => this.#ask({ group: valueOf(event) })}>
        <option value="" ?selected=${this.group === ""}>${t("process-catalogue.allGroups")}</option>
        ${catalogue.groups.map(
          ({ id, title }) => html`<option value=${id} ?selected=${this.group === id}>${local(title)}</option>`,
        )}
      </select></label
    >`;
  }

  #searchBox(): TemplateResult {
    return html`<input
      class="input"
      type="search"
      aria-label=${t("process-catalogue.search")}
      placeholder=${t("process-catalogue.search")}
      .value=${this.search}
      @change=${(event: Event) => this.#ask({ search: valueOf(event) })}
    />`;
  }

  #row(line: Line): TemplateResult {
    const { usage, status } = line;
    return html`<tr>
      <td>${line.code}</td>
      <td class="long">${local(line.title)}</td>
      <td>${groupTitle(line.group)}</td>
      <td class="long">
        ${usage ? html`${local(usage.title)} <span class="quiet">${t("process-catalogue.version", { n: usage.version })}</span>` : "—"}
      </td>
      <td>${usage?.ownerTitle ? local(usage.ownerTitle) : "—"}</td>
      <td><span class="badge ${TONE[status]}">${t(`process-catalogue.status.${status}`)}</span></td>
      <td class="number">${usage?.instances ?? "—"}</td>
      <td class="number">${usage?.running ?? "—"}</td>
      <td class="quiet">${usage?.lastStartedAt === undefined ? "—" : shortDateTime(usage.lastStartedAt)}</td>
    </tr>`;
  }

  /** Shows another part under an address of its own; at once, so that the next change is one of what is shown. */
  #ask(change: Record<string, string>): void {
    const query = {
      status: this.status === "all" ? "" : this.status,
      group: this.group,
      search: this.search,
      ...change,
    };
    this.status = STATUSES.find((known) => known === query.status) ?? "all";
    this.group = query.group;
    this.search = query.search;
    this.show(Object.fromEntries(Object.entries(query).filter(([, value]) => value !== "")));
  }

  #export(lines: readonly Line[]): void {
    const rows = lines.map(({ code, title, group, status, usage }) => [
      code,
      local(title),
      groupTitle(group),
      usage ? local(usage.title) : "",
      usage?.ownerTitle ? local(usage.ownerTitle) : "",
      t(`process-catalogue.status.${status}`),
      String(usage?.instances ?? ""),
      String(usage?.running ?? ""),
      usage?.lastStartedAt ?? "",
    ]);
    const headings = COLUMNS.map((column) => t(`process-catalogue.${column}`));
    saveText(t("process-catalogue.file"), separatedValues([headings, ...rows]));
  }
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}

function groupTitle(id: string): string {
  const found: { title: LocalText } | undefined = catalogue.groups.find((group) => group.id === id);
  return found ? local(found.title) : id;
}
