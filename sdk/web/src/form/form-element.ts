import {
  fieldRight,
  type FormComponent,
  type FormFile,
  type FormProblem,
  type FormSchema,
  MAX_FORM_FILES,
} from "@jinshui/contracts";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { block, JinshuiElement } from "../base-element.js";
import { controls } from "../controls.js";
import { type AttachmentList, knownFile } from "../elements/attachment-list.js";
import { dateTime, money } from "../texts/format.js";
import { language, t } from "../texts/text.js";
import { entryProblem, fieldTemplate, type FieldSpec } from "./fields.js";

/**
 * Draws a form with the rights of one step: what may be written as fields, what may be read as facts. `values` holds what
 * is there; `changes` what the person has entered. Drafts survive a reload under `draftKey`.
 */
@customElement("ji-form")
export class FormElement extends JinshuiElement {
  static override styles = [
    controls,
    block,
    css`
      .grid {
        display: grid;
        grid-template-columns: repeat(12, 1fr);
        gap: 4px 16px;
      }
      .grid > * {
        grid-column: span 12;
        min-width: 0;
      }
      .grid > .half {
        grid-column: span 6;
      }
      vaadin-text-field,
      vaadin-text-area,
      vaadin-number-field,
      vaadin-combo-box,
      vaadin-date-picker,
      vaadin-date-time-picker {
        width: 100%;
      }
      dl.facts {
        margin-bottom: 8px;
      }
      .summary {
        border: 1px solid var(--ji-error);
        color: var(--ji-error);
        background: var(--ji-error-tint);
        border-radius: var(--ji-radius);
        padding: 8px 12px;
        margin-bottom: 8px;
      }
      .summary p {
        margin: 0;
        font-weight: 600;
      }
      .summary ul {
        margin: 4px 0 0;
        padding-left: 20px;
      }
      .summary a {
        color: inherit;
        text-decoration: underline;
      }
      .note {
        color: var(--ji-text-2);
        font-size: var(--ji-small);
        margin: 0 0 4px;
      }
      @media (max-width: 700px) {
        .grid > .half {
          grid-column: span 12;
        }
      }
    `,
  ];
  @property({ attribute: false }) form: FormSchema | undefined;
  @property({ attribute: false }) values: Record<string, unknown> = {};
  @property() step = "";
  @property({ type: Boolean }) start = false;
  @property({ type: Boolean }) readonly = false;
  @property() draftKey = "";
  @state() private entered: Record<string, unknown> = {};
  @state() private problems = new Map<string, string>();
  @state() private restored = false;

  /** What the person has entered or changed in this step. */
  get changes(): Record<string, unknown> {
    return { ...this.entered };
  }

