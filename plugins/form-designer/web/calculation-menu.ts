import type { FormComponent } from "@jinshui/contracts";
import { t } from "@jinshui/web";
import { labelOf } from "@jinshui/web/form";
import { html, nothing, type TemplateResult } from "lit";
import { type Calculation, calculationText, readCalculation, type Sign, SIGNS } from "./model/calculation.js";
import { kindOf } from "./model/field-kinds.js";

const valueOf = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement).value;
const isNumeric = (field: FormComponent): boolean => ["number", "money"].includes(kindOf(field));

/** What a calculated field is worth, made by menus. `fields` are those that it may use; `change` gets the FEEL, nothing for none. */
export function calculationMenu(
  own: FormComponent,
  fields: readonly FormComponent[],
  change: (text: string | undefined) => void,
): TemplateResult {
  const text = own.jinshui?.calculate;
  const calculation = text === undefined ? undefined : readCalculation(text);
  const numbers = fields.filter((field) => field !== own && isNumeric(field));
  const dates = fields.filter((field) => kindOf(field) === "date");
  const lists = fields.filter((field) => kindOf(field) === "list");
  const starts: [Calculation["kind"], Calculation | undefined][] = [
    [
      "arithmetic",
      numbers[0] && {
        kind: "arithmetic",
        sign: "*",
        parts: [numbers[0].key ?? "", (numbers[1] ?? numbers[0]).key ?? ""],
      },
    ],
    ["sum", firstSum(lists)],
    ["count", lists[0] && { kind: "count", list: lists[0].key ?? "" }],
    ["days", dates[0] && { kind: "days", from: dates[0].key ?? "", to: (dates[1] ?? dates[0]).key ?? "", both: true }],
  ];
  const set = (next: Calculation): void => {
    const written = calculationText(next);
    if (written !== undefined) change(written);
  };
  return html`<fieldset>
    <legend>${t("form-designer.calculation")}</legend>
    <select
      class="input"
      aria-label=${t("form-designer.calculationKind")}
      @change=${(event: Event) => {
        const [, start] = starts.find(([kind]) => kind === valueOf(event)) ?? [];
        if (start) set(start);
        else change(undefined);
      }}
    >
      <option value="" ?selected=${text === undefined}>${t("form-designer.calculation.none")}</option>
      ${starts
        .filter(([kind, start]) => start !== undefined || calculation?.kind === kind)
        .map(
          ([kind]) =>
            html`<option value=${kind} ?selected=${calculation?.kind === kind}>
              ${t(`form-designer.calculation.${kind}`)}
            </option>`,
        )}
      ${text !== undefined && !calculation ? html`<option value="foreign" selected>${t("form-designer.foreignRule")}</option>` : nothing}
    </select>
    ${text !== undefined && !calculation ? html`<code>${text}</code>` : nothing}
    ${calculation ? partsTemplate(calculation, { numbers, dates, lists }, set) : nothing}
  </fieldset>`;
}

function firstSum(lists: readonly FormComponent[]): Calculation | undefined {
  const list = lists.find(({ components }) => components?.some(isNumeric));
  const column = list?.components?.find(isNumeric);
  return list && column ? { kind: "sum", list: list.key ?? "", column: column.key ?? "" } : undefined;
}

function partsTemplate(
  calculation: Calculation,
  { numbers, dates, lists }: Record<"numbers" | "dates" | "lists", readonly FormComponent[]>,
  set: (next: Calculation) => void,
): TemplateResult {
  switch (calculation.kind) {
    case "sum": {
      const columns = lists.find(({ key }) => key === calculation.list)?.components?.filter(isNumeric) ?? [];
      const first = (list: string) => lists.find(({ key }) => key === list)?.components?.find(isNumeric)?.key ?? "";
      return html`${choice("form-designer.ofList", lists, calculation.list, (list) => set({ ...calculation, list, column: first(list) }))}
      ${choice("form-designer.ofColumn", columns, calculation.column, (column) => set({ ...calculation, column }))}`;
    }
    case "count":
      return choice("form-designer.ofList", lists, calculation.list, (list) => set({ ...calculation, list }));
    case "days":
      return html`${choice("form-designer.from", dates, calculation.from, (from) => set({ ...calculation, from }))}
        ${choice("form-designer.to", dates, calculation.to, (to) => set({ ...calculation, to }))}
        <label class="check"
          ><input
            type="checkbox"
            .checked=${calculation.both}
            @change=${(event: Event) => set({ ...calculation, both: (event.target as HTMLInputElement).checked })}
          />${t("form-designer.bothDays")}</label
        >`;
    case "arithmetic":
      return arithmeticTemplate(calculation, numbers, set);
  }
}

function arithmeticTemplate(
  calculation: Extract<Calculation, { kind: "arithmetic" }>,
  numbers: readonly FormComponent[],
  set: (next: Calculation) => void,
): TemplateResult {
  const { parts, sign, digits } = calculation;
  const put = (index: number, part: string | number): void => set({ ...calculation, parts: parts.with(index, part) });
  return html`<label
      >${t("form-designer.sign")}
      <select class="input" @change=${(event: Event) => set({ ...calculation, sign: valueOf(event) as Sign })}>
        ${SIGNS.map((each) => html`<option value=${each} ?selected=${each === sign}>${t(`form-designer.sign.${each}`)}</option>`)}
      </select></label
    >
    ${parts.map(
      (part, index) =>
        html`<div class="term">
          <select
            class="input"
            aria-label=${t("form-designer.part", { n: index + 1 })}
            @change=${(event: Event) => put(index, valueOf(event) === "" ? 1 : valueOf(event))}
          >
            ${numbers.map((field) => html`<option value=${field.key ?? ""} ?selected=${field.key === part}>${labelOf(field)}</option>`)}
            <option value="" ?selected=${typeof part === "number"}>${t("form-designer.aNumber")}</option>
          </select>
          ${
            typeof part === "number"
              ? html`<input
                  class="input"
                  type="number"
                  step="any"
                  aria-label=${t("form-designer.partNumber", { n: index + 1 })}
                  .value=${String(part)}
                  @change=${(event: Event) => put(index, Number(valueOf(event)))}
                />`
              : nothing
          }
          ${
            parts.length > 2
              ? html`<button
                  class="button plain"
                  aria-label=${t("form-designer.removePart", { n: index + 1 })}
                  @click=${() => set({ ...calculation, parts: parts.toSpliced(index, 1) })}
                >
                  ${t("form-designer.remove")}
                </button>`
              : nothing
          }
        </div>`,
    )}
    <button class="button plain" @click=${() => set({ ...calculation, parts: [...parts, 1] })}>
      ${t("form-designer.addPart")}
    </button>
    <label
      >${t("form-designer.digits")}
      <select
        class="input"
        @change=${(event: Event) => {
          const { digits: _digits, ...rest } = calculation;
          set(valueOf(event) === "" ? rest : { ...rest, digits: Number(valueOf(event)) });
        }}
      >
        <option value="" ?selected=${digits === undefined}>${t("form-designer.digits.all")}</option>
        ${[0, 1, 2].map((n) => html`<option value=${n} ?selected=${digits === n}>${t("form-designer.digits.n", { n })}</option>`)}
      </select></label
    >`;
}

function choice(
  text: string,
  fields: readonly FormComponent[],
  value: string,
  change: (key: string) => void,
): TemplateResult {
  return html`<label
    >${t(text)}
    <select class="input" @change=${(event: Event) => change(valueOf(event))}>
      ${fields.map((field) => html`<option value=${field.key ?? ""} ?selected=${field.key === value}>${labelOf(field)}</option>`)}
    </select></label
  >`;
}
