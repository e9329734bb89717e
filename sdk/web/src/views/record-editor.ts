import { type Field, storageApi, type StoredRecord } from "@jinshui/contracts";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { departmentTitles } from "../directory.js";
import type { AttachmentList } from "../elements/attachment-list.js";
import { fieldTemplate } from "../form/fields.js";
import type { Choice } from "../form/pickers.js";
import { fieldProblems } from "../texts/field-problems.js";
import { local, t } from "../texts/text.js";
import { fieldSpec, lockedHint } from "./field-spec.js";
import { fieldFact, fieldText } from "./field-value.js";
import { type KnownCollection, visibleFields } from "./known-collection.js";
import { type Names, NO_NAMES } from "./names.js";

/**
 * Enters or changes a record. What this person may not write is shown and can't be changed; only what was entered is sent.
 * Fires `saved` with the record, or `closed`.
 */
@customElement("ji-record-editor")
export class RecordEditor extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      .grid {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(240px, 1fr));
        gap: 4px 16px;
      }
      .grid > * {
        min-width: 0;
        width: 100%;
      }
      .grid > .wide {
        grid-column: 1 / -1;
      }
      .label {
        font-size: 13px;
        color: var(--ji-text-2);
        font-weight: 500;
        margin: 6px 0 2px;
      }
      vaadin-text-field,
      vaadin-text-area,
      vaadin-number-field,
      vaadin-combo-box,
      vaadin-date-picker,
      vaadin-date-time-picker {
        width: 100%;
      }
      .actions {
        display: flex;
        gap: 8px;
        margin-top: 12px;
      }
    `,
  ];
  @property({ attribute: false }) known: KnownCollection | undefined;
  @property({ attribute: false }) record: StoredRecord | undefined;
  /** What a new record has from the start and its form does not ask for. */
  @property({ attribute: false }) given: Record<string, unknown> = {};
  @property({ attribute: false }) names: Names = NO_NAMES;
  /** Without a card around it. */
  @property({ type: Boolean }) bare = false;
  @state() private entered: Record<string, unknown> = {};
  @state() private problems: Record<string, string> = {};
  @state() private error: unknown;
  @state() private saving = false;
  @state() private departments: ReadonlyMap<string, string> = new Map();
  /** Records and people as pickers know them, by id. */
  readonly #picked = new Map<string, Choice>();
  #key = crypto.randomUUID();

  override willUpdate(changed: PropertyValues<this>): void {
    const fields = Object.values(this.known?.definition.fields ?? {});
    if (changed.has("known") && fields.some(({ type }) => type === "department"))
      void departmentTitles().then((titles) => (this.departments = titles));
  }

  override render(): TemplateResult | typeof nothing {
    const { known } = this;
    if (!known) return nothing;
    const body = html`<ji-error .error=${this.error}></ji-error>
      <div class="grid">
        ${visibleFields(known)
          .filter(([name]) => !(name in this.given))
          .map(([name, field]) => this.#field(known, name, field))}
      </div>
      <div class="actions">
        <button class="button primary" ?disabled=${this.saving} @click=${this.#save}>${t("action.save")}</button
        ><button class="button" @click=${() => this.dispatchEvent(new Event("closed"))}>${t("action.cancel")}</button>
      </div>`;
    return this.bare
      ? body
      : html`<section class="card">
          <h2>${t(this.record ? "action.edit" : "action.new")}${local(known.definition.title)}</h2>
          <div class="body">${body}</div>
        </section>`;
  }

  #field(known: KnownCollection, name: string, field: Field): TemplateResult | typeof nothing {
    if (field.type === "json" || known.fields.locked.includes(name)) return this.#fact(name, field);
    const spec = fieldSpec(known, name, field, this.departments);
    const isMasked = this.record?.masked?.includes(name) === true;
    const drawn = isMasked ? { ...spec, required: false, ...maskedTexts(this.record?.values[name]) } : spec;
    const value = isMasked ? this.entered[name] : this.#value(name, field);
    const shown = spec.kind === "record" || spec.kind === "person" ? this.#pick(field, value) : value;
    return html`<div class=${spec.kind === "attachments" || spec.kind === "multiline" ? "wide" : ""}>
      ${fieldTemplate(drawn, shown, this.problems[name], (input) => this.#enter(name, input, isMasked))}
    </div>`;
  }

  /** What can't be written here; of a new record only what it will have by itself. */
  #fact(name: string, field: Field): TemplateResult | typeof nothing {
    const value = this.record ? this.record.values[name] : field.default;
    const isNumbered = !this.record && field.type === "serial";
    if (field.type === "json" || field.type === "attachments")
      return value === undefined
        ? nothing
        : html`<div class="wide">
            <div class="label">${local(field.title)}</div>
            ${fieldFact(field, value, this.names, false)}
          </div>`;
    if (!this.record && !isNumbered && value === undefined) return nothing;
    const spec = { key: name, label: local(field.title), required: false, help: lockedHint(field) };
    const said = isNumbered ? t("field.serial") : fieldText(field, value, this.names) || t("value.none");
    return html`<div>${fieldTemplate({ ...spec, kind: "fact" }, said, undefined, () => undefined)}</div>`;
  }

  #value(name: string, field: Field): unknown {
    return name in this.entered
      ? this.entered[name]
      : (this.record?.values[name] ?? (this.record ? undefined : field.default));
  }

  /** A picker compares what it has with what it is given, so an id always is the same object. */
  #pick(field: Field, value: unknown): Choice | undefined {
    if (typeof value !== "string") return undefined;
    const known = this.#picked.get(value);
    if (known) return known;
    const picked = { id: value, title: fieldText(field, value, this.names) };
    this.#picked.set(value, picked);
    return picked;
  }

  #enter(name: string, input: unknown, isMasked: boolean): void {
    const { [name]: _before, ...others } = this.entered;
    // an empty field leaves a masked value as it is
    if (isMasked && input === undefined) this.entered = others;
    else this.entered = { ...others, [name]: this.#plain(input) };
    const { [name]: _gone, ...problems } = this.problems;
    this.problems = problems;
    this.#key = crypto.randomUUID();
  }

  #plain(input: unknown): unknown {
    if (!isPicked(input)) return input ?? null;
    this.#picked.set(input.id, input);
    return input.id;
  }

  async #save(): Promise<void> {
    const { known, record } = this;
    if (!known) return;
    const busy = [...this.renderRoot.querySelectorAll<AttachmentList>("ji-attachments")].filter((list) => list.busy);
    this.problems = Object.fromEntries(busy.map(({ id }) => [id, t("field.uploading")]));
    if (busy.length > 0) return;
    this.saving = true;
    const storage = client(storageApi);
    const options = { idempotencyKey: this.#key };
    const collection = known.id;
    try {
      const saved = record
        ? await storage.update({ collection, id: record.id, version: record.version, values: this.entered }, options)
        : await storage.insert({ collection, values: { ...this.given, ...this.entered } }, options);
      this.error = undefined;
      this.dispatchEvent(new CustomEvent("saved", { detail: saved }));
    } catch (error) {
      this.error = error;
      this.problems = fieldProblems(error);
    } finally {
      this.saving = false;
    }
    const [first] = Object.keys(this.problems);
    if (first === undefined) return;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`#${CSS.escape(first)}`)?.focus();
  }
}

function maskedTexts(value: unknown): { help: string; placeholder: string } {
  return { help: t("field.keepsMasked", { value }), placeholder: String(value) };
}

function isPicked(input: unknown): input is Choice {
  return typeof input === "object" && input !== null && "id" in input && "title" in input;
}
