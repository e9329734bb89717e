import { columnSum, type FormComponent, MAX_FORM_ROWS } from "@jinshui/contracts";
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../texts/text.js";
import { fieldSpec, valueProblem } from "./field-spec.js";
import { fieldTemplate } from "./fields.js";
import { labelOf, rowsOf, shownValue } from "./shown-value.js";

/** What is wrong with the rows of a list, by the place of the cell. */
export function rowProblems(list: FormComponent, required: boolean, value: unknown): [string, string][] {
  const rows = rowsOf(value);
  const { min = 0, max = MAX_FORM_ROWS } = list.validate ?? {};
  const key = list.key ?? "";
  if (rows.length === 0) return required ? [[key, t("problem.required")]] : [];
  if (rows.length < min) return [[key, t("problem.too-few-rows", { limit: min })]];
  if (rows.length > max) return [[key, t("problem.too-many-rows", { limit: max })]];
  return rows.flatMap((row, index) =>
    (list.components ?? [])
      .filter(({ jinshui }) => jinshui?.calculate === undefined)
      .flatMap((column): [string, string][] => {
        const problem = valueProblem(column, column.validate?.required === true, row[column.key ?? ""]);
        return problem === undefined ? [] : [[placeOf(list, index, column), problem]];
      }),
  );
}

/** Where a cell is, as problems name it. */
function placeOf(list: FormComponent, row: number, column: FormComponent): string {
  return `${list.key ?? ""}.${row}.${column.key ?? ""}`;
}

/** A cell's name for people. */
export function placeLabel(components: readonly FormComponent[], place: string): string | undefined {
  const [key, row, cell] = place.split(".");
  const list = components.find((component) => component.key === key);
  const column = list?.components?.find((candidate) => candidate.key === cell);
  if (!list) return undefined;
  return column ? t("form.cell", { list: labelOf(list), n: Number(row) + 1, column: labelOf(column) }) : labelOf(list);
}

/** A list of rows (明细表) that may be written: one line each, calculated columns as text, sums below. */
export function rowsTemplate(
  list: FormComponent,
  value: unknown,
  {
    required,
    problems,
    change,
  }: {
    required: boolean;
    problems: ReadonlyMap<string, string>;
    change: (rows: Record<string, unknown>[]) => void;
  },
): TemplateResult {
  const rows = rowsOf(value);
  const columns = list.components ?? [];
  const problem = problems.get(list.key ?? "");
  const set = (index: number, column: FormComponent, cell: unknown) =>
    change(rows.map((row, at) => (at === index ? { ...row, [column.key ?? ""]: cell ?? null } : row)));
  const full = rows.length >= (list.validate?.max ?? MAX_FORM_ROWS);
  return html`<div class="rows entry" role="group" aria-label=${labelOf(list)}>
    <p class="label">${labelOf(list)}${required ? html` <span aria-hidden="true">*</span>` : nothing}</p>
    ${
      rows.length === 0
        ? nothing
        : html`<table>
            <thead>
              <tr>
                <th scope="col">${t("form.order")}</th>
                ${columns.map((column) => html`<th scope="col" class=${alignment(column)}>${labelOf(column)}</th>`)}
                <th scope="col"><span class="visually-hidden">${t("form.rowActions")}</span></th>
              </tr>
            </thead>
            <tbody>
              ${rows.map(
                (row, index) =>
                  html`<tr>
                    <td class="order">${index + 1}</td>
                    ${columns.map((column) => cellTemplate(list, column, row, index, problems, (cell) => set(index, column, cell)))}
                    <td>
                      <button
                        class="button plain"
                        type="button"
                        aria-label=${t("form.removeRowOf", { n: index + 1 })}
                        @click=${() => change(rows.filter((_, at) => at !== index))}
                      >
                        ${t("form.removeRow")}
                      </button>
                    </td>
                  </tr>`,
              )}
            </tbody>
            ${sumsTemplate(columns, rows, true)}
          </table>`
    }
    ${problem === undefined ? nothing : html`<p class="problem">${problem}</p>`}
    <button class="button" type="button" id=${list.key ?? ""} ?disabled=${full} @click=${() => change([...rows, {}])}>
      ${t("form.addRow")}
    </button>
  </div>`;
}

function cellTemplate(
  list: FormComponent,
  column: FormComponent,
  row: Record<string, unknown>,
  index: number,
  problems: ReadonlyMap<string, string>,
  change: (value: unknown) => void,
): TemplateResult {
  const value = row[column.key ?? ""];
  if (column.jinshui?.calculate !== undefined)
    return html`<td class="value ${alignment(column)}" data-label=${labelOf(column)}>${shownValue(column, value)}</td>`;
  const place = placeOf(list, index, column);
  const spec = {
    ...fieldSpec(column, column.validate?.required === true, value),
    key: place,
    label: t("form.cellLabel", { n: index + 1, column: labelOf(column) }),
  };
  return html`<td data-key=${place}>${fieldTemplate(spec, value, problems.get(place), change)}</td>`;
}

function sumsTemplate(
  columns: readonly FormComponent[],
  rows: Record<string, unknown>[],
  actions: boolean,
): TemplateResult | typeof nothing {
  if (!columns.some(({ jinshui }) => jinshui?.subtotal === true)) return nothing;
  return html`<tfoot>
    <tr>
      <th scope="row">${t("form.sum")}</th>
      ${columns.map((column) =>
        column.jinshui?.subtotal === true
          ? html`<td class="value ${alignment(column)}" data-label=${labelOf(column)}>
              ${shownValue(column, columnSum(rows, column.key ?? ""))}
            </td>`
          : html`<td></td>`,
      )}
      ${actions ? html`<td></td>` : nothing}
    </tr>
  </tfoot>`;
}

/** The same list where it is only read. */
export function rowsFact(list: FormComponent, value: unknown): TemplateResult | string {
  const rows = rowsOf(value);
  const columns = list.components ?? [];
  if (rows.length === 0) return t("value.none");
  return html`<div class="rows">
    <table>
      <thead>
        <tr>
          <th scope="col">${t("form.order")}</th>
          ${columns.map((column) => html`<th scope="col" class=${alignment(column)}>${labelOf(column)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row, index) =>
            html`<tr>
              <td class="value">${index + 1}</td>
              ${columns.map((column) => html`<td class="value ${alignment(column)}">${shownValue(column, row[column.key ?? ""])}</td>`)}
            </tr>`,
        )}
      </tbody>
      ${sumsTemplate(columns, rows, false)}
    </table>
  </div>`;
}

function alignment({ type }: FormComponent): string {
  return type === "number" ? "end" : "";
}
