import {
  type EvaluateFeel,
  fieldRight,
  type FormComponent,
  type FormFile,
  type FormProblem,
  type FormSchema,
  type FormState,
  formState,
  hasLogic,
} from "@jinshui/contracts";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { readDraft, removeDraft, writeDraft } from "../drafts.js";
import { type AttachmentList, knownFile } from "../elements/attachment-list.js";
import { feelEvaluator } from "../feel.js";
import { dateTime } from "../texts/format.js";
import { t } from "../texts/text.js";
import { fieldSpec, isBlank, valueProblem } from "./field-spec.js";
import { fieldTemplate } from "./fields.js";
import { placeLabel, rowProblems, rowsFact, rowsTemplate } from "./form-rows.js";
import { formStyles } from "./form-styles.js";
import { amountNote, filesOf, labelOf, opinionsOf, rowsOf, shownValue } from "./shown-value.js";

/**
 * Draws a form with the rights of one step: what may be written as fields, what may be read as facts. `values` holds what
 * is there; `changes` what the person has entered and what follows from it. Drafts survive a reload under `draftKey`.
 */
@customElement("ji-form")
export class FormElement extends JinshuiElement {
  static override styles = [controls, block, formStyles];
  @property({ attribute: false }) form: FormSchema | undefined;
  @property({ attribute: false }) values: Record<string, unknown> = {};
  @property() step = "";
  @property({ type: Boolean }) start = false;
  @property({ type: Boolean }) readonly = false;
  @property() draftKey = "";
  @state() private entered: Record<string, unknown> = {};
  @state() private problems = new Map<string, string>();
  @state() private restored = false;
  /** Absent until it is loaded, and where the form needs none. */
  @state() private evaluate: EvaluateFeel | undefined;
  #settled: FormState | undefined;

