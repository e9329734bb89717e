import { type Field, type RecordChange, storageApi, type StoredRecord } from "@jinshui/contracts";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { client } from "../api-client.js";
import { block, JinshuiElement } from "../base-element.js";
import { announce } from "../elements/messages.js";
import { confirmed } from "../elements/question.js";
import { controls } from "../controls.js";
import type { LiveEvent } from "../live-events.js";
import { dateTime } from "../texts/format.js";
import { local, t } from "../texts/text.js";
import { fieldFact, fieldText } from "./field-value.js";
import { type KnownCollection, recordTitle, visibleFields } from "./known-collection.js";
import { type Child, childLists, childStyles, namesOfChildren } from "./child-lists.js";
import { type Names, namesOf, NO_NAMES } from "./names.js";
import { readRecord } from "./read-record.js";
import type { RecordEditor } from "./record-editor.js";
import "./record-editor.js";

/** One record beside its list: facts in sections, who changed what, and the way to change it. */
@customElement("ji-record-panel")
export class RecordPanel extends JinshuiElement {
  static override styles = [
    controls,
    block,
    childStyles,
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
      details {
        white-space: normal;
      }
      .then {
        display: flex;
        justify-content: space-between;
        align-items: center;
        gap: 8px;
        margin: 0 0 12px;
        padding: 6px 10px;
        border-radius: var(--ji-radius);
        background: var(--ji-warn-tint);
        color: var(--ji-warn);
      }
      li button.plain {
        min-height: 24px;
        font-size: 13px;
      }
      pre {
        margin: 4px 0 0;
        padding: 8px;
        max-height: 240px;
        overflow: auto;
        background: var(--ji-surface-2);
        border: 1px solid var(--ji-rule);
        font-size: 12px;
        line-height: 18px;
      }
      .actions {
        display: flex;
        gap: 8px;
        margin-top: 12px;
      }
    `,
  ];
  @property({ attribute: false }) known: KnownCollection | undefined;
  @property() recordId = "";
  /** Title of the record in whose place this one is shown. */
  @property() within = "";
  /** The record is one that was removed. */
  @property({ type: Boolean }) removed = false;
  @state() private record: StoredRecord | undefined;
  @state() private changes: RecordChange[] = [];
  @state() private editing = false;
  @state() private error: unknown;
  @state() private names: Names = NO_NAMES;

  /** The record as it was at a time, looked at in its place. */
  @state() private then: { at: string; record: StoredRecord; names: Names } | undefined;
  @state() private child: Child | undefined;
  @state() private childNames: ReadonlyMap<string, Names> = new Map();
  @query("ji-record-editor") private editor!: RecordEditor | null;
  @query("ji-record-panel") private below!: RecordPanel | null;

  /** Whether something that was typed would be lost with what is shown. */
  get dirty(): boolean {
    return this.editor?.dirty === true || this.below?.dirty === true;
  }

  protected override onHint({ name, data }: LiveEvent): void {
    const [plugin = "", collection = ""] = this.known?.id.split(".") ?? [];
    if (name === `${plugin}.${collection}-changed` && data["id"] === this.recordId && !this.editing && !this.child)
      void this.#load();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("recordId") || changed.has("removed")) {
      this.editing = false;
      this.child = this.record = this.then = undefined;
      void this.#load();
    }
  }

  override render(): TemplateResult {
    const { known, record, child } = this;
    const title = known && record ? recordTitle(known, record.values) : "";
    if (child && record) return this.#below(child);
    return html`<section class="card" aria-label=${title}>
      <h2>
        <span>${title}${this.removed ? html` <span class="badge error">${t("list.removed")}</span>` : nothing}</span
        ><button class="button plain" @click=${() => this.dispatchEvent(new Event("closed"))}>
          ${t(this.within === "" ? "action.close" : "record.back", { title: this.within })}
        </button>
      </h2>
      <div class="body">
        <ji-error .error=${this.error}></ji-error>
        ${known && record ? this.#body(known, record) : nothing}
      </div>
    </section>`;
  }

  #body(known: KnownCollection, record: StoredRecord): TemplateResult {
    if (this.editing) return this.#editor(known, record);
    return this.then ? this.#asOf(known, this.then) : this.#facts(known, record);
  }

  #asOf(
    known: KnownCollection,
    { at, record, names }: { at: string; record: StoredRecord; names: Names },
  ): TemplateResult {
    return html`<div class="then" role="status" tabindex="-1">
        <span>${t("record.thenTitle", { at: dateTime(at) })}</span
        ><button class="button" @click=${() => (this.then = undefined)}>${t("record.now")}</button>
      </div>
      ${this.#sections(known, record, names)}`;
  }

  /** A record of another collection that belongs to this one, in its place. */
  #below({ known, id, given }: Child): TemplateResult {
    const back = (): void => {
      this.child = undefined;
      void this.#load();
    };
    const saved = ({ detail }: CustomEvent<StoredRecord>): void => {
      back();
      announce(t("record.saved", { title: recordTitle(known, detail.values) }));
    };
    return id === undefined
      ? html`<ji-record-editor .known=${known} .given=${given} @closed=${back} @saved=${saved}></ji-record-editor>`
      : html`<ji-record-panel
          .known=${known}
          .recordId=${id}
          within=${this.known && this.record ? recordTitle(this.known, this.record.values) : ""}
          @closed=${back}
        ></ji-record-panel>`;
  }

  #editor(known: KnownCollection, record: StoredRecord): TemplateResult {
    return html`<ji-record-editor
      bare
      .known=${known}
      .record=${record}
      .names=${this.names}
      @closed=${() => (this.editing = false)}
      @saved=${this.#saved}
    ></ji-record-editor>`;
  }

