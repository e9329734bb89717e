import { fieldRight, type FieldRight, type FormComponent, type FormSchema } from "./form.js";

/** Evaluates FEEL over plain values; null where it has no value or can't be read. */
export type EvaluateFeel = (expression: string, scope: Readonly<Record<string, unknown>>) => unknown;

/** A form at a step, with what was there and what is entered now. */
export interface FormSituation {
  form: FormSchema | undefined;
  /** Element id of the step. */
  step: string;
  isStart: boolean;
  present: Readonly<Record<string, unknown>>;
  /** What the step enters or sends; null clears. */
  entered: Readonly<Record<string, unknown>>;
  evaluate: EvaluateFeel;
}

/** What follows from the linkage and the calculations of a form. */
export interface FormState {
  /** What may be done with each component, its conditions included; what is calculated is read. */
  rights: ReadonlyMap<FormComponent, FieldRight>;
  /** Values by key: those calculated included, those of fields that a condition hides left out. */
  values: Readonly<Record<string, unknown>>;
}

/**
 * What a form looks like with these values. The same values give the same state wherever it is asked: the page asks while somebody
 * types, the kernel again when it is sent. Expressions see the keys of the form and nothing else; they may stand in any order, and those
 * that need each other in a circle settle nowhere: they keep what the last round gave.
 */
export function formState(situation: FormSituation): FormState {
  const components = situation.form?.components ?? [];
  const writable = new Map(components.map((component) => [component, isWritable(component, situation)]));
  const rounds = components.filter(hasLogic).length + 2;
  let state: FormState = { rights: new Map(), values: {} };
  let mark = "";
  for (let round = 0; round < rounds; round += 1) {
    state = nextState(situation, components, writable, state);
    const reached = JSON.stringify([[...state.rights.values()], state.values]);
    if (reached === mark) break;
    mark = reached;
  }
  return state;
}

/** Whether the step itself may write a component, whatever its conditions say. */
function isWritable(component: FormComponent, { step, isStart }: FormSituation): boolean {
  return ["edit", "required"].includes(fieldRight(component, step, isStart));
}

/** Whether anything in a component depends on other values. */
export function hasLogic({ jinshui, components }: FormComponent): boolean {
  const { calculate, visibleIf, requiredIf, readonlyIf } = jinshui ?? {};
  return (
    [calculate, visibleIf, requiredIf, readonlyIf].some((expression) => expression !== undefined) ||
    (components ?? []).some((column) => column.jinshui?.calculate !== undefined)
  );
}

function nextState(
  situation: FormSituation,
  components: readonly FormComponent[],
  writable: ReadonlyMap<FormComponent, boolean>,
  before: FormState,
): FormState {
  const { present, entered, evaluate } = situation;
  const values: Record<string, unknown> = {};
  for (const component of components) {
    const { key } = component;
    if (key === undefined) continue;
    const right = before.rights.get(component);
    const has = present[key] ?? component.defaultValue ?? null;
    if (!writable.get(component)) values[key] = present[key] ?? null;
    else if (right === "hidden") values[key] = null;
    else if (component.jinshui?.calculate !== undefined) values[key] = before.values[key] ?? null;
    else values[key] = right !== "read" && key in entered ? (entered[key] ?? null) : has;
  }
  for (const component of components) {
    const { key, jinshui } = component;
    if (key === undefined || !writable.get(component) || before.rights.get(component) === "hidden") continue;
    if (component.type === "dynamiclist") values[key] = calculatedRows(component, values, evaluate);
    else if (jinshui?.calculate !== undefined) values[key] = evaluate(jinshui.calculate, values) ?? null;
  }
  const rights = new Map(components.map((component) => [component, rightNow(component, situation, values)]));
  return { rights, values };
}

/** Rows with the values of their calculated columns; what is no list of rows stays as it is. */
function calculatedRows(
  { key = "", components = [] }: FormComponent,
  values: Readonly<Record<string, unknown>>,
  evaluate: EvaluateFeel,
): unknown {
  const rows = values[key];
  const columns = components.filter(({ jinshui }) => jinshui?.calculate !== undefined);
  if (!Array.isArray(rows) || columns.length === 0) return rows;
  return rows.map((given: unknown) => {
    if (typeof given !== "object" || given === null) return given;
    const row: Record<string, unknown> = { ...given };
    for (const { key: column = "" } of columns) row[column] = null;
    for (const { key: column = "", jinshui } of columns)
      row[column] = evaluate(jinshui?.calculate ?? "null", { ...values, ...blankRow(components), ...row }) ?? null;
    return row;
  });
}

/** A row in which nothing is filled in. */
function blankRow(columns: readonly FormComponent[]): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ key = "" }) => [key, null]));
}

function rightNow(
  component: FormComponent,
  { step, isStart, evaluate }: FormSituation,
  values: Readonly<Record<string, unknown>>,
): FieldRight {
  const holds = (expression: string | undefined): boolean =>
    expression !== undefined && evaluate(expression, values) === true;
  const { visibleIf, readonlyIf, requiredIf, calculate } = component.jinshui ?? {};
  const right = fieldRight(component, step, isStart);
  if (right === "hidden" || (visibleIf !== undefined && !holds(visibleIf))) return "hidden";
  if (right === "read" || calculate !== undefined || holds(readonlyIf)) return "read";
  return holds(requiredIf) ? "required" : right;
}

/** Sum of a column, as it stands below it; exact for amounts in 分, else to twelve decimals. */
export function columnSum(rows: unknown, column: string): number {
  if (!Array.isArray(rows)) return 0;
  const sum = rows.reduce<number>((total, row: unknown) => {
    const value = (row as Record<string, unknown> | null)?.[column];
    return typeof value === "number" ? total + value : total;
  }, 0);
  return Number.isInteger(sum) ? sum : Number(sum.toFixed(12));
}
