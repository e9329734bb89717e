import {
  fieldRight,
  type FieldRight,
  type FormComponent,
  type FormProblem,
  type FormSchema,
  formState,
  JinshuiError,
  MAX_FORM_FILES,
  MAX_FORM_ROWS,
} from "@jinshui/contracts";
import { jsonEvaluator } from "@jinshui/feel";
import { canonicalJson } from "@jinshui/storage";
import { isFile } from "../archiving/archive-content.js";
import { RESERVED_VARIABLES } from "./reserved-variables.js";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

const evaluate = jsonEvaluator();

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

export interface FormCheck {
  form: FormSchema | undefined;
  /** What the step sends. */
  values: Record<string, unknown>;
  /** What the instance holds already. */
  present: Record<string, unknown>;
  /** Element id of the step. */
  step: string;
  isStart: boolean;
  /** False for actions that go back: what is sent must fit, but nothing need be there. */
  complete: boolean;
}

/**
 * Checks what a step sends against its form, the step's rights, and what follows from linkage and calculations; 400 `invalid-form` names
 * every field. Answers with what the step sets: what it sent, what is calculated from it, and null for what a condition has taken away.
 */
export function checkForm({ form, values, present, step, isStart, complete }: FormCheck): Record<string, unknown> {
  const components = (form?.components ?? []).filter(
    ({ key }) => key !== undefined && !RESERVED_VARIABLES.includes(key),
  );
  const { rights, values: settled } = formState({ form, step, isStart, present, entered: values, evaluate });
  const problems: FormProblem[] = [];
  for (const [key, value] of Object.entries(values)) {
    const component = components.find((candidate) => candidate.key === key);
    if (!component) problems.push({ key, label: key, code: "unknown-field" });
    else problems.push(...sentProblems(component, value, settled[key], rights.get(component)));
  }
  const kept: Record<string, unknown> = { ...values };
  for (const component of components) {
    const key = component.key ?? "";
    const right = rights.get(component);
    const value = component.jinshui?.type === "opinion" ? values[key] : settled[key];
    if (complete && right === "required" && isEmpty(value)) problems.push({ ...named(component), code: "required" });
    if (component.type === "dynamiclist" && complete && isWritable(right))
      problems.push(...countProblems(component, value));
    if (!["edit", "required"].includes(fieldRight(component, step, isStart))) continue;
    if (component.jinshui?.type === "opinion" || isSame(settled[key], key in values ? values[key] : present[key]))
      continue;
    kept[key] = settled[key];
  }
  if (problems.length > 0) {
    throw new JinshuiError(
      "invalid-form",
      `The form does not fit: ${problems.map(({ key, code }) => `${key} ${code}`).join(", ")}`,
      { details: { problems } },
    );
  }
  return kept;
}

/** What is wrong with a value that was sent, when the form makes `settled` of it. */
function sentProblems(
  component: FormComponent,
  value: unknown,
  settled: unknown,
  right: FieldRight | undefined,
): FormProblem[] {
  const problem = (code: FormProblem["code"]): FormProblem[] => [{ ...named(component), code }];
  if (right === "read" && component.jinshui?.calculate !== undefined)
    return isSame(value, settled) ? [] : problem("calculated");
  if (!isWritable(right)) return right === "hidden" && isEmpty(value) ? [] : problem("not-editable");
  if (isEmpty(value)) return [];
  return component.type === "dynamiclist" ? rowProblems(component, value, settled) : valueProblem(component, value);
}

function rowProblems(component: FormComponent, value: unknown, settled: unknown): FormProblem[] {
  const columns = component.components ?? [];
  if (!Array.isArray(value)) return [{ ...named(component), code: "type" }];
  return value.flatMap((row: unknown, index) => {
    const at = (key: string, label: string) => ({
      key: `${component.key ?? ""}.${index}.${key}`,
      label: `${named(component).label}第 ${index + 1} 行“${label}”`,
    });
    if (typeof row !== "object" || row === null) return [{ ...at("", ""), code: "type" as const }];
    const sent = row as Record<string, unknown>;
    const known = columns.map(({ key }) => key);
    const unknown = Object.keys(sent).filter((key) => !known.includes(key));
    const cells = columns.flatMap((column): FormProblem[] => {
      const { key, label } = named(column);
      const right = column.jinshui?.calculate === undefined ? "edit" : "read";
      if (right === "edit" && isEmpty(sent[key]))
        return column.validate?.required === true ? [{ ...at(key, label), code: "required" }] : [];
      if (right === "read" && !(key in sent)) return [];
      const worked = ((settled as unknown[])[index] as Record<string, unknown>)[key];
      return sentProblems(column, sent[key], worked, right).map((found) => ({ ...found, ...at(key, label) }));
    });
    return [...unknown.map((key) => ({ ...at(key, key), code: "unknown-field" as const })), ...cells];
  });
}

