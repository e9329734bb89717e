import { type Field, storageApi } from "@jinshui/contracts";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { departmentTitles } from "../directory.js";
import { local, t } from "../texts/text.js";
import { type KnownCollection, recordTitle, siblingOf } from "./known-collection.js";

interface Choice {
  value: string;
  title: string;
}

/** What a list is narrowed to. */
export interface Asked {
  search: string;
  filter: Record<string, string>;
  removed: boolean;
}

/** How many records a filter of references offers. */
const OFFERED = 200;

/** Search and filters above a list. Fires `asked` with all of them. */
@customElement("ji-list-filters")
export class ListFilters extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      form {
        display: flex;
        gap: 8px;
        padding: 8px 12px;
        border-bottom: 1px solid var(--ji-rule);
        flex-wrap: wrap;
        align-items: center;
      }
      .search {
        width: 260px;
        max-width: 100%;
      }
      select {
        max-width: 100%;
      }
      .button[aria-pressed="true"] {
        background: var(--ji-brand-tint);
        border-color: var(--ji-brand);
        color: var(--ji-brand);
      }
    `,
  ];
  @property({ attribute: false }) known: KnownCollection | undefined;
  @property({ attribute: false }) asked: Asked = { search: "", filter: {}, removed: false };
  @state() private choices: ReadonlyMap<string, Choice[]> = new Map();

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("known") && this.known) void this.#offer(this.known);
  }

  override render(): TemplateResult | typeof nothing {
    const { known, asked } = this;
    if (!known) return nothing;
    const { display, fields } = known.definition;
    const searched = (display.search ?? [display.title])
      .slice(0, 3)
      .map((name) => local(fields[name]?.title))
      .join("、");
    const searches = t("list.search", { fields: searched });
    return html`<form role="search" @submit=${this.#submitted}>
      <input
        class="input search"
        type="search"
        name="search"
        placeholder=${searches}
        aria-label=${searches}
        .value=${asked.search}
      />
      ${filtered(known).map(([name, field]) => this.#filter(name, field))}
      <button class="button" type="submit">${t("action.search")}</button>
      ${known.writable ? html`<button class="button" type="button" aria-pressed=${asked.removed} @click=${() => this.#ask({ removed: !asked.removed })}>${t("list.removed")}</button>` : nothing}
    </form>`;
  }

  #filter(name: string, field: Field): TemplateResult {
    const chosen = this.asked.filter[name] ?? "";
    return html`<select
      class="input"
      aria-label=${local(field.title)}
      @change=${({ target }: Event) => this.#filterBy(name, (target as HTMLSelectElement).value)}
    >
      <option value="">${local(field.title)}：${t("list.all")}</option>
      ${(this.choices.get(name) ?? []).map(({ value, title }) => html`<option value=${value} ?selected=${value === chosen}>${title}</option>`)}
    </select>`;
  }

  #submitted(event: SubmitEvent): void {
    event.preventDefault();
    this.#ask({ search: (new FormData(event.target as HTMLFormElement).get("search") as string).trim() });
  }

  #filterBy(name: string, value: string): void {
    const { [name]: _gone, ...others } = this.asked.filter;
    this.#ask({ filter: value === "" ? others : { ...others, [name]: value } });
  }

  #ask(change: Partial<Asked>): void {
    this.dispatchEvent(new CustomEvent("asked", { detail: { ...this.asked, ...change } }));
  }

  async #offer(known: KnownCollection): Promise<void> {
    const offers = filtered(known).map(async ([name, field]): Promise<[string, Choice[]]> => [
      name,
      await choicesOf(known, field).catch(() => []),
    ]);
    this.choices = new Map(await Promise.all(offers));
  }
}

/** Fields with a filter that this person may use: nothing is told of what is hidden or masked. */
function filtered({ definition, fields }: KnownCollection): [string, Field][] {
  return (definition.display.filters ?? [])
    .filter((name) => !fields.hidden.includes(name) && !fields.masked.includes(name))
    .map((name): [string, Field | undefined] => [name, definition.fields[name]])
    .filter((entry): entry is [string, Field] => entry[1] !== undefined);
}

async function choicesOf(known: KnownCollection, field: Field): Promise<Choice[]> {
  switch (field.type) {
    case "department":
      return [...(await departmentTitles())].map(([value, title]) => ({ value, title }));
    case "boolean":
      return [
        { value: "true", title: t("value.yes") },
        { value: "false", title: t("value.no") },
      ];
    case "reference": {
      const target = siblingOf(known, field.collection);
      if (!target) return [];
      const { records } = await client(storageApi).find({ collection: target.id, limit: OFFERED, total: "none" });
      return records.map(({ id, values }) => ({ value: id, title: recordTitle(target, values) }));
    }
    default:
      return (field.options ?? []).map(({ value, title }) => ({ value, title: local(title) }));
  }
}
