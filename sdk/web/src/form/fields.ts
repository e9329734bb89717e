import "@vaadin/checkbox/vaadin-checkbox.js";
import "@vaadin/combo-box/vaadin-combo-box.js";
import "@vaadin/date-picker/vaadin-date-picker.js";
import "@vaadin/date-time-picker/vaadin-date-time-picker.js";
import "@vaadin/number-field/vaadin-number-field.js";
import "@vaadin/text-area/vaadin-text-area.js";
import "@vaadin/text-field/vaadin-text-field.js";
import type { ComboBoxDataProvider } from "@vaadin/combo-box/vaadin-combo-box.js";
import type { DatePickerI18n } from "@vaadin/date-picker/vaadin-date-picker.js";
import { authApi, type CollectionDefinition, storageApi } from "@jinshui/contracts";
import { html, type TemplateResult } from "lit";
import { ifDefined } from "lit/directives/if-defined.js";
import { client } from "../api-client.js";
import { language, local, t } from "../texts/text.js";

/** A field as every form of the platform draws it, whatever described it. */
export interface FieldSpec {
  key: string;
  label: string;
  kind: "text" | "multiline" | "number" | "money" | "checkbox" | "choice" | "date" | "datetime" | "record" | "person";
  required: boolean;
  help?: string | undefined;
  options?: { value: string; label: string }[];
  collection?: string | undefined;
  filter?: Record<string, unknown> | undefined;
  maxLength?: number | undefined;
}

/** Draws one field; `change` gets the value as the API wants it, `undefined` for none. */
export function fieldTemplate(
  spec: FieldSpec,
  value: unknown,
  error: string | undefined,
  change: (value: unknown) => void,
): TemplateResult {
  const label = spec.label;
  const common = { invalid: error !== undefined, message: error ?? "" };
  switch (spec.kind) {
    case "multiline":
      return html`<vaadin-text-area
        id=${spec.key}
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        maxlength=${ifDefined(spec.maxLength)}
        .value=${text(value)}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
        @value-changed=${changed(value, change)}
      ></vaadin-text-area>`;
    case "number":
      return html`<vaadin-number-field
        id=${spec.key}
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        .value=${text(value)}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
        @value-changed=${changed(value, (input) => change(input === undefined ? undefined : Number(input)))}
      ></vaadin-number-field>`;
    case "money":
      return html`<vaadin-number-field
        id=${spec.key}
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        step="any"
        .value=${typeof value === "number" ? String(value / 100) : ""}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
        @value-changed=${changed(typeof value === "number" ? value / 100 : "", (input) => change(input === undefined ? undefined : Math.round(Number(input) * 100)))}
      ></vaadin-number-field>`;
    case "checkbox":
      return html`<vaadin-checkbox
        id=${spec.key}
        .label=${label}
        .checked=${value === true}
        @checked-changed=${(event: CustomEvent<{ value: boolean }>) => event.detail.value !== (value === true) && change(event.detail.value)}
      ></vaadin-checkbox>`;
    case "choice":
      // a combo box, since the select's button carries attributes that screen readers refuse
      return html`<vaadin-combo-box
        id=${spec.key}
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        ?clear-button-visible=${!spec.required}
        .items=${spec.options ?? []}
        .value=${text(value)}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
        @value-changed=${changed(value, change)}
        @opened-changed=${nameList}
      ></vaadin-combo-box>`;
    case "date":
      return html`<vaadin-date-picker
        id=${spec.key}
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        .i18n=${dateTexts()}
        .value=${text(value)}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
        @value-changed=${changed(value, change)}
      ></vaadin-date-picker>`;
    case "datetime":
      return html`<vaadin-date-time-picker
        id=${spec.key}
        .label=${label}
        ?required=${spec.required}
        .i18n=${dateTexts()}
        .value=${text(value).slice(0, 16)}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
        @value-changed=${changed(value, (input) => change(input === undefined ? undefined : `${String(input)}:00+08:00`))}
      ></vaadin-date-time-picker>`;
    case "record":
    case "person":
      return html`<vaadin-combo-box
        id=${spec.key}
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        placeholder=${t("form.pick")}
        item-id-path="id"
        item-value-path="id"
        item-label-path="title"
        .dataProvider=${spec.kind === "person" ? colleagues : recordProvider(spec)}
        .selectedItem=${value ?? null}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
        @selected-item-changed=${(event: CustomEvent<{ value: Choice | null }>) => (event.detail.value?.id ?? "") !== ((value as { id?: string } | undefined)?.id ?? "") && change(event.detail.value ?? undefined)}
        @opened-changed=${nameList}
      ></vaadin-combo-box>`;
    default:
      return html`<vaadin-text-field
        id=${spec.key}
        .label=${label}
        ?required=${spec.required}
        helper-text=${spec.help ?? ""}
        maxlength=${ifDefined(spec.maxLength)}
        .value=${text(value)}
        .invalid=${common.invalid}
        .errorMessage=${common.message}
        .manualValidation=${true}
        @value-changed=${changed(value, change)}
      ></vaadin-text-field>`;
  }
}

