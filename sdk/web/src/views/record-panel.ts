import { type CollectionDefinition, type RecordChange, storageApi, type StoredRecord } from "@jinshui/contracts";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { departmentTitles, peopleNames } from "../directory.js";
import { dateTime } from "../texts/format.js";
import { local, t } from "../texts/text.js";
import { fieldCell, fieldText, type Names } from "./field-value.js";
import "./record-editor.js";

/** One record beside its list: facts in sections, who changed what, and the way to change it. */
@customElement("ji-record-panel")
export class RecordPanel extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      h3 {
        font-size: 13px;
        color: var(--ji-text-2);
        font-weight: 600;
        margin: 12px 0 6px;
      }
      h3:first-child {
        margin-top: 0;
      }
      dl.facts {
        grid-template-columns: 1fr;
        gap: 4px;
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 0;
        font-size: 13px;
      }
      li {
        padding: 6px 0;
        border-bottom: 1px solid var(--ji-rule);
      }
      li:last-child {
        border: 0;
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
  @property() recordId = "";
  @property({ type: Boolean }) writable = false;
  @state() private record: StoredRecord | undefined;
  @state() private changes: RecordChange[] = [];
  @state() private editing = false;
  @state() private error: unknown;
  @state() private names: Names = { people: new Map(), departments: new Map() };

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("recordId")) {
      this.editing = false;
      void this.#load();
    }
  }

  override render(): TemplateResult {
    const { definition, record } = this;
    const title =
      definition && record ? String((record.values[definition.display.title] as string | undefined) ?? "") : "";
    return html`<section class="card" aria-label=${title}>
      <h2>
        <span>${title}</span
        ><button class="button plain" @click=${() => this.dispatchEvent(new Event("closed"))}>
          ${t("action.close")}
        </button>
      </h2>
      <div class="body">
        <ji-error .error=${this.error}></ji-error>
        ${definition && record ? (this.editing ? html`<ji-record-editor bare .collection=${this.collection} .definition=${definition} .record=${record} @closed=${() => (this.editing = false)} @saved=${this.#saved}></ji-record-editor>` : this.#facts(definition, record)) : nothing}
      </div>
    </section>`;
  }

  #facts(definition: CollectionDefinition, record: StoredRecord): TemplateResult {
    const sections = definition.display.sections ?? [
      { title: definition.title, fields: Object.keys(definition.fields) },
    ];
    return html` ${sections.map(
        (section) =>
          html`<h3>${local(section.title)}</h3>
            <dl class="facts">
              ${section.fields.map(
                (name) =>
                  html`<div>
                    <dt>${local(definition.fields[name]?.title)}</dt>
                    <dd>${fieldCell(definition.fields[name], record.values[name], this.names)}</dd>
                  </div>`,
              )}
            </dl>`,
      )}
      <p class="quiet small">
        ${t("record.created", { by: who(record.createdBy), at: dateTime(record.createdAt) })} ·
        ${t("record.updated", { by: who(record.updatedBy), at: dateTime(record.updatedAt) })}
      </p>
      <h3>${t("record.history")}</h3>
      <ol>
        ${this.changes.map(
          (change) =>
            html`<li>
              <span class="quiet">${dateTime(change.at)}</span> ${who(change.by)} ${t(`record.${change.action}`)}
              ${change.action === "update" ? html`<br />${change.fields.map((field) => t("record.change", { title: local(field.title), before: this.#text(field.field, field.before), after: this.#text(field.field, field.after) })).join("；")}` : nothing}
            </li>`,
        )}
      </ol>
      ${this.writable ? html`<div class="actions"><button class="button primary" @click=${() => (this.editing = true)}>${t("action.edit")}</button><button class="button danger" @click=${this.#remove}>${t("action.remove")}</button></div>` : nothing}`;
  }

  #text(field: string, value: unknown): string {
    return fieldText(this.definition?.fields[field], value, this.names) || t("value.none");
  }

  #saved(event: CustomEvent<StoredRecord>): void {
    this.editing = false;
    this.record = event.detail;
    void this.#load();
    this.dispatchEvent(new Event("changed"));
  }

  async #remove(): Promise<void> {
    const { record, definition } = this;
    if (
      !record ||
      !definition ||
      !confirm(
        t("record.confirmRemove", {
          title: String((record.values[definition.display.title] as string | undefined) ?? ""),
        }),
      )
    )
      return;
    try {
      await client(storageApi).remove({ collection: this.collection, id: record.id, version: record.version });
      this.dispatchEvent(new Event("changed"));
      this.dispatchEvent(new Event("closed"));
    } catch (error) {
      this.error = error;
    }
  }

  async #load(): Promise<void> {
    const wanted = { collection: this.collection, id: this.recordId };
    try {
      const storage = client(storageApi);
      const [record, { changes }] = await Promise.all([storage.get(wanted), storage.history({ ...wanted, limit: 30 })]);
      if (wanted.id !== this.recordId) return;
      const people = Object.entries(this.definition?.fields ?? {})
        .filter(([, field]) => field.type === "person")
        .flatMap(([name]) => [
          record.values[name],
          ...changes.flatMap((change) =>
            change.fields.filter(({ field }) => field === name).flatMap(({ before, after }) => [before, after]),
          ),
        ])
        .filter((id) => typeof id === "string");
      this.names = { people: await peopleNames(people), departments: await departmentTitles() };
      this.record = record;
      this.changes = changes;
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }
}

/** Names of plugins are no names of people. */
function who({ id, name }: { id: string; name: string }): string {
  return id.startsWith("plugin:") ? t("record.process") : name;
}