function countProblems(component: FormComponent, value: unknown): FormProblem[] {
  const rows = Array.isArray(value) ? value.length : 0;
  const { min = 0, max = MAX_FORM_ROWS } = component.validate ?? {};
  if (rows > 0 && rows < min) return [{ ...named(component), code: "too-few-rows", params: { limit: String(min) } }];
  return rows > max ? [{ ...named(component), code: "too-many-rows", params: { limit: String(max) } }] : [];
}

const isWritable = (right: FieldRight | undefined): boolean => right === "edit" || right === "required";

/** Whether two values are the same as JSON; none and null are. */
function isSame(left: unknown, right: unknown): boolean {
  return canonicalJson(left ?? null) === canonicalJson(right ?? null);
}

function named(component: FormComponent): { key: string; label: string } {
  return { key: component.key ?? "", label: component.label ?? component.key ?? "" };
}

function valueProblem(component: FormComponent, value: unknown): FormProblem[] {
  const problem = (code: FormProblem["code"], params?: Record<string, string>): FormProblem[] => [
    { ...named(component), code, ...(params ? { params } : {}) },
  ];
  if (["record", "person", "department"].includes(component.jinshui?.type ?? ""))
    return isRecordRef(value) ? [] : problem("record");
  switch (component.type) {
    case "number":
      if (typeof value !== "number" || !Number.isFinite(value)) return problem("type");
      if (component.jinshui?.type === "money" && !Number.isSafeInteger(value)) return problem("type");
      if (component.validate?.min !== undefined && value < component.validate.min)
        return problem("too-small", { limit: String(component.validate.min) });
      if (component.validate?.max !== undefined && value > component.validate.max)
        return problem("too-large", { limit: String(component.validate.max) });
      return [];
    case "checkbox":
      return typeof value === "boolean" ? [] : problem("type");
    case "select":
    case "radio":
      return component.values?.some((option) => option.value === value)
        ? []
        : problem("option", { choices: (component.values ?? []).map(({ label }) => label).join("、") });
    case "date":
      return typeof value === "string" && DATE.test(value) && isDay(value) ? [] : problem("type");
    case "filepicker": {
      if (!Array.isArray(value) || !value.every(isFile)) return problem("type");
      const limit = component.multiple === true ? MAX_FORM_FILES : 1;
      return value.length > limit ? problem("too-many", { limit: String(limit) }) : [];
    }
    case "datetime":
      return typeof value === "string" && DATE_TIME.test(value) && isDay(value) ? [] : problem("type");
    default:
      return textProblem(component, value, problem);
  }
}

/** Whether the day exists and the time, where there is one, can be read: `Date` alone takes 30 February for 2 March. */
function isDay(text: string): boolean {
  const day = text.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day) && !Number.isNaN(Date.parse(text));
}

function textProblem(
  component: FormComponent,
  value: unknown,
  problem: (code: FormProblem["code"], params?: Record<string, string>) => FormProblem[],
): FormProblem[] {
  if (typeof value !== "string") return problem("type");
  const { minLength, maxLength = 10_000, pattern } = component.validate ?? {};
  const length = [...value].length;
  if (minLength !== undefined && length < minLength) return problem("too-short", { limit: String(minLength) });
  if (length > maxLength) return problem("too-long", { limit: String(maxLength) });
  return pattern !== undefined && !new RegExp(`^(?:${pattern})$`, "u").test(value) ? problem("pattern") : [];
}

/** A picked record travels as its id and the title it had. */
function isRecordRef(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "id" in value &&
    typeof value.id === "string" &&
    "title" in value &&
    typeof value.title === "string"
  );
}
