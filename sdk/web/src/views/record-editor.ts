import { type Field, storageApi, type StoredRecord } from "@jinshui/contracts";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { departmentTitles } from "../directory.js";
import type { AttachmentList } from "../elements/attachment-list.js";
import { entryProblem, fieldTemplate } from "../form/fields.js";
import type { Choice } from "../form/pickers.js";
import { fieldProblems } from "../texts/field-problems.js";
import { local, t } from "../texts/text.js";
import { fieldSpec, lockedHint } from "./field-spec.js";
import { fieldFact, fieldText } from "./field-value.js";
import { type KnownCollection, visibleFields } from "./known-collection.js";
import { type Names, namesOf, NO_NAMES } from "./names.js";
import { readRecord } from "./read-record.js";
import { type Conflict, conflictOf, conflictTemplate } from "./record-conflict.js";

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
      .conflict {
        border: 1px solid var(--ji-warn);
        background: var(--ji-warn-tint);
        border-radius: var(--ji-radius);
        padding: 8px 12px;
        margin-bottom: 8px;
      }
      .conflict strong {
        color: var(--ji-warn);
      }
      .conflict p {
        margin: 4px 0;
      }
      .conflict dl {
        margin: 0;
      }
      .conflict dt {
        font-weight: 600;
        margin-top: 4px;
      }
      .conflict dd {
        margin: 0;
        overflow-wrap: anywhere;
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
  /** The record as it is known now: after a conflict another than that which was opened. */
  @state() private base: StoredRecord | undefined;
  @state() private conflict: Conflict | undefined;
  #key = crypto.randomUUID();

  /** Whether something would be lost with this editor. */
  get dirty(): boolean {
    return Object.keys(this.entered).length > 0;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("record")) this.base = this.record;
    const fields = Object.values(this.known?.definition.fields ?? {});
    if (changed.has("known") && fields.some(({ type }) => type === "department"))
      void departmentTitles().then((titles) => (this.departments = titles));
  }

  override render(): TemplateResult | typeof nothing {
    const { known } = this;
    if (!known) return nothing;
    const body = html`<ji-error .error=${this.error}></ji-error>
      ${this.conflict ? conflictTemplate(known, this.conflict, this.entered, this.names, (field) => this.#giveUp(field)) : nothing}
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
          <h2>
            ${t(this.record ? "record.editOf" : "record.newOf", { title: local(known.definition.itemTitle) }).trim()}
          </h2>
          <div class="body">${body}</div>
        </section>`;
  }

  #field(known: KnownCollection, name: string, field: Field): TemplateResult | typeof nothing {
    if (field.type === "json" || known.fields.locked.includes(name)) return this.#fact(name, field);
    const spec = fieldSpec(known, name, field, this.departments);
    const isMasked = this.base?.masked?.includes(name) === true;
    const drawn = isMasked ? { ...spec, required: false, ...maskedTexts(this.base?.values[name]) } : spec;
    const value = isMasked ? this.entered[name] : this.#value(name, field);
    const shown = spec.kind === "record" || spec.kind === "person" ? this.#pick(field, value) : value;
    return html`<div class=${spec.kind === "attachments" || spec.kind === "multiline" ? "wide" : ""}>
      ${fieldTemplate(drawn, shown, this.problems[name], (input) => this.#enter(name, input, isMasked))}
    </div>`;
  }

  /** What can't be written here; of a new record only what it will have by itself. */
  #fact(name: string, field: Field): TemplateResult | typeof nothing {
    const value = this.base ? this.base.values[name] : field.default;
    const isNumbered = !this.base && field.type === "serial";
    if (field.type === "json" || field.type === "attachments")
      return value === undefined
        ? nothing
        : html`<div class="wide">
            <div class="label">${local(field.title)}</div>
            ${fieldFact(field, value, this.names, false)}
          </div>`;
    if (!this.base && !isNumbered && value === undefined) return nothing;
    const spec = { key: name, label: local(field.title), required: false, help: lockedHint(field) };
    const said = isNumbered ? t("field.serial") : fieldText(field, value, this.names) || t("value.none");
    return html`<div>${fieldTemplate({ ...spec, kind: "fact" }, said, undefined, () => undefined)}</div>`;
  }

  #value(name: string, field: Field): unknown {
    return name in this.entered
      ? this.entered[name]
      : (this.base?.values[name] ?? (this.base ? undefined : field.default));
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
    const { known, base: record } = this;
    if (!known) return;
    this.error = undefined;
    this.problems = this.#unready(known);
    if (Object.keys(this.problems).length > 0) return this.#showProblem();
    this.saving = true;
    const storage = client(storageApi);
    const options = { idempotencyKey: this.#key };
    const collection = known.id;
    try {
      const saved = record
        ? await storage.update({ collection, id: record.id, version: record.version, values: this.entered }, options)
        : await storage.insert({ collection, values: { ...this.given, ...this.entered } }, options);
      this.error = this.conflict = undefined;
      this.entered = {};
      this.dispatchEvent(new CustomEvent("saved", { detail: saved }));
    } catch (error) {
      this.conflict = conflictOf(error);
      if (this.conflict) await this.#readAgain(known, record);
      else this.error = error;
      this.problems = fieldProblems(error);
    } finally {
      this.saving = false;
    }
    await this.#showProblem();
  }

  /** What can't be sent yet: files on their way, and texts that are no date. */
  #unready(known: KnownCollection): Record<string, string> {
    const busy = [...this.renderRoot.querySelectorAll<AttachmentList>("ji-attachments")].filter((list) => list.busy);
    const wrong = visibleFields(known).flatMap(([name, field]): [string, string][] => {
      const problem = entryProblem(fieldSpec(known, name, field, this.departments), this.entered[name]);
      return problem === undefined ? [] : [[name, problem]];
    });
    return Object.fromEntries([...busy.map(({ id }): [string, string] => [id, t("field.uploading")]), ...wrong]);
  }

  async #showProblem(): Promise<void> {
    const [first] = Object.keys(this.problems);
    await this.updateComplete;
    const place = this.conflict ? ".conflict" : first === undefined ? undefined : `#${CSS.escape(first)}`;
    if (place !== undefined) this.renderRoot.querySelector<HTMLElement>(place)?.focus();
  }

  /** Saving again then is a change of what is there now; what was typed stays. */
  async #readAgain(known: KnownCollection, record: StoredRecord | undefined): Promise<void> {
    if (!record) return;
    try {
      const fresh = await readRecord(known, record.id);
      this.names = await namesOf(known, [fresh]);
      this.base = fresh;
      this.error = undefined;
      this.#key = crypto.randomUUID();
    } catch (error) {
      this.error = error;
    }
  }

  #giveUp(name: string): void {
    const { [name]: _mine, ...others } = this.entered;
    this.entered = others;
  }
}

function maskedTexts(value: unknown): { help: string; placeholder: string } {
  return { help: t("field.keepsMasked", { value }), placeholder: String(value) };
}

function isPicked(input: unknown): input is Choice {
  return typeof input === "object" && input !== null && "id" in input && "title" in input;
}
