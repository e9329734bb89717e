import "@vaadin/checkbox/vaadin-checkbox.js";
import "@vaadin/combo-box/vaadin-combo-box.js";
import type { ComboBox } from "@vaadin/combo-box/vaadin-combo-box.js";
import "@vaadin/date-picker/vaadin-date-picker.js";
import "@vaadin/date-time-picker/vaadin-date-time-picker.js";
import "@vaadin/number-field/vaadin-number-field.js";
import "@vaadin/text-area/vaadin-text-area.js";
import "@vaadin/text-field/vaadin-text-field.js";
import type { DatePicker, DatePickerI18n } from "@vaadin/date-picker/vaadin-date-picker.js";
import type { DateTimePicker } from "@vaadin/date-time-picker/vaadin-date-time-picker.js";
import { html, type TemplateResult } from "lit";
import { ifDefined } from "lit/directives/if-defined.js";
import "../elements/attachment-list.js";
import { dateTime } from "../texts/format.js";
import { language, t } from "../texts/text.js";
import { colleagues, type Choice, departments, recordProvider } from "./pickers.js";

/** A field as every form of the platform draws it, whatever described it. */
export interface FieldSpec {
  key: string;
  label: string;
  kind:
    | "text"
    | "multiline"
    | "number"
    | "decimal"
    | "money"
    | "checkbox"
    | "choice"
    | "date"
    | "datetime"
    | "record"
    | "person"
    | "department"
    | "attachments"
    /** A text that is shown and can't be changed. */
    | "fact";
  required: boolean;
  help?: string | undefined;
  options?: { value: string; label: string }[];
  collection?: string | undefined;
  filter?: Record<string, unknown> | undefined;
  maxLength?: number | undefined;
  placeholder?: string | undefined;
  /** `datetime`: a day that is chosen without a time is its beginning. */
  dayAlone?: boolean;
  /** `attachments`: how many. */
  maxFiles?: number | undefined;
}

/** Draws one field; `change` gets the value as the API wants it, `undefined` for none. */
export function fieldTemplate(
  spec: FieldSpec,
  value: unknown,
  error: string | undefined,
  change: (value: unknown) => void,
): TemplateResult {
  // listeners stand before values: some components tell of a value at once, and who hears that must know it already
  const label = spec.label;
  const said = error ?? entryProblem(spec, value);
  const common = { invalid: said !== undefined, message: said ?? "" };
  switch (spec.kind) {
    case "multiline":
      return html`<vaadin-text-area
        id=${spec.key}
        @value-changed=${changed(value, change)}
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        maxlength=${ifDefined(spec.maxLength)}
        .value=${text(value)}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
      ></vaadin-text-area>`;
    case "number":
      return html`<vaadin-number-field
        id=${spec.key}
        @value-changed=${changed(value, (input) => change(input === undefined ? undefined : Number(input)))}
        theme="align-right"
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        .value=${text(value)}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
      ></vaadin-number-field>`;
    case "money":
      return html`<vaadin-number-field
        id=${spec.key}
        @value-changed=${changed(typeof value === "number" ? value / 100 : "", (input) => change(input === undefined ? undefined : cents(Number(input))))}
        theme="align-right"
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        step="any"
        .value=${typeof value === "number" ? String(value / 100) : ""}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
      ></vaadin-number-field>`;
    case "checkbox":
      return html`<vaadin-checkbox
        id=${spec.key}
        @checked-changed=${(event: CustomEvent<{ value: boolean }>) => event.detail.value !== (value === true) && change(event.detail.value)}
        .label=${label}
        .checked=${value === true}
      ></vaadin-checkbox>`;
    case "choice":
      // a combo box, since the select's button carries attributes that screen readers refuse
      return html`<vaadin-combo-box
        id=${spec.key}
        @value-changed=${changed(value, change)}
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        ?clear-button-visible=${!spec.required}
        .items=${spec.options ?? []}
        .value=${text(value)}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
        @opened-changed=${nameList}
        @keydown=${takesOnlyMatch}
      ></vaadin-combo-box>`;
    case "date":
      return html`<vaadin-date-picker
        id=${spec.key}
        @value-changed=${changed(value, change)}
        @change=${notADay(change)}
        @unparsable-change=${notADay(change)}
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        .i18n=${dateTexts()}
        .value=${DAY.test(text(value)) ? text(value) : ""}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
      ></vaadin-date-picker>`;
    case "datetime":
      return html`<vaadin-date-time-picker
        id=${spec.key}
        @value-changed=${changed(localTime(value), (input) => change(input === undefined ? undefined : `${String(input)}:00+08:00`))}
        @change=${spec.dayAlone === true ? beginning : notATime(change)}
        @unparsable-change=${notATime(change)}
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        .i18n=${dateTexts()}
        .value=${localTime(value)}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
      ></vaadin-date-time-picker>`;
    case "record":
    case "person":
    case "department":
      return html`<vaadin-combo-box
        id=${spec.key}
        @selected-item-changed=${(event: CustomEvent<{ value: Choice | null }>) => (event.detail.value?.id ?? "") !== ((value as { id?: string } | undefined)?.id ?? "") && change(event.detail.value ?? undefined)}
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        placeholder=${t("form.pick")}
        ?clear-button-visible=${!spec.required}
        item-id-path="id"
        item-value-path="id"
        item-label-path="title"
        .dataProvider=${choicesOf(spec)}
        .selectedItem=${value ?? null}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
        @opened-changed=${nameList}
        @keydown=${takesOnlyMatch}
      ></vaadin-combo-box>`;
    case "attachments":
      return html`<ji-attachments
        id=${spec.key}
        editable
        .label=${label}
        ?required=${spec.required}
        .help=${spec.help ?? ""}
        .limit=${spec.maxFiles ?? 20}
        .files=${Array.isArray(value) ? value : []}
        .problem=${common.message}
        @files-changed=${(event: CustomEvent<string[]>) => change(event.detail)}
      ></ji-attachments>`;
    case "fact":
      return html`<vaadin-text-field
        id=${spec.key}
        readonly
        .label=${label}
        helper-text=${spec.help ?? ""}
        .value=${text(value)}
      ></vaadin-text-field>`;
    default:
      return html`<vaadin-text-field
        id=${spec.key}
        @value-changed=${changed(value, change)}
        theme=${spec.kind === "decimal" ? "align-right" : ""}
        inputmode=${ifDefined(spec.kind === "decimal" ? "decimal" : undefined)}
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        placeholder=${spec.placeholder ?? ""}
        maxlength=${ifDefined(spec.maxLength)}
        .value=${text(value)}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
      ></vaadin-text-field>`;
  }
}