  #facts(known: KnownCollection, record: StoredRecord): TemplateResult {
    return html`${this.#sections(known, record, this.names)}
      ${this.removed ? nothing : childLists(known, record, this.childNames, (child) => (this.child = child))}
      <p class="quiet small">
        ${t("record.created", { by: who(record.createdBy), at: dateTime(record.createdAt) })} ·
        ${t("record.updated", { by: who(record.updatedBy), at: dateTime(record.updatedAt) })}
      </p>
      <h3>${t("record.history")}</h3>
      <ol>
        ${this.changes.map(
          (change, index) =>
            html`<li>
              <span class="quiet">${dateTime(change.at)}</span> ${who(change.by)} ${t(`record.${change.action}`)}
              ${index === 0 || change.action === "remove" ? nothing : html`<button class="button plain" aria-label=${t("record.asOfOf", { at: dateTime(change.at) })} @click=${() => this.#lookBack(known, change.at)}>${t("record.asOf")}</button>`}
              ${change.action === "update" ? html`<br />${change.fields.map((field) => t("record.change", { title: local(field.title), before: this.#text(field.field, field.before), after: this.#text(field.field, field.after) })).join("；")}` : nothing}
            </li>`,
        )}
      </ol>
      ${known.writable ? html`<div class="actions">${this.#actions()}</div>` : nothing}`;
  }

  #sections(known: KnownCollection, record: StoredRecord, names: Names): TemplateResult[] {
    const visible = new Map(visibleFields(known));
    const sections = known.definition.display.sections ?? [
      { title: known.definition.itemTitle ?? known.definition.title, fields: [...visible.keys()] },
    ];
    return sections.map(
      (section) =>
        html`<h3>${local(section.title)}</h3>
          <dl class="facts">${section.fields.map((name) => this.#fact(name, visible.get(name), record, names))}</dl>`,
    );
  }

  /** Reads the record as it was right after a change. */
  async #lookBack(known: KnownCollection, at: string): Promise<void> {
    const { recordId } = this;
    try {
      const record = await client(storageApi).get({ collection: known.id, id: recordId, at });
      const entries = Object.entries(record.values).map(([field, value]) => ({ field, value }));
      const names = await namesOf(known, [record], entries);
      if (recordId !== this.recordId) return;
      this.then = { at, record, names };
      this.error = undefined;
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>(".then")?.focus();
    } catch (error) {
      if (recordId === this.recordId) this.error = error;
    }
  }

  #actions(): TemplateResult {
    return this.removed
      ? html`<button class="button primary" @click=${this.#restore}>${t("record.restoreAction")}</button>`
      : html`<button class="button primary" @click=${() => (this.editing = true)}>${t("action.edit")}</button
          ><button class="button danger" @click=${this.#remove}>${t("action.remove")}</button>`;
  }

  /** The space in a fact is kept, so that there must be none around it. */
  #fact(name: string, field: Field | undefined, record: StoredRecord, names: Names): TemplateResult | typeof nothing {
    if (!field) return nothing;
    const fact = fieldFact(field, record.values[name], names, record.masked?.includes(name) === true);
    return html`<div>
      <dt>${local(field.title)}</dt>
      <dd>${fact}</dd>
    </div>`;
  }

  #text(field: string, value: unknown): string {
    return fieldText(this.known?.definition.fields[field], value, this.names) || t("value.none");
  }

  #saved(event: CustomEvent<StoredRecord>): void {
    this.editing = false;
    this.record = event.detail;
    void this.#load();
    this.#announce("record.saved", event.detail);
    this.dispatchEvent(new Event("changed"));
  }

  #announce(key: string, { values }: StoredRecord): void {
    if (this.known) announce(t(key, { title: recordTitle(this.known, values) }));
  }

  async #remove(): Promise<void> {
    const { record, known } = this;
    if (!record || !known) return;
    const title = recordTitle(known, record.values);
    const question = { title: t("record.removeTitle"), text: t("record.confirmRemove", { title }) };
    if (!(await confirmed({ ...question, action: t("action.remove") }))) return;
    try {
      await client(storageApi).remove({ collection: known.id, id: record.id, version: record.version });
      this.#announce("record.removedNow", record);
      this.dispatchEvent(new Event("changed"));
      this.dispatchEvent(new Event("closed"));
    } catch (error) {
      this.error = error;
    }
  }

  async #restore(): Promise<void> {
    const { record, known } = this;
    if (!record || !known) return;
    try {
      await client(storageApi).restore({ collection: known.id, id: record.id, version: record.version });
      this.#announce("record.restoredNow", record);
      this.dispatchEvent(new Event("restored"));
    } catch (error) {
      this.error = error;
    }
  }

  async #load(): Promise<void> {
    const { known, recordId } = this;
    if (!known) return;
    const wanted = { collection: known.id, id: recordId };
    try {
      const storage = client(storageApi);
      const [record, { changes }] = await Promise.all([
        readRecord(known, recordId, this.removed),
        storage.history({ ...wanted, limit: 30 }),
      ]);
      const changed = changes.flatMap(({ fields }) =>
        fields.flatMap(({ field, before, after }) => [
          { field, value: before },
          { field, value: after },
        ]),
      );
      const names = await namesOf(known, [record], changed);
      const childNames = await namesOfChildren(known, record);
      if (recordId !== this.recordId) return;
      this.names = names;
      this.childNames = childNames;
      this.record = record;
      this.changes = changes;
      this.error = undefined;
      this.dispatchEvent(new CustomEvent("shown", { detail: recordTitle(known, record.values) }));
    } catch (error) {
      if (recordId === this.recordId) this.error = error;
    }
  }
}

/** Names of plugins are no names of people. */
function who({ id, name }: { id: string; name: string }): string {
  return id.startsWith("plugin:") ? t("record.process") : name;
}
