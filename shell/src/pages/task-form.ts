import type { Contributions, FormProblem, FormSchema } from "@jinshui/contracts";
import { block, controls, JinshuiElement, t } from "@jinshui/web";
import "@jinshui/web/form";
import type { FormElement } from "@jinshui/web/form";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { absenceOf, pluginElement } from "../frame/plugin-module.js";
import { readContributions } from "../frame/session.js";

/** What a plugin's class has to be to draw a form: what `ji-form` is to a page. */
export type TaskFormElement = HTMLElement &
  Pick<
    FormElement,
    | "form"
    | "values"
    | "step"
    | "start"
    | "readonly"
    | "draftKey"
    | "changes"
    | "validate"
    | "showProblems"
    | "clearDraft"
  >;

/**
 * The form of a step: drawn by the plugin's own class where the manifest names one, else from its schema; also where that class
 * fails, since the schema says all that the kernel asks for.
 */
@customElement("ji-task-form")
export class TaskForm extends JinshuiElement {
  static override styles = [controls, block];
  /** The plugin that brought the process. */
  @property() plugin = "";
  @property({ attribute: false }) form: FormSchema | undefined;
  @property({ attribute: false }) values: Record<string, unknown> = {};
  @property() step = "";
  @property({ type: Boolean }) start = false;
  @property({ type: Boolean }) readonly = false;
  @property() draftKey = "";
  @state() private own: TaskFormElement | undefined;
  @state() private ready = false;
  @state() private failed = false;
  @query("ji-form") private plain!: FormElement | null;

  /** What the person has entered or changed. */
  get changes(): Record<string, unknown> {
    return this.#drawn?.changes ?? {};
  }

  validate(): boolean {
    return this.#drawn?.validate() ?? true;
  }

  showProblems(problems: FormProblem[]): void {
    this.#drawn?.showProblems(problems);
  }

  clearDraft(): void {
    this.#drawn?.clearDraft();
  }

  get #drawn(): TaskFormElement | FormElement | null {
    return this.own ?? this.plain;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if ((changed.has("form") && changed.get("form")?.id !== this.form?.id) || changed.has("plugin"))
      void this.#choose();
    if (this.own) this.#fill(this.own);
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.ready) return nothing;
    if (this.own) return html`${this.own}`;
    return html`${this.failed ? html`<p class="quiet small" role="note">${t("task.plainForm")}</p>` : nothing}<ji-form
        .form=${this.form}
        .values=${this.values}
        .step=${this.step}
        .start=${this.start}
        ?readonly=${this.readonly}
        draftKey=${this.draftKey}
        @entered=${this.#entered}
      ></ji-form>`;
  }

  readonly #entered = (): void => void this.dispatchEvent(new Event("entered"));

  async #choose(): Promise<void> {
    this.own = undefined;
    this.failed = false;
    const { form } = this;
    const none: Contributions = { revision: "", plugins: [] };
    const { plugins } = this.plugin === "" ? none : await readContributions().catch(() => none);
    const plugin = plugins.find(({ id }) => id === this.plugin);
    const named = plugin?.taskForms.find((taskForm) => taskForm.form === form?.id);
    if (plugin && named) {
      try {
        const element = (await pluginElement(plugin, `form-${named.form}`, named.element, {
          failed: () => this.#fallBack(),
          again: false,
        })) as TaskFormElement;
        element.addEventListener("entered", this.#entered);
        this.#fill(element);
        this.own = element;
      } catch (error) {
        absenceOf(plugin, error);
        this.failed = true;
      }
    }
    this.ready = true;
  }

  #fallBack(): void {
    this.own = undefined;
    this.failed = true;
  }

  #fill(element: TaskFormElement): void {
    const { form, values, step, start, readonly, draftKey } = this;
    Object.assign(element, { form, values, step, start, readonly, draftKey });
  }
}
