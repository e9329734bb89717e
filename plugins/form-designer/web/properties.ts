import type { FormComponent } from "@jinshui/contracts";
import { t } from "@jinshui/web";
import { labelOf } from "@jinshui/web/form";
import { html, nothing, type TemplateResult } from "lit";
import { calculationMenu } from "./calculation-menu.js";
import { conditionMenu } from "./condition-menu.js";
import { withExtension, withParts, withRule } from "./model/edits.js";
import { COLUMN_KINDS, type FieldKind, kindOf, LAYOUT_KINDS } from "./model/field-kinds.js";

/** What somebody does in the panel of a field. */
export interface PropertyActs {
  /** `mark`: changes of one mark in a row are one step to take back. */
  change: (component: FormComponent, mark?: string) => void;
  move: (by: 1 | -1) => void;
  copy: () => void;
  remove: () => void;
  /** Of a list: shows one of its columns, or puts a new one in. */
  openColumn: (column: number) => void;
  addColumn: (kind: FieldKind) => void;
  /** Of a column: shows its list again. */
  back: (() => void) | undefined;
}

const valueOf = (event: Event): string =>
  (event.target as HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement).value;
const isTicked = (event: Event): boolean => (event.target as HTMLInputElement).checked;
const WIDTHS = [12, 6, 4, 3];

/** The panel of a field, or of a column of a list; `fields` are those that its rules may use. */
export function propertiesTemplate(
  component: FormComponent,
  fields: readonly FormComponent[],
  acts: PropertyActs,
): TemplateResult {
  const kind = kindOf(component);
  const isField = !LAYOUT_KINDS.includes(kind);
  const isColumn = acts.back !== undefined;
  const text = component.type === "text";
  return html`<section class="card properties" aria-label=${t("form-designer.properties")}>
    <h2>${t(`form-designer.kind.${kind}`)}</h2>
    <div class="body">
      ${acts.back ? html`<button class="button plain" @click=${acts.back}>${t("form-designer.backToList")}</button>` : nothing}
      <div class="term">
        <button class="button" @click=${() => acts.move(-1)}>${t("form-designer.earlier")}</button>
        <button class="button" @click=${() => acts.move(1)}>${t("form-designer.later")}</button>
        <button class="button" @click=${acts.copy}>${t("form-designer.copy")}</button>
        <button class="button danger" @click=${acts.remove}>${t("form-designer.remove")}</button>
      </div>
      ${
        kind === "line"
          ? nothing
          : html`<label
              >${t(text ? "form-designer.noteText" : "form-designer.label")}
              <input
                class="input"
                id="field-label"
                .value=${(text ? component.text : component.label) ?? ""}
                @input=${(event: Event) => acts.change(withParts(component, { [text ? "text" : "label"]: valueOf(event) }), "label")}
            /></label>`
      }
      ${isField ? basics(component, isColumn, acts) : nothing}
      ${kind === "list" ? columnsTemplate(component, acts) : nothing}
      ${isField ? limits(component, kind, acts) : nothing}
      ${kind === "number" || kind === "money" || component.jinshui?.calculate !== undefined ? calculationMenu(component, fields, (calculate) => acts.change(withExtension(component, { calculate }))) : nothing}
      ${isColumn ? nothing : linkage(component, fields, isField, acts)}
    </div>
  </section>`;
}

function basics(component: FormComponent, isColumn: boolean, acts: PropertyActs): TemplateResult {
  const { jinshui = {}, validate } = component;
  const isNumber = component.type === "number";
  return html`${
    jinshui.calculate === undefined
      ? html`<label class="check"
          ><input
            type="checkbox"
            .checked=${validate?.required === true}
            @change=${(event: Event) => acts.change(withRule(component, { required: isTicked(event) || undefined }))}
          />${t("form-designer.required")}</label
        >`
      : nothing
  }
  ${
    isColumn && isNumber
      ? html`<label class="check"
          ><input
            type="checkbox"
            .checked=${jinshui.subtotal === true}
            @change=${(event: Event) => acts.change(withExtension(component, { subtotal: isTicked(event) || undefined }))}
          />${t("form-designer.subtotal")}</label
        >`
      : nothing
  }
  ${
    isColumn
      ? nothing
      : html`<label
            >${t("form-designer.width")}
            <select
              class="input"
              @change=${(event: Event) => acts.change(withExtension(component, { columns: Number(valueOf(event)) }))}
            >
              ${[...new Set([...WIDTHS, jinshui.columns ?? 12])].map((columns) => html`<option value=${columns} ?selected=${columns === (jinshui.columns ?? 12)}>${widthName(columns)}</option>`)}
            </select></label
          >
          <label
            >${t("form-designer.help")}
            <input
              class="input"
              .value=${component.description ?? ""}
              @input=${(event: Event) => acts.change(withParts(component, { description: valueOf(event) || undefined }), "help")}
          /></label>`
  }
  ${
    component.type === "select" && jinshui.type === undefined
      ? html`<label
          >${t("form-designer.options")}
          <textarea
            class="input"
            rows="4"
            .value=${(component.values ?? []).map(({ label }) => label).join("\n")}
            @change=${(event: Event) => acts.change(withParts(component, { values: optionsFrom(valueOf(event), component) }))}
          ></textarea>
        </label>`
      : nothing
  }`;
}

