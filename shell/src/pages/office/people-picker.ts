import { type Colleague, workflowApi } from "@jinshui/contracts";
import { client, controls, JinshuiElement, t } from "@jinshui/web";
import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

/** Colleagues to choose from by name or pinyin: one, or several where `many` is set. */
@customElement("ji-people-picker")
export class PeoplePicker extends JinshuiElement {
  static override styles = [
    controls,
    css`
      fieldset {
        border: 0;
        margin: 0;
        padding: 0;
        display: grid;
        gap: 6px;
        min-width: 0;
      }
      legend {
        padding: 0;
        font-size: var(--ji-small);
        color: var(--ji-text-2);
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 4px;
        max-height: 200px;
        overflow-y: auto;
        border: 1px solid var(--ji-rule);
        border-radius: var(--ji-radius);
      }
      li label {
        display: flex;
        gap: 8px;
        align-items: center;
        min-height: 28px;
        padding: 0 4px;
      }
    `,
  ];
  @property() taskId = "";
  @property() label = "";
  /** Only who can do the task. */
  @property({ type: Boolean }) able = false;
  @property({ type: Boolean }) many = false;
  @state() private found: Colleague[] = [];
  @state() private chosen: Colleague[] = [];
  @state() private loading = true;
  @state() private error: unknown;
  #search = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Ids of those chosen. */
  get people(): string[] {
    return this.chosen.map(({ id }) => id);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("taskId") && !changed.has("able") && !changed.has("many")) return;
    this.chosen = [];
    this.#search = "";
    if (this.taskId !== "") void this.#load();
  }

  override render(): TemplateResult {
    // who has been chosen stays in sight whatever is searched for
    const others = this.found.filter(({ id }) => !this.chosen.some((one) => one.id === id));
    const shown = [...this.chosen, ...others];
    return html`<fieldset>
        <legend>${this.label}</legend>
        <input
          class="input"
          type="search"
          aria-label=${t("office.find")}
          placeholder=${t("office.find")}
          @input=${this.#typed}
          @keydown=${(event: KeyboardEvent) => event.key === "Enter" && event.preventDefault()}
        />
        ${
          shown.length === 0
            ? html`<p class="quiet">${t(this.loading ? "list.loading" : "office.nobody")}</p>`
            : html`<ul>
                ${shown.map(
                  (person) =>
                    html`<li>
                      <label
                        ><input
                          type=${this.many ? "checkbox" : "radio"}
                          name="person"
                          .checked=${this.people.includes(person.id)}
                          @change=${() => this.#toggle(person)}
                        />${person.name}<span class="quiet">${person.department ?? ""}</span></label
                      >
                    </li>`,
                )}
              </ul>`
        }
      </fieldset>
      <ji-error .error=${this.error}></ji-error>`;
  }

  readonly #typed = (event: Event): void => {
    this.#search = (event.target as HTMLInputElement).value.trim();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(), 200);
  };

  #toggle(person: Colleague): void {
    const others = this.chosen.filter(({ id }) => id !== person.id);
    if (!this.many) this.chosen = [person];
    else this.chosen = others.length < this.chosen.length ? others : [...this.chosen, person];
    this.dispatchEvent(new Event("change"));
  }

  async #load(): Promise<void> {
    const search = this.#search;
    try {
      const { people } = await client(workflowApi).colleagues({
        id: this.taskId,
        limit: 50,
        ...(search === "" ? {} : { search }),
        ...(this.able ? { able: true } : {}),
      });
      if (search !== this.#search) return;
      this.found = people;
      this.error = undefined;
    } catch (error) {
      this.error = error;
    } finally {
      this.loading = false;
    }
  }
}
