import { fieldRight, type FormComponent, type FormSchema } from "./form.js";

/** Any day: samples are the same whenever they are made. */
const DAY = "2026-01-15";
/** A hundred yuan in 分. */
const MONEY = 10_000;

/**
 * Values that a form takes at a step, for trial runs: of every field that must be filled in there, and of no other. Left out are
 * fields for which nobody can guess one: records, people, files, and texts with a pattern.
 */
export function sampleValues(form: FormSchema | undefined, step: string, isStart: boolean): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const component of form?.components ?? []) {
    if (component.key === undefined || fieldRight(component, step, isStart) !== "required") continue;
    const value = sampleValue(component);
    if (value !== undefined) values[component.key] = value;
  }
  return values;
}

function sampleValue({ type, label = "", values, validate = {}, jinshui, components }: FormComponent): unknown {
  if (["record", "person", "department"].includes(jinshui?.type ?? "") || type === "filepicker") return undefined;
  if (jinshui?.calculate !== undefined) return undefined;
  switch (type) {
    case "dynamiclist": {
      const row = sampleValues({ type: "default", id: "row", components: components ?? [] }, "", true);
      return Array.from({ length: Math.max(1, validate.min ?? 1) }, () => row);
    }
    case "number":
      return jinshui?.type === "money"
        ? Math.max(validate.min ?? 0, Math.min(MONEY, validate.max ?? MONEY))
        : (validate.min ?? Math.min(1, validate.max ?? 1));
    case "checkbox":
      return true;
    case "select":
    case "radio":
      return values?.[0]?.value;
    case "date":
      return DAY;
    case "datetime":
      return `${DAY}T09:00`;
    default:
      if (validate.pattern !== undefined) return undefined;
      return [...label.padEnd(validate.minLength ?? 1, "。")].slice(0, validate.maxLength ?? 200).join("");
  }
}