function choicesOf({ kind, collection = "", filter }: FieldSpec): ComboBox<Choice>["dataProvider"] {
  if (kind === "record") return recordProvider(collection, filter);
  return kind === "person" ? colleagues : departments;
}

const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

/** 分 of an amount in yuan; more than two decimals stay, so that they are refused and not rounded away. */
function cents(yuan: number): number {
  const exact = yuan * 100;
  const whole = Math.round(exact);
  return Math.abs(exact - whole) < 1e-6 ? whole : exact;
}

/** A text that is no day empties a picker without a word: it is taken as typed, so that it is refused. */
function notADay(change: (value: unknown) => void): (event: Event) => void {
  return ({ target }) => {
    const { value, inputElement } = target as DatePicker;
    const typed = inputElement instanceof HTMLInputElement ? inputElement.value.trim() : "";
    if (value === "") change(typed === "" ? undefined : typed);
  };
}

/** Gives a day without a time its beginning, before the picker tells that it is not complete. */
const beginning = {
  capture: true,
  handleEvent({ currentTarget }: Event): void {
    const part = (name: string) => (currentTarget as Element).querySelector<DatePicker>(`[slot="${name}-picker"]`);
    const [day, time] = [part("date"), part("time")];
    if (day && day.value !== "" && time?.value === "") time.value = "00:00";
  },
};
/** The same for a date with a time, of which either may be wrong or missing. */
function notATime(change: (value: unknown) => void): (event: Event) => void {
  return ({ currentTarget }) => {
    const picker = currentTarget as DateTimePicker;
    const typed = [...picker.querySelectorAll("input")]
      .map((input) => input.value.trim())
      .filter((part) => part !== "");
    if (picker.value === "") change(typed.length === 0 ? undefined : typed.join(" "));
  };
}

/** An instant as the picker of date and time wants it, China time. */
function localTime(value: unknown): string {
  return isInstant(value) ? dateTime(value).replace(" ", "T") : "";
}

const DAY = /^\d{4}-\d\d-\d\d$/;

function isInstant(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value));
}

/** Why an entry can't be sent as it is; nothing for what only the kernel can judge. */
export function entryProblem({ kind }: Pick<FieldSpec, "kind">, value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  if (kind === "date" && !DAY.test(value)) return t("problem.not-a-date");
  if (kind === "datetime" && !isInstant(value)) return t("problem.not-a-time");
  return undefined;
}

/** Enter takes the only match of what was typed, once the list is there. */
const takesOnlyMatch = {
  capture: true,
  handleEvent(event: KeyboardEvent): void {
    const box = event.currentTarget as ComboBox<unknown>;
    if (event.key !== "Enter" || !box.opened || box.filter === "") return;
    if (!box.loading && box.filteredItems?.length !== 1) return;
    event.preventDefault();
    event.stopPropagation();
    void takeOnlyMatch(box);
  },
};

async function takeOnlyMatch(box: ComboBox<unknown>): Promise<void> {
  const { filter } = box;
  for (let waitedMs = 0; box.loading && waitedMs < LIST_MS; waitedMs += LOOK_MS)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  const [only, ...others] = box.filteredItems ?? [];
  if (!box.opened || box.filter !== filter || only === undefined || others.length > 0) return;
  box.selectedItem = only;
  box.close();
}

/** How long Enter waits for a list, and how often it looks. */
const [LIST_MS, LOOK_MS] = [5_000, 50];

function changed(value: unknown, change: (value: unknown) => void): (event: CustomEvent<{ value: string }>) => void {
  return (event) => {
    if (event.detail.value !== text(value)) change(event.detail.value === "" ? undefined : event.detail.value);
  };
}

/** Screen readers say what a list is of; the component leaves it without a name. */
function nameList({ currentTarget }: Event): void {
  const box = currentTarget as HTMLElement & { label: string };
  box.querySelector("[role=listbox]")?.setAttribute("aria-label", box.label);
}

/** Always the same object: a picker that is given another one writes its value anew, over what was typed. */
const CHINESE_DATES: DatePickerI18n = {
  monthNames: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
  weekdays: ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
  weekdaysShort: ["日", "一", "二", "三", "四", "五", "六"],
  firstDayOfWeek: 1,
  today: "今天",
  cancel: "取消",
  formatDate: ({ year, month, day }) => `${year}-${String(month + 1).padStart(2, "0")}-${String(day).padStart(2, "0")}`,
  parseDate: (input: string) => {
    const parts = /^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?$/.exec(input.trim());
    return parts ? { year: Number(parts[1]), month: Number(parts[2]) - 1, day: Number(parts[3]) } : undefined;
  },
  formatTitle: (monthName: string, fullYear: number) => `${fullYear}年${monthName}`,
};

function dateTexts(): DatePickerI18n | undefined {
  return language() === "en" ? undefined : CHINESE_DATES;
}
