import type { FormComponent } from "@jinshui/contracts";
import { t } from "@jinshui/web";
import { labelOf } from "@jinshui/web/form";
import { html, nothing, type TemplateResult } from "lit";
import {
  type Condition,
  conditionText,
  type Operator,
  OPERATORS,
  readCondition,
  type Term,
} from "./model/condition.js";
import { type FieldKind, kindOf } from "./model/field-kinds.js";

const valueOf = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement).value;

/** A condition made by menus: which field, how, what with; no FEEL is seen. `change` gets the FEEL, nothing for none. */
export function conditionMenu(
  title: string,
  text: string | undefined,
  fields: readonly FormComponent[],
  change: (text: string | undefined) => void,
): TemplateResult {
  const condition = text === undefined ? { any: false, terms: [] } : readCondition(text);
  if (!condition)
    return html`<fieldset>
      <legend>${title}</legend>
      <p class="small">${t("form-designer.foreignRule")} <code>${text}</code></p>
      <button class="button plain" @click=${() => change(undefined)}>${t("form-designer.removeRule")}</button>
    </fieldset>`;
  const usable = fields.filter((field) => canBeAsked(kindOf(field)));
  const set = (next: Partial<Condition>): void => change(conditionText({ ...condition, ...next }));
  const [first] = usable;
  return html`<fieldset>
    <legend>${title}</legend>
    ${
      condition.terms.length > 1
        ? html`<select
            class="input"
            aria-label=${t("form-designer.join", { title })}
            @change=${(event: Event) => set({ any: valueOf(event) === "any" })}
          >
            <option value="all" ?selected=${!condition.any}>${t("form-designer.all")}</option>
            <option value="any" ?selected=${condition.any}>${t("form-designer.any")}</option>
          </select>`
        : nothing
    }
    ${condition.terms.map((term, index) =>
      termTemplate(title, term, index, usable, (next) =>
        set({ terms: next ? condition.terms.with(index, next) : condition.terms.toSpliced(index, 1) }),
      ),
    )}
    ${
      first
        ? html`<button class="button plain" @click=${() => set({ terms: [...condition.terms, newTerm(first)] })}>
            ${t("form-designer.addTerm", { title })}
          </button>`
        : html`<p class="quiet small">${t("form-designer.noFields")}</p>`
    }
  </fieldset>`;
}

function canBeAsked(kind: FieldKind): boolean {
  return ["text", "multiline", "number", "money", "date", "choice", "checkbox"].includes(kind);
}

function newTerm(field: FormComponent): Term {
  const kind = kindOf(field);
  if (kind === "checkbox") return { field: field.key ?? "", operator: "=", value: true };
  const isNumber = kind === "number" || kind === "money";
  if (isNumber) return { field: field.key ?? "", operator: ">", value: 0 };
  if (kind === "choice") return { field: field.key ?? "", operator: "=", value: field.values?.[0]?.value ?? "" };
  return { field: field.key ?? "", operator: "filled", value: "" };
}

function operatorsFor(kind: FieldKind): readonly Operator[] {
  if (kind === "checkbox") return ["="];
  if (kind === "choice") return ["=", "!=", "empty", "filled"];
  if (kind === "text" || kind === "multiline") return ["=", "!=", "contains", "empty", "filled"];
  return OPERATORS.filter((operator) => operator !== "contains");
}

function termTemplate(
  title: string,
  term: Term,
  index: number,
  fields: readonly FormComponent[],
  change: (term: Term | undefined) => void,
): TemplateResult {
  const field = fields.find(({ key }) => key === term.field);
  const kind = field ? kindOf(field) : "text";
  const nth = (part: string): string =>
    t("form-designer.termPart", { title, n: index + 1, part: t(`form-designer.${part}`) });
  return html`<div class="term">
    <select
      class="input"
      aria-label=${nth("field")}
      @change=${(event: Event) => {
        const chosen = fields.find(({ key }) => key === valueOf(event));
        if (chosen) change(newTerm(chosen));
      }}
    >
      ${field ? nothing : html`<option selected>${term.field}</option>`}
      ${fields.map((each) => html`<option value=${each.key ?? ""} ?selected=${each === field}>${labelOf(each)}</option>`)}
    </select>
    <select
      class="input"
      aria-label=${nth("operator")}
      @change=${(event: Event) => change({ ...term, operator: valueOf(event) as Operator })}
    >
      ${operatorsFor(kind).map((operator) => html`<option value=${operator} ?selected=${operator === term.operator}>${t(`form-designer.operator.${operator}`)}</option>`)}
    </select>
    ${term.operator === "empty" || term.operator === "filled" ? nothing : valueTemplate(term, field, nth("value"), change)}
    <button class="button plain" aria-label=${nth("remove")} @click=${() => change(undefined)}>
      ${t("form-designer.remove")}
    </button>
  </div>`;
}

function valueTemplate(
  term: Term,
  field: FormComponent | undefined,
  label: string,
  change: (term: Term) => void,
): TemplateResult {
  const kind = field ? kindOf(field) : "text";
  if (kind === "checkbox")
    return html`<select
      class="input"
      aria-label=${label}
      @change=${(event: Event) => change({ ...term, value: valueOf(event) === "true" })}
    >
      <option value="true" ?selected=${term.value === true}>${t("form-designer.ticked")}</option>
      <option value="false" ?selected=${term.value === false}>${t("form-designer.unticked")}</option>
    </select>`;
  if (kind === "choice")
    return html`<select
      class="input"
      aria-label=${label}
      @change=${(event: Event) => change({ ...term, value: valueOf(event) })}
    >
      ${(field?.values ?? []).map(({ value, label: name }) => html`<option value=${value} ?selected=${value === term.value}>${name}</option>`)}
    </select>`;
  // amounts are kept in 分 and written in yuan
  const scale = kind === "money" ? 100 : 1;
  const isNumber = kind === "number" || kind === "money";
  return html`<input
    class="input"
    aria-label=${label}
    type=${isNumber ? "number" : kind === "date" ? "date" : "text"}
    step="any"
    .value=${isNumber ? String(Number(term.value) / scale) : String(term.value)}
    @change=${(event: Event) => change({ ...term, value: isNumber ? Math.round(Number(valueOf(event)) * scale * 1e6) / 1e6 : valueOf(event) })}
  />`;
}
