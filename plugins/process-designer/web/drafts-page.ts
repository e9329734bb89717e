import { type ProcessSummary, workflowApi } from "@jinshui/contracts";
import { client, confirmed, dateTime, local, pageAddress, Pages, PluginPage, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { addDraft, type Draft, listDrafts, removeDraft } from "./drafts.js";
import { newList } from "./new-items.js";
import "./texts.js";

const text = (key: string, values: Record<string, unknown> = {}): string => t(`process-designer.${key}`, values);

/** The bureau's drafts of processes; a new one begins empty or with a process that is there. */
export class DraftsPage extends PluginPage {
  @state() private processes: ProcessSummary[] = [];
  readonly #drafts = new Pages<Draft>(listDrafts, () => this.requestUpdate());

  protected override async load(): Promise<void> {
    const { processes } = await client(workflowApi).processes({ limit: 200 });
    this.processes = processes;
    await this.#drafts.load();
  }

  override render(): TemplateResult {
    return html`${this.head(text("drafts"))}
      <section class="card">
        <h2>${text("begin")}</h2>
        <form class="body bar" @submit=${this.#begin}>
          <label
            >${text("processName")} <input class="input" name="name" required maxlength="60" autocomplete="off"
          /></label>
          <label
            >${text("from")}
            <select class="input" name="from">
              <option value="">${text("fromNothing")}</option>
              ${this.processes.map(({ id, title }) => html`<option value=${id}>${local(title)}</option>`)}
            </select></label
          >
          <button class="button primary" ?disabled=${this.working}>${text("create")}</button>
        </form>
      </section>
      <section class="card">
        ${
          this.#drafts.items.length === 0
            ? nothing
            : this.table(
                text("drafts"),
                [text("processName"), text("changedAt"), text("changedBy"), ""],
                this.#drafts.items.map((draft) => this.#row(draft)),
              )
        }
        ${this.#drafts.foot(text("noDrafts"), (error) => (this.error = error))}
      </section>`;
  }

  #row(draft: Draft): TemplateResult {
    return html`<tr>
      <td><a href=${addressOf(draft.id)}>${draft.title}</a></td>
      <td class="quiet">${dateTime(draft.updatedAt)}</td>
      <td class="quiet">${draft.updatedBy}</td>
      <td class="actions">
        <button class="button" aria-label=${text("discard", { name: draft.title })} @click=${() => this.#remove(draft)}>
          ${text("remove")}
        </button>
      </td>
    </tr>`;
  }

  async #remove(draft: Draft): Promise<void> {
    const action = text("remove");
    if (!(await confirmed({ title: action, text: text("discardSure", { name: draft.title }), action }))) return;
    await this.attempt(() => removeDraft(draft), text("discarded"));
  }

  readonly #begin = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const name = (data.get("name") as string).trim();
    void this.attempt(async () => {
      const { id } = await addDraft(name, await this.#file(name, data.get("from") as string));
      history.pushState({}, "", addressOf(id));
      dispatchEvent(new PopStateEvent("popstate"));
    }, "");
  };

  /** An empty process, or a copy: of one's own a next version, of a plugin's a process of one's own. */
  async #file(name: string, from: string): Promise<string> {
    const { newFile, renamed } = await import("./new-file.js");
    const key = `process-${crypto.randomUUID().slice(0, 8)}`;
    if (from === "") return newFile(newList(key, name));
    const { xml } = await client(workflowApi).processVersion({ id: from });
    const own = this.processes.find(({ id }) => id === from)?.plugin === undefined;
    return own ? xml : renamed(xml, key, name);
  }
}

function addressOf(draft: string): string {
  return pageAddress("/p/process-designer/design", { draft });
}