/** A width in words. */
export function widthName(columns: number): string {
  return WIDTHS.includes(columns) ? t(`form-designer.width.${columns}`) : t("form-designer.width.n", { n: columns });
}

/** Options from a text with one on each line: those that had the same name or the same place keep what matters hold of them. */
function optionsFrom(text: string, { values = [] }: FormComponent): { value: string; label: string }[] {
  const labels = [...new Set(text.split("\n").map((line) => line.trim()))].filter((line) => line !== "");
  const taken = new Set(labels.flatMap((label) => values.find((known) => known.label === label)?.value ?? []));
  return labels.map((label, index) => {
    const same = values.find((known) => known.label === label);
    if (same) return same;
    const renamed = values[index];
    const value =
      renamed && !taken.has(renamed.value)
        ? renamed.value
        : freeValue([...taken, ...values.map((known) => known.value)]);
    taken.add(value);
    return { value, label };
  });
}

function freeValue(taken: readonly string[]): string {
  for (let n = 1; ; n += 1) if (!taken.includes(`option${n}`)) return `option${n}`;
}

function limits(component: FormComponent, kind: FieldKind, acts: PropertyActs): TemplateResult | typeof nothing {
  const names: Partial<Record<FieldKind, ("min" | "max" | "minLength" | "maxLength")[]>> = {
    text: ["maxLength"],
    multiline: ["minLength", "maxLength"],
    opinion: ["maxLength"],
    number: ["min", "max"],
    money: ["min", "max"],
    list: ["min", "max"],
  };
  const scale = kind === "money" ? 100 : 1;
  const shown = component.jinshui?.calculate === undefined ? (names[kind] ?? []) : [];
  if (shown.length === 0) return nothing;
  return html`<div class="term">
    ${shown.map((name) => {
      const value = component.validate?.[name];
      return html`<label
        >${t(`form-designer.${kind === "list" ? "rows." : ""}${name}`)}
        <input
          class="input"
          type="number"
          step="any"
          .value=${value === undefined ? "" : String(value / scale)}
          @change=${(event: Event) => acts.change(withRule(component, { [name]: valueOf(event) === "" ? undefined : Math.round(Number(valueOf(event)) * scale * 1e6) / 1e6 }))}
      /></label>`;
    })}
  </div>`;
}

function columnsTemplate({ components = [] }: FormComponent, acts: PropertyActs): TemplateResult {
  return html`<fieldset>
    <legend>${t("form-designer.columns")}</legend>
    ${components.map(
      (column, index) =>
        html`<button class="button column" @click=${() => acts.openColumn(index)}>
          ${labelOf(column)} <span class="quiet small">${t(`form-designer.kind.${kindOf(column)}`)}</span>
        </button>`,
    )}
    <select
      class="input"
      aria-label=${t("form-designer.addColumn")}
      @change=${(event: Event) => {
        const kind = COLUMN_KINDS.find((known) => known === valueOf(event));
        (event.target as HTMLSelectElement).value = "";
        if (kind) acts.addColumn(kind);
      }}
    >
      <option value="">${t("form-designer.addColumn")}</option>
      ${COLUMN_KINDS.map((kind) => html`<option value=${kind}>${t(`form-designer.kind.${kind}`)}</option>`)}
    </select>
  </fieldset>`;
}

function linkage(
  component: FormComponent,
  fields: readonly FormComponent[],
  isField: boolean,
  acts: PropertyActs,
): TemplateResult {
  const others = fields.filter((field) => field !== component);
  const rules =
    isField && component.jinshui?.calculate === undefined
      ? (["visibleIf", "requiredIf", "readonlyIf"] as const)
      : (["visibleIf"] as const);
  return html`${rules.map((rule) =>
    conditionMenu(t(`form-designer.${rule}`), component.jinshui?.[rule], others, (text) =>
      acts.change(withExtension(component, { [rule]: text })),
    ),
  )}`;
}
