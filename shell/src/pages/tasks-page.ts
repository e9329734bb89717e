import { JinshuiError, MAX_COMPLETED, type Profile, type TaskSummary, workflowApi } from "@jinshui/contracts";
import { client, controls, describeError, type LiveEvent, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import "./office/copies-list.js";
import { PagedList, type PageOf } from "./paged-list.js";
import { taskTable } from "./task-table.js";

type Kind = "todo" | "done" | "copies";

/** The inbox: what is to do, what is done, what one was sent to read. */
@customElement("ji-tasks-page")
export class TasksPage extends PagedList<TaskSummary> {
  static override styles = [
    controls,
    css`
      .many {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
        padding: 8px 12px;
        border-bottom: 1px solid var(--ji-rule);
      }
      .many input {
        flex: 1 1 200px;
        max-width: 420px;
        min-width: 0;
      }
      .box {
        width: 32px;
      }
      .result {
        padding: 8px 12px;
        margin: 0;
        border-bottom: 1px solid var(--ji-rule);
      }
      .result ul {
        margin: 4px 0 0;
        padding-left: 20px;
      }
    `,
  ];
  @property({ attribute: false }) profile: Profile | undefined;
  @state() private kind: Kind = "todo";
  @state() private chosen: ReadonlySet<string> = new Set();
  @state() private busy = false;
  @state() private result: { done: number; failed: { title: string; error: JinshuiError }[] } | undefined;
  @state() private byDue = false;

  override willUpdate(changed: PropertyValues<this>): void {
    // other positions, other tasks
    if (changed.get("profile") !== undefined) void this.load();
  }

  protected override onHint({ name }: LiveEvent): void {
    if (/^workflow\.task/.test(name)) this.refresh();
  }

  protected override async read(cursor: string | undefined): Promise<PageOf<TaskSummary>> {
    if (this.kind === "copies") return { items: [], total: 0 };
    const { tasks, ...page } = await client(workflowApi).tasks({
      kind: this.kind,
      ...(this.byDue && this.kind === "todo" ? { sort: "due" as const } : {}),
      limit: 50,
      ...(this.search === "" ? {} : { search: this.search }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { items: tasks, ...page };
  }

  override render(): TemplateResult {
    return html`<div class="bar">
        <h1 tabindex="-1">${t("nav.tasks")}</h1>
        <span class="space"></span>
        ${this.kind === "todo" ? html`<button class="button" @click=${() => this.#sort()}>${t(this.byDue ? "task.byArrival" : "task.byDue")}</button>` : nothing}
        ${this.kind === "copies" ? nothing : this.searchBox(t("task.search"))}
      </div>
      ${this.errorNote()}
      <section class="card">
        <div class="tabs" role="group" aria-label=${t("nav.tasks")}>
          ${(["todo", "done", "copies"] as const).map((kind) => html`<button aria-pressed=${this.kind === kind} @click=${() => this.#choose(kind)}>${t(`task.${kind}`)}</button>`)}
        </div>
        ${this.kind === "copies" ? html`<ji-copies-list></ji-copies-list>` : this.#tasks(this.kind)}
      </section>`;
  }

  #tasks(kind: "todo" | "done"): TemplateResult {
    const choosing = { chosen: this.chosen, toggle: this.#toggle };
    return html`${kind === "todo" ? this.#many() : nothing}${this.items.length > 0 ? taskTable(this.items, kind, kind === "todo" ? choosing : undefined) : ""}${this.foot(t(kind === "todo" ? "workbench.noTasks" : "task.noneDone"))}`;
  }

  /** Approving several at once, while some are chosen; what came of it. */
  #many(): TemplateResult {
    const { result } = this;
    return html`<div role="status">
        ${
          result
            ? html`<div class="result">
                ${t("office.many", { done: result.done })}
                ${
                  result.failed.length === 0
                    ? nothing
                    : html`${t("office.manyFailed", { n: result.failed.length })}
                        <ul>
                          ${result.failed.map(({ title, error }) => html`<li>${t("office.failed", { title, why: whyNot(error) })}</li>`)}
                        </ul>`
                }
              </div>`
            : nothing
        }
      </div>
      ${
        this.chosen.size === 0
          ? nothing
          : html`<form class="many" @submit=${(event: SubmitEvent) => this.#approve(event)}>
              <span>${t("office.selected", { n: this.chosen.size })}</span>
              <input
                class="input"
                name="opinion"
                maxlength="2000"
                autocomplete="off"
                aria-label=${t("task.opinion")}
                placeholder=${t("task.opinion")}
              />
              <button class="button primary" ?disabled=${this.busy}>${t("office.approveMany")}</button>
            </form>`
      }`;
  }

  readonly #toggle = (ids: readonly string[], chosen: boolean): void => {
    const kept = [...this.chosen].filter((id) => !ids.includes(id));
    this.chosen = new Set(chosen ? [...kept, ...ids].slice(0, MAX_COMPLETED) : kept);
  };

  async #approve(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const opinion = (new FormData(event.target as HTMLFormElement).get("opinion") as string).trim();
    const tasks = this.items.filter(({ id }) => this.chosen.has(id));
    this.busy = true;
    try {
      const { results } = await client(workflowApi).completeMany({
        items: tasks.map(({ id, version }) => ({ id, version })),
        action: "approve",
        ...(opinion === "" ? {} : { opinion }),
      });
      const failed = results.flatMap(({ id, done, code, details }) => {
        const title = tasks.find((task) => task.id === id)?.title ?? id;
        return done ? [] : [{ title, error: new JinshuiError(code ?? "internal", "", details ? { details } : {}) }];
      });
      this.result = { done: results.length - failed.length, failed };
      this.chosen = new Set();
      await this.load();
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }

  #sort(): void {
    this.byDue = !this.byDue;
    void this.load();
  }

  #choose(kind: Kind): void {
    this.kind = kind;
    this.items = [];
    this.chosen = new Set();
    this.result = undefined;
    void this.load();
  }
}

function whyNot(error: JinshuiError): string {
  const { message, details } = describeError(error);
  return [message, ...details].join(" ");
}
