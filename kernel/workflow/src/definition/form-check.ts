import {
  fieldRight,
  type FormComponent,
  type FormProblem,
  type FormSchema,
  JinshuiError,
  MAX_FORM_FILES,
} from "@jinshui/contracts";
import { isFile } from "../archiving/archive-content.js";
import { RESERVED_VARIABLES } from "./reserved-variables.js";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

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

/** Checks what a step sends against its form and the step's rights; 400 `invalid-form` names every field. */
export function checkForm({ form, values, present, step, isStart, complete }: FormCheck): void {
  const components = (form?.components ?? []).filter(
    ({ key }) => key !== undefined && !RESERVED_VARIABLES.includes(key),
  );
  const problems: FormProblem[] = [];
  for (const [key, value] of Object.entries(values)) {
    const component = components.find((candidate) => candidate.key === key);
    const right = component && fieldRight(component, step, isStart);
    if (!component) problems.push({ key, label: key, code: "unknown-field" });
    else if (right !== "edit" && right !== "required") problems.push({ ...named(component), code: "not-editable" });
    else if (!isEmpty(value)) problems.push(...valueProblem(component, value));
  }
  for (const component of complete ? components : []) {
    const key = component.key ?? "";
    if (fieldRight(component, step, isStart) === "required" && isEmpty(key in values ? values[key] : present[key]))
      problems.push({ ...named(component), code: "required" });
  }
  if (problems.length > 0) {
    throw new JinshuiError(
      "invalid-form",
      `The form does not fit: ${problems.map(({ key, code }) => `${key} ${code}`).join(", ")}`,
      { details: { problems } },
    );
  }
}

function named(component: FormComponent): { key: string; label: string } {
  return { key: component.key ?? "", label: component.label ?? component.key ?? "" };
}

function valueProblem(component: FormComponent, value: unknown): FormProblem[] {
  const problem = (code: FormProblem["code"], params?: Record<string, string>): FormProblem[] => [
    { ...named(component), code, ...(params ? { params } : {}) },
  ];
  if (component.jinshui?.type === "record") return isRecordRef(value) ? [] : problem("record");
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
