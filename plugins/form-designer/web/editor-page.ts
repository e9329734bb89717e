import {
  type FormComponent,
  type FormSchema,
  isJinshuiError,
  type OpOutput,
  type WorkflowApi,
  workflowApi,
} from "@jinshui/contracts";
import { client, PluginPage, saveText, shortDateTime, t } from "@jinshui/web";
import { type FormElement, labelOf } from "@jinshui/web/form";
import { html, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { type CanvasActs, canvasTemplate, paletteTemplate } from "./canvas.js";
import { editorStyles } from "./editor-styles.js";
import {
  allKeyed,
  componentAt,
  copyOf,
  insertAt,
  moveTo,
  neighbours,
  type Place,
  removeAt,
  replaceAt,
  withExtension,
} from "./model/edits.js";
import { type FieldKind, newComponent } from "./model/field-kinds.js";
import { fromFormJs, toFormJs } from "./model/form-js.js";
import { UndoStack } from "./model/undo-stack.js";
import { preview } from "./preview.js";
import { printSheet } from "./print-sheet.js";
import { propertiesTemplate, widthName } from "./properties.js";
import { matrixSteps, rightsMatrix } from "./rights-matrix.js";
import "./texts.js";
import { publishCard, versionsCard } from "./versions.js";

const TABS = ["design", "preview", "rights", "versions", "print"] as const;
type Tab = (typeof TABS)[number];
const SAVE_MS = 1_500;
const WIDTHS = [3, 4, 6, 12];
const EMPTY: FormSchema = { type: "default", id: "form", components: [] };

/** Makes one form: fields by mouse or keyboard, their rules by menus, rights by step, and what it comes to. */
export class FormEditorPage extends PluginPage {
  static override styles = [PluginPage.styles, editorStyles];
  @state() private edited = new UndoStack({ title: "", form: EMPTY });
  @state() private chosen: Place | undefined;
  @state() private tab: Tab = "design";
  @state() private step = "";
  @state() private phone = false;
  @state() private said = "";
  @state() private saved = "";
  @state() private read: OpOutput<WorkflowApi, "form"> | undefined;
  /** What the draft is held against: the version that was asked for, else the newest. */
  @state() private base: { version: number; form: FormSchema } | undefined;
  #revision = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> = Promise.resolve();

  protected override async load(query: URLSearchParams): Promise<void> {
    const id = query.get("form") ?? "";
    const read = await client(workflowApi).form({ id });
    if (this.#revision !== read.revision) this.edited = new UndoStack({ title: read.title, form: read.form });
    this.read = read;
    this.#revision = read.revision;
    const [newest] = read.versions;
    this.base = newest && {
      version: newest.version,
      form: (await client(workflowApi).form({ id, version: newest.version })).form,
    };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    void this.#save();
  }

  get #form(): FormSchema {
    return this.edited.value.form;
  }

  override render(): TemplateResult {
    const { edited } = this;
    if (!this.read) return this.head(t("form-designer.title"));
    return html`${this.head(
        edited.value.title,
        html`<span class="quiet" role="status">${this.saved}</span>
          <button class="button" ?disabled=${!edited.canUndo} @click=${() => this.#step("undo")}>
            ${t("form-designer.undo")}
          </button>
          <button class="button" ?disabled=${!edited.canRedo} @click=${() => this.#step("redo")}>
            ${t("form-designer.redo")}
          </button>
          <a class="button" href="/p/form-designer/forms">${t("form-designer.allForms")}</a>
          <button class="button primary" @click=${() => (this.tab = "versions")}>
            ${t("form-designer.toPublish")}
          </button>`,
      )}
      <div class="visually-hidden" role="status" aria-live="polite">${this.said}</div>
      <div class="tabs card" role="group" aria-label=${t("form-designer.parts")}>
        ${TABS.map((tab) => html`<button aria-pressed=${tab === this.tab} @click=${() => (this.tab = tab)}>${t(`form-designer.tab.${tab}`)}</button>`)}
      </div>
      <div @keydown=${this.#shortcut}>${this.#part()}</div>`;
  }

  #part(): TemplateResult {
    switch (this.tab) {
      case "design":
        return this.#design();
      case "preview":
        return preview(
          this.#form,
          matrixSteps(this.read?.processes ?? []),
          { step: this.step, phone: this.phone },
          {
            show: (step) => (this.step = step),
            fold: (phone) => (this.phone = phone),
            check: () => this.renderRoot.querySelector<FormElement>("ji-form")?.validate(),
          },
        );
      case "rights":
        return rightsMatrix(this.#form, matrixSteps(this.read?.processes ?? []), (index, component) =>
          this.#change(replaceAt(this.#form, { index }, component)),
        );
      case "versions":
        return this.#versions();
      case "print":
        return html`<div class="controls">
            <button class="button primary" @click=${() => print()}>${t("form-designer.print")}</button>
          </div>
          ${printSheet(this.edited.value.title, this.#form)}`;
    }
  }

  #design(): TemplateResult {
    const acts = this.#canvasActs();
    const { chosen } = this;
    const component = chosen && componentAt(this.#form, chosen);
    return html`<div class="design">
      ${paletteTemplate(acts)} ${canvasTemplate(this.#form, chosen?.index ?? -1, acts)}
      ${component ? this.#properties(component, chosen) : this.#formPanel()}
    </div>`;
  }

  /** What belongs to the form as a whole. */
  #formPanel(): TemplateResult {
    return html`<section class="card properties" aria-label=${t("form-designer.properties")}>
      <h2>${t("form-designer.whole")}</h2>
      <div class="body">
        <label
          >${t("form-designer.formTitle")}
          <input
            class="input"
            maxlength="100"
            .value=${this.edited.value.title}
            @input=${(event: Event) => this.#rename((event.target as HTMLInputElement).value)}
        /></label>
        <button class="button" @click=${this.#export}>${t("form-designer.export")}</button>
        <label class="button"
          >${t("form-designer.import")}<input
            class="visually-hidden"
            type="file"
            accept=".form,.json,application/json"
            @change=${this.#import}
        /></label>
      </div>
    </section>`;
  }

  #properties(component: FormComponent, place: Place): TemplateResult {
    const { index, column } = place;
    const at = column ?? index;
    const columns = column === undefined ? [] : neighbours(this.#form, place);
    return propertiesTemplate(
      component,
      [
        ...columns,
        ...this.#form.components.filter((other) => column === undefined || other !== this.#form.components[index]),
      ].filter(({ key }) => key !== undefined),
      {
        change: (next, mark) =>
          this.#change(replaceAt(this.#form, place, next), mark && `${mark}:${index}:${column ?? ""}`),
        move: (by) => this.#move(place, by < 0 ? at - 1 : at + 2),
        copy: () =>
          this.#change(
            insertAt(
              this.#form,
              { ...place, ...(column === undefined ? { index: index + 1 } : { column: column + 1 }) },
              copyOf(component, allKeyed(this.#form)),
            ),
          ),
        remove: () => this.#remove(place),
        openColumn: (next) => (this.chosen = { index, column: next }),
        addColumn: (kind) => this.#add(kind, { index, column: component.components?.length ?? 0 }),
        back: column === undefined ? undefined : () => (this.chosen = { index }),
      },
    );
  }

  #versions(): TemplateResult {
    const { base, read } = this;
    return html`${publishCard(
      { base, form: this.#form, processes: (read?.processes ?? []).map(({ title }) => title), working: this.working },
      () => void this.#publish(),
    )}
    ${versionsCard(read?.versions ?? [], (version) => void this.#compare(version))}`;
  }

  #canvasActs(): CanvasActs {
    return {
      select: (index) => (this.chosen = { index }),
      add: (kind, before) =>
        this.#add(kind, { index: before ?? (this.chosen?.index ?? this.#form.components.length - 1) + 1 }),
      move: (from, to) => this.#move({ index: from }, to),
      widen: (index, by) => this.#widen(index, by),
      remove: (index) => this.#remove({ index }),
    };
  }

  #add(kind: FieldKind, place: Place): void {
    const component = newComponent(
      kind,
      t(`form-designer.kind.${kind}`),
      allKeyed(this.#form),
      t("form-designer.firstColumn"),
    );
    this.#change(insertAt(this.#form, place, component));
    this.chosen = place;
    this.said = t("form-designer.said.added", { label: labelOf(component), n: (place.column ?? place.index) + 1 });
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLInputElement>("#field-label")?.select());
  }

  #move(place: Place, to: number): void {
    const from = place.column ?? place.index;
    const component = componentAt(this.#form, place);
    const next = moveTo(this.#form, place, to);
    if (next === this.#form || !component) return;
    this.#change(next);
    const now = to > from ? to - 1 : to;
    this.chosen = place.column === undefined ? { index: now } : { index: place.index, column: now };
    this.said = t("form-designer.said.moved", {
      label: labelOf(component),
      n: now + 1,
      total: neighbours(next, place).length,
    });
    if (place.column === undefined) this.#focusItem(now);
  }

  #widen(index: number, by: 1 | -1): void {
    const component = this.#form.components[index];
    if (!component) return;
    const at = WIDTHS.findIndex((width) => width >= (component.jinshui?.columns ?? 12));
    const columns = WIDTHS[at + by];
    if (columns === undefined) return;
    this.#change(replaceAt(this.#form, { index }, withExtension(component, { columns })));
    this.chosen = { index };
    this.said = t("form-designer.said.width", { label: labelOf(component), width: widthName(columns) });
  }

  #remove(place: Place): void {
    const component = componentAt(this.#form, place);
    if (!component) return;
    this.#change(removeAt(this.#form, place));
    this.chosen = place.column === undefined ? undefined : { index: place.index };
    this.said = t("form-designer.said.removed", { label: labelOf(component) });
    this.#focusItem(Math.min(place.index, this.#form.components.length - 1));
  }

  #focusItem(index: number): void {
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(`.item[data-index="${index}"]`)?.focus(),
    );
  }

  #change(form: FormSchema, mark?: string): void {
    this.edited.change({ ...this.edited.value, form }, mark);
    this.#changed();
  }

  #rename(title: string): void {
    this.edited.change({ ...this.edited.value, title }, "title");
    this.#changed();
  }

  #step(way: "undo" | "redo"): void {
    this.edited[way]();
    if (this.chosen && !componentAt(this.#form, this.chosen)) this.chosen = undefined;
    this.said = t(`form-designer.said.${way}`);
    this.#changed();
  }

  readonly #shortcut = (event: KeyboardEvent): void => {
    if (!event.ctrlKey || event.composedPath()[0] instanceof HTMLInputElement) return;
    const way = event.key === "z" ? "undo" : event.key === "y" ? "redo" : undefined;
    if (!way) return;
    event.preventDefault();
    this.#step(way);
  };

  #changed(): void {
    this.saved = t("form-designer.unsaved");
    this.requestUpdate();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), SAVE_MS);
  }

  /** Sends what has changed; one saving after the other, since each needs the revision of the one before. */
  #save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#saving = this.#saving.then(async () => {
      const { title, form } = this.edited.value;
      if (this.saved !== t("form-designer.unsaved") || title.trim() === "") return;
      try {
        const { revision, savedAt } = await client(workflowApi).saveForm({
          id: form.id,
          title,
          form,
          revision: this.#revision,
        });
        this.#revision = revision;
        this.error = undefined;
        if (form === this.#form && title === this.edited.value.title)
          this.saved = t("form-designer.savedAt", { at: shortDateTime(savedAt) });
      } catch (error) {
        this.error = error;
        this.saved = t(
          isJinshuiError(error) && error.code === "stale-version" ? "form-designer.stale" : "form-designer.unsaved",
        );
      }
    });
    return this.#saving;
  }

  async #publish(): Promise<void> {
    let outcome = "";
    await this.attempt(async () => {
      await this.#save();
      const { id } = this.#form;
      const { version, deployed, left } = await client(workflowApi).publishForm({ id, revision: this.#revision });
      outcome = t(left.length > 0 ? "form-designer.publishedLeft" : "form-designer.published", {
        n: version,
        deployed: deployed.join("、") || t("form-designer.nothing"),
        left: left.join("、"),
      });
    }, "");
    this.notice = outcome;
  }

  async #compare(version: number): Promise<void> {
    try {
      const { form } = await client(workflowApi).form({ id: this.#form.id, version });
      this.base = { version, form };
    } catch (error) {
      this.error = error;
    }
  }

  readonly #export = (): void => {
    const { form, lost } = toFormJs(this.#form);
    saveText(`${this.edited.value.title}.form`, JSON.stringify(form, null, 2));
    this.#sayLost("form-designer.exported", lost);
  };

  readonly #import = async ({ target }: Event): Promise<void> => {
    const input = target as HTMLInputElement;
    const text = await input.files?.[0]?.text();
    input.value = "";
    if (text === undefined) return;
    const read = fromFormJs(parsed(text), this.#form.id);
    if (!read) this.notice = t("form-designer.notFormJs");
    else {
      this.#change(read.form);
      this.chosen = undefined;
      this.#sayLost("form-designer.imported", read.lost);
    }
  };

  #sayLost(done: string, lost: readonly { label: string; part: string }[]): void {
    const parts = lost.map(({ label, part }) => t("form-designer.lostPart", { label, part }));
    this.notice = parts.length === 0 ? t(done) : t("form-designer.lost", { done: t(done), parts: parts.join("、") });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