  /** Checks everything that can be checked here; shows what is wrong and says whether all is well. */
  validate(): boolean {
    this.problems = new Map(
      this.#editable().flatMap((component): [string, string][] => {
        const problem = this.#problem(component);
        return problem === undefined ? [] : [[component.key ?? "", problem]];
      }),
    );
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
    if (this.draftKey !== "") sessionStorage.removeItem(`draft/${this.draftKey}`);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("draftKey") || this.draftKey === "") return;
    const draft = sessionStorage.getItem(`draft/${this.draftKey}`);
    this.entered = draft === null ? {} : (JSON.parse(draft) as Record<string, unknown>);
    this.restored = Object.keys(this.entered).length > 0;
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.form) return nothing;
    const shown = this.form.components.filter(
      (component) => component.key !== undefined && this.#right(component) !== "hidden",
    );
    const facts = shown.filter((component) => !this.#isEditable(component));
    return html` ${this.problems.size === 0 ? nothing : this.#summary()}
      ${facts.length === 0 ? nothing : html`<dl class="facts">${facts.map((component) => this.#fact(component))}</dl>`}
      ${this.restored ? html`<p class="note">${t("form.draft")}</p>` : nothing}
      <div class="grid" @focusout=${this.#blurred}>
        ${this.#editable().map(
          (component) =>
            html`<div class=${component.jinshui?.columns !== undefined && component.jinshui.columns <= 6 ? "half" : ""}>
              ${fieldTemplate(this.#spec(component), this.#shown(component), this.problems.get(component.key ?? ""), (value) => this.#take(component, value))}
            </div>`,
        )}
      </div>`;
  }

  /** A field's value as it is drawn: of files their ids. */
  #shown(component: FormComponent): unknown {
    const value = this.#value(component);
    return component.type === "filepicker" ? filesOf(value).map(({ file }) => file) : value;
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

  #summary(): TemplateResult {
    const labels = new Map(this.form?.components.map((component) => [component.key ?? "", labelOf(component)]));
    return html`<div class="summary" tabindex="-1" role="alert">
      <p>${t("form.problems", { n: this.problems.size })}</p>
      <ul>
        ${[...this.problems].map(([key, text]) => html`<li><a href="#${key}" @click=${(event: Event) => this.#focus(event, key)}>${labels.get(key) ?? key}</a>：${text}</li>`)}
      </ul>
    </div>`;
  }

  #focus(event: Event, key: string): void {
    event.preventDefault();
    this.renderRoot.querySelector<HTMLElement>(`#${CSS.escape(key)}`)?.focus();
  }

  #fact(component: FormComponent): TemplateResult {
    const value = this.values[component.key ?? ""];
    const files = component.type === "filepicker" ? filesOf(value).map(({ file }) => file) : [];
    // spaces around it would be shown
    const content =
      files.length === 0
        ? shownValue(component, value)
        : html`<ji-attachments label=${labelOf(component)} .files=${files}></ji-attachments>`;
    return html`<div class=${["textarea", "filepicker"].includes(component.type) ? "wide" : ""}>
      <dt>${labelOf(component)}</dt>
      <dd>${content}</dd>
    </div>`;
  }

  #right(component: FormComponent): string {
    return fieldRight(component, this.step, this.start);
  }

  #isEditable(component: FormComponent): boolean {
    return !this.readonly && ["edit", "required"].includes(this.#right(component));
  }

  #editable(): FormComponent[] {
    return (this.form?.components ?? []).filter(
      (component) => component.key !== undefined && this.#isEditable(component),
    );
  }

  #value(component: FormComponent): unknown {
    const key = component.key ?? "";
    return key in this.entered ? this.entered[key] : (this.values[key] ?? component.defaultValue);
  }

  #enter(key: string, value: unknown): void {
    this.entered = { ...this.entered, [key]: value ?? null };
    if (this.draftKey !== "") sessionStorage.setItem(`draft/${this.draftKey}`, JSON.stringify(this.entered));
    if (this.problems.has(key)) {
      this.problems = new Map([...this.problems].filter(([other]) => other !== key));
    }
    this.dispatchEvent(new Event("entered"));
  }

  /** A field is checked when it is left, never while it is being typed in. */
  #blurred(event: FocusEvent): void {
    const key = (event.target as HTMLElement).id;
    const component = this.#editable().find((candidate) => candidate.key === key);
    if (!component || !(key in this.entered)) return;
    const problem = this.#problem(component);
    const others = [...this.problems].filter(([other]) => other !== key);
    this.problems = new Map(problem === undefined ? others : [...others, [key, problem]]);
  }

  #problem(component: FormComponent): string | undefined {
    const list = this.renderRoot.querySelector<AttachmentList>(`ji-attachments#${CSS.escape(component.key ?? "")}`);
    if (list?.busy === true) return t("field.uploading");
    const value = this.#value(component);
    const empty = value === undefined || value === null || value === "";
    if (empty) return this.#right(component) === "required" ? t("problem.required") : undefined;
    const { minLength, maxLength } = component.validate ?? {};
    if (typeof value === "string" && minLength !== undefined && value.length < minLength)
      return t("problem.too-short", { limit: minLength });
    if (typeof value === "string" && maxLength !== undefined && value.length > maxLength)
      return t("problem.too-long", { limit: maxLength });
    return entryProblem(this.#spec(component), value);
  }

  #spec(component: FormComponent): FieldSpec {
    const kinds: Record<string, FieldSpec["kind"]> = {
      textarea: "multiline",
      number: "number",
      checkbox: "checkbox",
      select: "choice",
      radio: "choice",
      date: "date",
      datetime: "datetime",
      filepicker: "attachments",
    };
    return {
      key: component.key ?? "",
      label: labelOf(component),
      kind: component.jinshui?.type ?? kinds[component.type] ?? "text",
      required: this.#right(component) === "required",
      help: component.description,
      options: (component.values ?? []).map(({ value, label, en }) => ({
        value,
        label: language() === "en" ? (en ?? label) : label,
      })),
      collection: component.jinshui?.collection,
      filter: component.jinshui?.filter,
      maxLength: component.validate?.maxLength,
      maxFiles: component.multiple === true ? MAX_FORM_FILES : 1,
    };
  }
}

/** Files that a field holds. */
function filesOf(value: unknown): FormFile[] {
  return Array.isArray(value) ? (value as FormFile[]) : [];
}

/** Label of a form's component in the page's language. */
export function labelOf(component: FormComponent): string {
  return (language() === "en" ? component.jinshui?.en : undefined) ?? component.label ?? component.key ?? "";
}

/** A form's value in words. */
export function shownValue(component: FormComponent | undefined, value: unknown): string {
  if (value === undefined || value === null || value === "") return t("value.none");
  if (component?.type === "filepicker")
    return filesOf(value)
      .map(({ name }) => name)
      .join("、");
  if (component?.jinshui?.type === "record") return (value as { title?: string }).title ?? "";
  if (component?.jinshui?.type === "money") return money(Number(value));
  if (typeof value === "boolean") return t(value ? "value.yes" : "value.no");
  if (component?.type === "datetime") return dateTime(String(value));
  const option = component?.values?.find((candidate) => candidate.value === value);
  if (option) return language() === "en" ? (option.en ?? option.label) : option.label;
  return typeof value === "object" ? ((value as { title?: string }).title ?? JSON.stringify(value)) : String(value);
}
