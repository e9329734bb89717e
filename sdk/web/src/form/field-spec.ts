import { type FormComponent, MAX_FORM_FILES } from "@jinshui/contracts";
import { language, t } from "../texts/text.js";
import type { FieldSpec } from "./fields.js";
import { entryProblem } from "./fields.js";
import { amountNote, labelOf } from "./shown-value.js";

const KINDS: Record<string, FieldSpec["kind"]> = {
  textarea: "multiline",
  number: "number",
  checkbox: "checkbox",
  select: "choice",
  radio: "choice",
  date: "date",
  datetime: "datetime",
  filepicker: "attachments",
};

/** How a component is drawn while it may be written. */
export function fieldSpec(component: FormComponent, required: boolean, value: unknown): FieldSpec {
  const type = component.jinshui?.type;
  const help = [component.description, amountNote(component, value)].filter((part) => part !== undefined).join(" ");
  return {
    key: component.key ?? "",
    label: labelOf(component),
    kind: type === undefined || type === "opinion" ? (KINDS[component.type] ?? "text") : type,
    required,
    help: help === "" ? undefined : help,
    options: optionsOf(component),
    collection: component.jinshui?.collection,
    filter: component.jinshui?.filter,
    maxLength: component.validate?.maxLength,
    maxFiles: component.multiple === true ? MAX_FORM_FILES : 1,
  };
}

const known = new WeakMap<FormComponent, { of: string; options: NonNullable<FieldSpec["options"]> }>();

/** Always the same list for a component: a field that is given another one draws its choices anew, with every key that is pressed. */
function optionsOf(component: FormComponent): NonNullable<FieldSpec["options"]> {
  const found = known.get(component);
  if (found?.of === language()) return found.options;
  const options = (component.values ?? []).map(({ value, label, en }) => ({
    value,
    label: language() === "en" ? (en ?? label) : label,
  }));
  known.set(component, { of: language(), options });
  return options;
}

/** Whether a field holds nothing. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Why a value can't be taken, as far as that can be told without the kernel. */
export function valueProblem(component: FormComponent, required: boolean, value: unknown): string | undefined {
  if (isBlank(value)) return required ? t("problem.required") : undefined;
  const { minLength, maxLength, min, max } = component.validate ?? {};
  if (typeof value === "string" && minLength !== undefined && value.length < minLength)
    return t("problem.too-short", { limit: minLength });
  if (typeof value === "string" && maxLength !== undefined && value.length > maxLength)
    return t("problem.too-long", { limit: maxLength });
  if (typeof value === "number" && min !== undefined && value < min)
    return t("problem.too-small", { limit: limitOf(component, min) });
  if (typeof value === "number" && max !== undefined && value > max)
    return t("problem.too-large", { limit: limitOf(component, max) });
  return entryProblem(fieldSpec(component, required, value), value);
}

/** A limit as people read it: of an amount in yuan. */
function limitOf({ jinshui }: FormComponent, limit: number): number {
  return jinshui?.type === "money" ? limit / 100 : limit;
}