const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));

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

interface Choice {
  id: string;
  title: string;
}
type ReadChoices = (
  search: string,
  cursor: string | undefined,
  limit: number,
) => Promise<{ items: Choice[]; nextCursor?: string | undefined; total?: number | undefined }>;

/** What a picker offers, page by page as people type. */
function pages(read: ReadChoices): ComboBoxDataProvider<Choice> {
  const cursors = new Map<string, string>();
  return ({ page, pageSize, filter }, callback) => {
    void (async () => {
      const cursor = page === 0 ? undefined : cursors.get(`${filter}/${page}`);
      const { items, nextCursor, total } = await read(filter, cursor, pageSize);
      if (nextCursor !== undefined) cursors.set(`${filter}/${page + 1}`, nextCursor);
      callback(items, total);
    })().catch(() => callback([], 0));
  };
}

const providers = new Map<string, ComboBoxDataProvider<Choice>>();

/** Finds records; kept per field so that the picker does not start over at every drawing. */
function recordProvider({ collection = "", filter }: FieldSpec): ComboBoxDataProvider<Choice> {
  const key = JSON.stringify([collection, filter]);
  const known = providers.get(key);
  if (known) return known;
  const provider = pages(async (search, cursor, limit) => {
    const storage = client(storageApi);
    const definition = (await storage.describe({ plugin: collection.split(".")[0] ?? "" })).collections.find(
      ({ id }) => id === collection,
    )?.definition;
    const { records, nextCursor, total } = await storage.find({
      collection,
      limit,
      ...(filter ? { filter } : {}),
      ...(search === "" ? {} : { search }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    return {
      items: records.map(({ id, values }) => ({ id, title: titleOf(definition, values) || id })),
      nextCursor,
      total,
    };
  });
  providers.set(key, provider);
  return provider;
}

/** People of the bureau by name, with their departments. */
const colleagues = pages(async (search, cursor, limit) => {
  const { people, nextCursor, total } = await client(authApi).people({
    limit,
    ...(search === "" ? {} : { search }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  const items = people.map(({ id, name, departmentTitle }) => ({ id, title: `${name} · ${local(departmentTitle)}` }));
  return { items, nextCursor, total };
});

/** A record in a picker: the first plain texts of its list, e.g. code, name and model. */
function titleOf(definition: CollectionDefinition | undefined, values: Record<string, unknown>): string {
  const names = definition?.display.list.filter((name) => definition.fields[name]?.type === "string") ?? [];
  return names
    .slice(0, 3)
    .map((name) => values[name])
    .filter((part) => part !== undefined)
    .join(" · ");
}

function dateTexts(): DatePickerI18n | undefined {
  if (language() === "en") return undefined;
  return {
    monthNames: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
    weekdays: ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
    weekdaysShort: ["日", "一", "二", "三", "四", "五", "六"],
    firstDayOfWeek: 1,
    today: "今天",
    cancel: "取消",
    formatDate: ({ year, month, day }) =>
      `${year}-${String(month + 1).padStart(2, "0")}-${String(day).padStart(2, "0")}`,
    parseDate: (input: string) => {
      const parts = /^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?$/.exec(input.trim());
      return parts ? { year: Number(parts[1]), month: Number(parts[2]) - 1, day: Number(parts[3]) } : undefined;
    },
    formatTitle: (monthName: string, fullYear: number) => `${fullYear}年${monthName}`,
  };
}
