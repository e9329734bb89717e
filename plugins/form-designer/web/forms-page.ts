import { type SiteFormSummary, workflowApi } from "@jinshui/contracts";
import { client, pageAddress, PluginPage, shortDateTime, t } from "@jinshui/web";
import { css, html, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import "./texts.js";

const LIMIT = 50;
const EDIT = "/p/form-designer/edit";

/** The bureau's own forms: what is there, and a new one. */
export class FormsPage extends PluginPage {
  static override styles = [
    PluginPage.styles,
    css`
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: end;
        padding: 12px;
      }
      label {
        display: grid;
        gap: 2px;
      }
    `,
  ];
  @state() private forms: SiteFormSummary[] = [];
  @state() private total = 0;
  @state() private next: string | undefined;
  @state() private loaded = false;

  protected override async load(): Promise<void> {
    const { forms, total, nextCursor } = await client(workflowApi).forms({ limit: LIMIT });
    this.forms = forms;
    this.total = total;
    this.next = nextCursor;
    this.loaded = true;
  }

  override render(): TemplateResult {
    return html`${this.head(t("form-designer.title"))}
      <section class="card">
        <h2>${t("form-designer.new")}</h2>
        <form @submit=${this.#create}>
          <label
            >${t("form-designer.formTitle")}
            <input class="input" name="title" required maxlength="100" autocomplete="off"
          /></label>
          <button class="button primary" ?disabled=${this.working}>${t("form-designer.create")}</button>
        </form>
      </section>
      <section class="card">
        <h2>${t("form-designer.title")} <span class="quiet">${t("form-designer.total", { n: this.total })}</span></h2>
        ${
          this.loaded && this.forms.length === 0
            ? html`<div class="body quiet">${t("form-designer.noForms")}</div>`
            : this.table(
                t("form-designer.title"),
                ["formTitle", "id", "version", "saved"].map((column) => t(`form-designer.${column}`)),
                this.forms.map((form) => this.#row(form)),
              )
        }
        ${this.next === undefined ? "" : html`<div class="body"><button class="button" @click=${this.#more}>${t("form-designer.more")}</button></div>`}
      </section>`;
  }

  #row({ id, title, version, changed, savedAt }: SiteFormSummary): TemplateResult {
    return html`<tr>
      <td class="long"><a href=${pageAddress(EDIT, { form: id })}>${title}</a></td>
      <td class="quiet">${id}</td>
      <td>
        ${version === undefined ? t("form-designer.unpublished") : t("form-designer.versionN", { n: version })}
        ${changed && version !== undefined ? html`<span class="badge warn">${t("form-designer.changed")}</span>` : ""}
      </td>
      <td class="quiet">${shortDateTime(savedAt)}</td>
    </tr>`;
  }

  readonly #more = async (): Promise<void> => {
    try {
      const { forms, nextCursor } = await client(workflowApi).forms({
        limit: LIMIT,
        ...(this.next === undefined ? {} : { cursor: this.next }),
      });
      this.forms = [...this.forms, ...forms];
      this.next = nextCursor;
    } catch (error) {
      this.error = error;
    }
  };

  readonly #create = (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const title = String(new FormData(event.target as HTMLFormElement).get("title")).trim();
    return this.attempt(async () => {
      const id = `form-${crypto.randomUUID().slice(0, 8)}`;
      await client(workflowApi).saveForm({ id, title, form: { type: "default", id, components: [] }, revision: 0 });
      history.pushState({}, "", pageAddress(EDIT, { form: id }));
      dispatchEvent(new PopStateEvent("popstate"));
    }, "");
  };
}
