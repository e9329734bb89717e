import type { Setting } from "@jinshui/contracts";
import { language, t } from "@jinshui/web";
import type { FieldSpec } from "@jinshui/web/form";

/** What a setting is called. */
export function titleOf(setting: Setting): string {
  return (language() === "en" ? setting["x-en"]?.title : undefined) ?? setting.title;
}

/** What its author says of a setting, and its limits. */
export function hintOf(setting: Setting): string {
  const { description, minimum, maximum, minItems, maxItems, type } = setting;
  const own = language() === "en" ? (setting["x-en"]?.description ?? description) : description;
  const limits =
    type === "array"
      ? [
          t("settings.lines"),
          ...(minItems === undefined ? [] : [t("settings.minItems", { n: minItems })]),
          ...(maxItems === undefined ? [] : [t("settings.maxItems", { n: maxItems })]),
        ]
      : [
          ...(minimum === undefined ? [] : [t("settings.minimum", { n: minimum })]),
          ...(maximum === undefined ? [] : [t("settings.maximum", { n: maximum })]),
        ];
  return [...(own === undefined ? [] : [own]), ...limits].join(language() === "en" ? "; " : "；");
}

/** How a setting is drawn. */
export function specOf(key: string, setting: Setting, required: boolean): FieldSpec {
  return {
    key,
    label: titleOf(setting),
    kind: kindOf(setting),
    required,
    help: hintOf(setting),
    options: (setting.oneOf ?? []).map((choice) => ({
      value: choice.const,
      label: (language() === "en" ? choice["x-en"] : undefined) ?? choice.title,
    })),
    maxLength: setting.maxLength,
  };
}

function kindOf({ type, oneOf, format, "x-multiline": isMultiline }: Setting): FieldSpec["kind"] {
  if (type === "boolean") return "checkbox";
  if (type === "integer" || type === "number") return "number";
  if (type === "array" || isMultiline === true) return "multiline";
  if (oneOf) return "choice";
  if (format === "date") return "date";
  return format === "date-time" ? "datetime" : "text";
}

/** A value as its field shows it: of a list a line each. */
export function fieldValue(value: unknown): unknown {
  return Array.isArray(value) ? value.join("\n") : value;
}

/** What was entered as it is kept; nothing for what was emptied. */
export function keptValue({ type }: Setting, entered: unknown): unknown {
  if (type !== "array" || typeof entered !== "string") return entered === "" ? undefined : (entered ?? undefined);
  const lines = entered.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "");
}

/** Why a value can't be taken, as far as a browser can tell; the kernel has the last word. */
export function settingProblem(setting: Setting, value: unknown, required: boolean): string | undefined {
  if (value === undefined) return required ? t("problem.required") : undefined;
  const { type, minimum, maximum, minLength, maxLength, pattern, items, minItems, maxItems } = setting;
  if (type === "integer" && !Number.isInteger(value)) return t("settings.integer");
  if (typeof value === "number" && minimum !== undefined && value < minimum)
    return t("problem.too-small", { limit: minimum });
  if (typeof value === "number" && maximum !== undefined && value > maximum)
    return t("problem.too-large", { limit: maximum });
  if (Array.isArray(value)) {
    if (minItems !== undefined && value.length < minItems) return t("settings.minItems", { n: minItems });
    if (maxItems !== undefined && value.length > maxItems) return t("settings.maxItems", { n: maxItems });
    const rule = { ...setting, ...items, type: "string" as const };
    return value.map((line) => settingProblem(rule, line, false)).find((problem) => problem !== undefined);
  }
  if (typeof value !== "string") return undefined;
  const length = [...value].length;
  if (minLength !== undefined && length < minLength) return t("problem.too-short", { limit: minLength });
  if (maxLength !== undefined && length > maxLength) return t("problem.too-long", { limit: maxLength });
  if (pattern !== undefined && !new RegExp(pattern, "u").test(value))
    return t("problem.pattern", { message: hintOf(setting) });
  return undefined;
}