  /** What the person has entered or changed in this step, with what is calculated from it. */
  get changes(): Record<string, unknown> {
    const { rights, values } = this.#state();
    return Object.fromEntries(
      this.#fields().flatMap((component): [string, unknown][] => {
        const key = component.key ?? "";
        if (!this.#isWritable(component) || rights.get(component) === "hidden") return [];
        const calculated = component.jinshui?.calculate !== undefined;
        if (!calculated && !["edit", "required"].includes(rights.get(component) ?? "")) return [];
        const isNew = !isBlank(values[key]) && isBlank(this.values[key]);
        return key in this.entered || calculated || isNew ? [[key, values[key] ?? null]] : [];
      }),
    );
  }

  /** Checks everything that can be checked here; shows what is wrong and says whether all is well. */
  validate(): boolean {
    this.problems = new Map(this.#editable().flatMap((component) => this.#problemsOf(component)));
    if (this.problems.size > 0)
      void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(".summary")?.focus());
    return this.problems.size === 0;
  }

  /** Shows what the kernel found. */
  showProblems(problems: FormProblem[]): void {
    this.problems = new Map(problems.map(({ key, code, params }) => [key, t(`problem.${code}`, { ...params })]));
  }

  /** Forgets the draft once it is sent. */
  clearDraft(): void {
    if (this.draftKey !== "") removeDraft(this.draftKey);
  }

  override willUpdate(changed: PropertyValues): void {
    this.#settled = undefined;
    if (changed.has("form") && this.#needsFeel()) void feelEvaluator().then((evaluate) => (this.evaluate = evaluate));
    if (!changed.has("draftKey") || this.draftKey === "") return;
    this.entered = readDraft(this.draftKey) ?? {};
    this.restored = Object.keys(this.entered).length > 0;
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.form || (this.#needsFeel() && !this.evaluate)) return nothing;
    const { rights } = this.#state();
    const shown = this.form.components.filter((component) => rights.get(component) !== "hidden");
    const facts = shown.filter((component) => component.key !== undefined && !this.#isWritable(component));
    return html` ${this.problems.size === 0 ? nothing : this.#summary()}
      ${facts.length === 0 ? nothing : html`<dl class="facts">${facts.map((component) => this.#fact(component))}</dl>`}
      ${this.restored ? html`<p class="note">${t("form.draft")}</p>` : nothing}
      <div class="grid" @focusout=${this.#blurred}>
        ${shown.filter((component) => this.#isWritable(component)).map((component) => this.#cell(component))}
      </div>`;
  }

  #cell(component: FormComponent): TemplateResult {
    const { type, key = "", text = "" } = component;
    if (type === "group") return html`<h3>${labelOf(component)}</h3>`;
    if (type === "separator") return html`<hr />`;
    if (type === "text") return html`<p>${text}</p>`;
    return html`<div class="span-${component.jinshui?.columns ?? 12}" data-key=${key}>${this.#field(component)}</div>`;
  }

  #field(component: FormComponent): TemplateResult | string {
    const key = component.key ?? "";
    const right = this.#state().rights.get(component);
    const value = this.#value(component);
    const required = right === "required";
    if (component.type === "dynamiclist")
      return right === "read"
        ? rowsFact(component, value)
        : rowsTemplate(component, value, {
            required,
            problems: this.problems,
            change: (rows) => this.#takeRows(component, rows),
          });
    const spec = fieldSpec(component, required, value);
    if (right === "read")
      return fieldTemplate(
        { ...spec, kind: "fact" },
        isBlank(value) ? "" : shownValue(component, value),
        undefined,
        () => undefined,
      );
    const shown = component.type === "filepicker" ? filesOf(value).map(({ file }) => file) : value;
    const before = component.jinshui?.type === "opinion" ? this.#opinions(component) : nothing;
    return html`${before}${fieldTemplate(spec, shown, this.problems.get(key), (entry) => this.#take(component, entry))}`;
  }

  /** Takes what was entered: of files also what they are called and are, which the kernel compares. */
  #take(component: FormComponent, value: unknown): void {
    const key = component.key ?? "";
    if (component.type !== "filepicker") return this.#enter(key, value);
    const had = filesOf(this.#value(component));
    const files = (value as string[]).flatMap((id): FormFile[] => {
      const found = had.find(({ file }) => file === id) ?? knownFile(id);
      return found ? [{ file: id, name: found.name, size: found.size, sha256: found.sha256 }] : [];
    });
    this.#enter(key, files.length === 0 ? undefined : files);
  }

  /** Takes rows; the keyboard goes on in a row that is new, and stays with the list when one is gone. */
  #takeRows(component: FormComponent, rows: Record<string, unknown>[]): void {
    const key = component.key ?? "";
    const before = rowsOf(this.#value(component)).length;
    this.#enter(key, rows.length === 0 ? undefined : rows);
    if (rows.length === before) return;
    const place = rows.length > before ? `[data-key^="${key}.${rows.length - 1}."] > *` : `#${CSS.escape(key)}`;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(place)?.focus());
  }

  #summary(): TemplateResult {
    const components = this.form?.components ?? [];
    return html`<div class="summary" tabindex="-1" role="alert">
      <p>${t("form.problems", { n: this.problems.size })}</p>
      <ul>
        ${[...this.problems].map(([key, text]) => html`<li><a href="#${key}" @click=${(event: Event) => this.#focus(event, key)}>${placeLabel(components, key) ?? key}</a>：${text}</li>`)}
      </ul>
    </div>`;
  }

  #focus(event: Event, key: string): void {
    event.preventDefault();
    this.renderRoot.querySelector<HTMLElement>(`#${CSS.escape(key)}`)?.focus();
  }

  #fact(component: FormComponent): TemplateResult {
    const value = this.#state().values[component.key ?? ""];
    const wide = ["textarea", "filepicker", "dynamiclist"].includes(component.type);
    // spaces around it would be shown
    return html`<div class=${wide ? "wide" : ""}>
      <dt>${labelOf(component)}</dt>
      <dd>${this.#factValue(component, value)}</dd>
    </div>`;
  }

  #factValue(component: FormComponent, value: unknown): unknown {
    if (component.type === "dynamiclist") return rowsFact(component, value);
    if (component.jinshui?.type === "opinion" && opinionsOf(value).length > 0) return this.#opinions(component);
    const files = component.type === "filepicker" ? filesOf(value).map(({ file }) => file) : [];
    if (files.length > 0) return html`<ji-attachments label=${labelOf(component)} .files=${files}></ji-attachments>`;
    const note = amountNote(component, value);
    return note === undefined ? shownValue(component, value) : `${shownValue(component, value)}（${note}）`;
  }

  #opinions({ key = "" }: FormComponent): TemplateResult | typeof nothing {
    const opinions = opinionsOf(this.values[key]);
    if (opinions.length === 0) return nothing;
    return html`<ul class="opinions">
      ${opinions.map(({ text, by, at }) => html`<li>${text} <span class="by">${by} ${dateTime(at)}</span></li>`)}
    </ul>`;
  }

  #needsFeel(): boolean {
    return (this.form?.components ?? []).some(hasLogic);
  }

  /** What follows from the values as they are now; worked out once for each change. */
  #state(): FormState {
    this.#settled ??= formState({
      form: this.form,
      step: this.step,
      isStart: this.start,
      present: this.values,
      entered: this.entered,
      evaluate: this.evaluate ?? (() => null),
    });
    return this.#settled;
  }

  #fields(): FormComponent[] {
    return (this.form?.components ?? []).filter(({ key }) => key !== undefined);
  }

  /** Whether the step may write it at all, whatever a condition says now. */
  #isWritable(component: FormComponent): boolean {
    return !this.readonly && ["edit", "required"].includes(fieldRight(component, this.step, this.start));
  }

  #editable(): FormComponent[] {
    const { rights } = this.#state();
    return this.#fields().filter(
      (component) => this.#isWritable(component) && ["edit", "required"].includes(rights.get(component) ?? ""),
    );
  }

  /** A field's value as it is being entered: of opinions the one of this step alone. */
  #value(component: FormComponent): unknown {
    const key = component.key ?? "";
    if (component.jinshui?.type === "opinion") return this.entered[key];
    return this.#state().values[key];
  }

  #enter(key: string, value: unknown): void {
    this.entered = { ...this.entered, [key]: value ?? null };
    this.#settled = undefined;
    if (this.draftKey !== "") writeDraft(this.draftKey, this.entered);
    this.#forget(key);
    this.dispatchEvent(new Event("entered"));
  }

  /** Takes away what was said against a field, its cells included. */
  #forget(key: string): void {
    const others = [...this.problems].filter(([place]) => place !== key && !place.startsWith(`${key}.`));
    if (others.length !== this.problems.size) this.problems = new Map(others);
  }

  /** A field is checked when it is left, never while it is being typed in. */
  #blurred(event: FocusEvent): void {
    const place = (event.target as Element).closest("[data-key]")?.getAttribute("data-key") ?? "";
    const [key = ""] = place.split(".");
    const component = this.#editable().find((candidate) => candidate.key === key);
    if (!component || !(key in this.entered)) return;
    const found = this.#problemsOf(component).filter(([other]) => other === place);
    const others = [...this.problems].filter(([other]) => other !== place);
    if (found.length > 0 || others.length !== this.problems.size) this.problems = new Map([...others, ...found]);
  }

  /** What is wrong with a field, by its key, or the place of a cell. */
  #problemsOf(component: FormComponent): [string, string][] {
    const key = component.key ?? "";
    const list = this.renderRoot.querySelector<AttachmentList>(`ji-attachments#${CSS.escape(key)}`);
    if (list?.busy === true) return [[key, t("field.uploading")]];
    const required = this.#state().rights.get(component) === "required";
    if (component.type === "dynamiclist") return rowProblems(component, required, this.#value(component));
    const problem = valueProblem(component, required, this.#value(component));
    return problem === undefined ? [] : [[key, problem]];
  }
}
