import { type Contributions, type DefinitionSummary, type Profile, supervisorApi } from "@jinshui/contracts";
import { announce, client, controls, describeError, JinshuiElement, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { paletteEntries, readStartable } from "./palette-entries.js";
import { found, type PaletteEntry, type Sounds } from "./palette-search.js";

/** Texts whose sounds are asked for at a time. */
const BATCH = 200;

/** One box for every page and command: Ctrl+K opens it, letters narrow it down (also pinyin), Enter does it. */
@customElement("ji-palette")
export class Palette extends JinshuiElement {
  static override styles = [
    controls,
    css`
      dialog {
        width: min(560px, calc(100vw - 24px));
        margin-top: 12vh;
        padding: 0;
        border: 1px solid var(--ji-rule);
        border-radius: var(--ji-card-radius);
        background: var(--ji-surface);
        color: var(--ji-text);
        box-shadow: var(--ji-float);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 40%);
      }
      input {
        width: 100%;
        height: 44px;
        padding: 0 16px;
        border: 0;
        border-bottom: 1px solid var(--ji-rule);
        background: none;
        color: inherit;
        font: inherit;
      }
      input:focus-visible {
        outline-offset: -2px;
      }
      [role="listbox"] {
        padding: 4px;
        max-height: 50vh;
        overflow: auto;
      }
      button {
        display: flex;
        justify-content: space-between;
        gap: 12px;
        width: 100%;
        padding: 8px 12px;
        border: 0;
        background: none;
        color: inherit;
        text-align: left;
        border-radius: var(--ji-radius);
      }
      button:hover {
        background: var(--ji-surface-2);
      }
      button[aria-selected="true"] {
        background: var(--ji-brand-tint);
        color: var(--ji-brand);
      }
      p {
        margin: 0;
        padding: 12px 16px;
      }
    `,
  ];
  @property({ attribute: false }) profile: Profile | undefined;
  @property({ attribute: false }) contributions: Contributions = { revision: "", plugins: [] };
  @property({ type: Boolean }) federated = false;
  @state() private text = "";
  @state() private selected = 0;
  @state() private startable: DefinitionSummary[] = [];
  @query("dialog") private dialog!: HTMLDialogElement;
  @query("input") private input!: HTMLInputElement;
  readonly #sounds = new Map<string, Sounds>();

  readonly #pressed = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (this.dialog.open) this.dialog.close();
    else this.open();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.#pressed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.#pressed);
  }

  /** Shows it, with everything there is. */
  open(): void {
    this.text = "";
    this.selected = 0;
    this.input.value = "";
    this.dialog.showModal();
    void this.#read();
  }

  override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    this.renderRoot.querySelector("[aria-selected='true']")?.scrollIntoView({ block: "nearest" });
  }

  override render(): TemplateResult {
    const matches = this.#matches();
    return html`<dialog aria-label=${t("palette.title")} closedby="any">
      <input
        role="combobox"
        aria-label=${t("palette.title")}
        aria-controls="found"
        aria-expanded="true"
        aria-autocomplete="list"
        aria-activedescendant=${matches.length > 0 ? `entry-${this.selected}` : nothing}
        placeholder=${t("palette.hint")}
        autocomplete="off"
        spellcheck="false"
        @input=${() => ((this.text = this.input.value), (this.selected = 0))}
        @keydown=${this.#key}
      />
      <div id="found" role="listbox" aria-label=${t("palette.found")} ?hidden=${matches.length === 0}>
        ${matches.map(
          (entry, index) =>
            html`<button
              id="entry-${index}"
              role="option"
              tabindex="-1"
              aria-selected=${index === this.selected}
              @click=${() => void this.#act(entry)}
            >
              <span>${entry.title}</span><span class="quiet small">${entry.hint}</span>
            </button>`,
        )}
      </div>
      <p class="quiet" role="status" ?hidden=${matches.length > 0}>
        ${matches.length > 0 ? nothing : t("palette.none")}
      </p>
    </dialog>`;
  }

  #entries(): PaletteEntry[] {
    return paletteEntries(this.profile, this.contributions, this.federated, this.startable);
  }

  #matches(): PaletteEntry[] {
    return found(this.#entries(), this.text, (title) => this.#sounds.get(title));
  }

  #key(event: KeyboardEvent): void {
    const matches = this.#matches();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    // an input method still composes: its keys are its own
    if (event.isComposing || matches.length === 0) return;
    if (step !== undefined) {
      event.preventDefault();
      this.selected = (this.selected + step + matches.length) % matches.length;
    }
    if (event.key === "Enter") {
      event.preventDefault();
      void this.#act(matches[this.selected]);
    }
  }

  async #act(entry: PaletteEntry | undefined): Promise<void> {
    if (!entry) return;
    this.dialog.close();
    try {
      await entry.act();
    } catch (error) {
      console.error(`command ${entry.key} failed`, error);
      const { message, advice } = describeError(error);
      announce(`${entry.title}：${message}${advice === "" ? "" : `。${advice}`}`);
    }
  }

  /** What can be started, and how titles sound that were not asked for yet. */
  async #read(): Promise<void> {
    this.startable = await readStartable();
    const texts = [...new Set(this.#entries().map(({ title }) => title))].filter((text) => !this.#sounds.has(text));
    for (let from = 0; from < texts.length; from += BATCH) {
      const batch = texts.slice(from, from + BATCH);
      // without sounds words are found all the same
      const answer = await client(supervisorApi)
        .pinyin({ texts: batch })
        .catch(() => undefined);
      for (const [index, sounds] of answer?.sounds.entries() ?? []) this.#sounds.set(batch[index] ?? "", sounds);
    }
    this.requestUpdate();
  }
}
