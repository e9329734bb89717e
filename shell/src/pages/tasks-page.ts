import { type Profile, type TaskSummary, workflowApi } from "@jinshui/contracts";
import { client, controls, type LiveEvent, t } from "@jinshui/web";
import { html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { PagedList, type PageOf } from "./paged-list.js";
import { taskTable } from "./task-table.js";

/** The inbox: what is to do, what is done. */
@customElement("ji-tasks-page")
export class TasksPage extends PagedList<TaskSummary> {
  static override styles = [controls];
  @property({ attribute: false }) profile: Profile | undefined;
  @state() private kind: "todo" | "done" = "todo";
  @state() private byDue = false;

  override willUpdate(changed: PropertyValues<this>): void {
    // other positions, other tasks
    if (changed.get("profile") !== undefined) void this.load();
  }

  protected override onHint({ name }: LiveEvent): void {
    if (/^workflow\.task/.test(name)) void this.load();
  }

  protected override async read(cursor: string | undefined): Promise<PageOf<TaskSummary>> {
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
        ${this.kind === "todo" ? html`<button class="button" @click=${() => this.#sort()}>${t(this.byDue ? "task.byArrival" : "task.byDue")}</button>` : ""}
        ${this.searchBox(t("task.search"))}
      </div>
      ${this.errorNote()}
      <section class="card">
        <div class="tabs" role="group" aria-label=${t("nav.tasks")}>
          ${(["todo", "done"] as const).map((kind) => html`<button aria-pressed=${this.kind === kind} @click=${() => this.#choose(kind)}>${t(`task.${kind}`)}</button>`)}
        </div>
        ${this.items.length > 0 ? taskTable(this.items, this.kind) : ""}${this.foot(t(this.kind === "todo" ? "workbench.noTasks" : "task.noneDone"))}
      </section>`;
  }

  #sort(): void {
    this.byDue = !this.byDue;
    void this.load();
  }

  #choose(kind: "todo" | "done"): void {
    this.kind = kind;
    this.items = [];
    void this.load();
  }
}
