import {
  type CollectionDefinition,
  type Field,
  isJinshuiError,
  storageApi,
  type StoredRecord,
} from "@jinshui/contracts";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { fieldTemplate, type FieldSpec } from "../form/fields.js";
import { local, t } from "../texts/text.js";

const KIND: Partial<Record<Field["type"], FieldSpec["kind"]>> = {
  text: "multiline",
  integer: "number",
  money: "money",
  boolean: "checkbox",
  date: "date",
  datetime: "datetime",
  enum: "choice",
};

/** Enters or changes a record; fields that processes keep are not offered. Fires `saved` with the record, or `closed`. */
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
      vaadin-text-field,
      vaadin-text-area,
      vaadin-number-field,
      vaadin-combo-box,
      vaadin-date-picker {
        width: 100%;
      }
      .actions {
        display: flex;
        gap: 8px;
        margin-top: 12px;
      }
    `,
  ];
  @property() collection = "";
  @property({ attribute: false }) definition: CollectionDefinition | undefined;
  @property({ attribute: false }) record: StoredRecord | undefined;
  /** Without a card around it. */
  @property({ type: Boolean }) bare = false;
  @state() private entered: Record<string, unknown> = {};
  @state() private problems: Record<string, string> = {};
  @state() private error: unknown;
  @state() private saving = false;
  #key = crypto.randomUUID();

  override render(): TemplateResult {
    const fields = Object.entries(this.definition?.fields ?? {}).filter(
      ([, field]) => field.writableBy !== "plugin" && field.type !== "json",
    );
    const body = html`<ji-error .error=${this.error}></ji-error>
      <div class="grid">
        ${fields.map(([name, field]) => html`<div>${fieldTemplate(this.#spec(name, field), this.#value(name, field), this.problems[name], (value) => this.#enter(name, value))}</div>`)}
      </div>
      <div class="actions">
        <button class="button primary" ?disabled=${this.saving} @click=${this.#save}>${t("action.save")}</button
        ><button class="button" @click=${() => this.dispatchEvent(new Event("closed"))}>${t("action.cancel")}</button>
      </div>`;
    return this.bare
      ? body
      : html`<section class="card">
            <h2>${t(this.record ? "action.edit" : "action.new")}${local(this.definition?.title)}</h2>
            <div class="body">${body}</div>
          </section>
          ${nothing}`;
  }

  #spec(name: string, field: Field): FieldSpec {
    return {
      key: name,
      label: local(field.title),
      kind: KIND[field.type] ?? "text",
      required: field.required === true,
      help: field.pattern ? local(field.pattern.message) : local(field.description),
      options: (field.options ?? []).map(({ value, title }) => ({ value, label: local(title) })),
      maxLength: field.maxLength,
    };
  }

  #value(name: string, field: Field): unknown {
    return name in this.entered
      ? this.entered[name]
      : (this.record?.values[name] ?? (this.record ? undefined : field.default));
  }

  #enter(name: string, value: unknown): void {
    this.entered = { ...this.entered, [name]: value ?? null };
    const { [name]: _gone, ...others } = this.problems;
    this.problems = others;
    this.#key = crypto.randomUUID();
  }

  async #save(): Promise<void> {
    this.saving = true;
    const storage = client(storageApi);
    const options = { idempotencyKey: this.#key };
    try {
      const saved = this.record
        ? await storage.update(
            { collection: this.collection, id: this.record.id, version: this.record.version, values: this.entered },
            options,
          )
        : await storage.insert({ collection: this.collection, values: this.entered }, options);
      this.dispatchEvent(new CustomEvent("saved", { detail: saved }));
    } catch (error) {
      this.error = error;
      const fields =
        isJinshuiError(error) && Array.isArray(error.details?.["fields"])
          ? (error.details["fields"] as { field: string; code?: string; params?: Record<string, string> }[])
          : [];
      this.problems = Object.fromEntries(
        fields
          .filter(({ code }) => code !== undefined)
          .map(({ field, code, params }) => [
            field,
            t(`problem.${code}`, {
              ...params,
              ...(params?.["type"] === undefined ? {} : { type: t(`type.${params["type"]}`) }),
            }),
          ]),
      );
    } finally {
      this.saving = false;
    }
  }
}
