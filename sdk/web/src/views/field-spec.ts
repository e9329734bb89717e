import type { Field } from "@jinshui/contracts";
import type { FieldSpec } from "../form/fields.js";
import { local, t } from "../texts/text.js";
import type { KnownCollection } from "./known-collection.js";

const KIND: Partial<Record<Field["type"], FieldSpec["kind"]>> = {
  text: "multiline",
  integer: "number",
  decimal: "decimal",
  money: "money",
  boolean: "checkbox",
  date: "date",
  datetime: "datetime",
  enum: "choice",
  department: "choice",
  reference: "record",
  person: "person",
  attachments: "attachments",
};

/** How an editor draws a field that this person may write. */
export function fieldSpec(
  known: KnownCollection,
  name: string,
  field: Field,
  departments: ReadonlyMap<string, string>,
): FieldSpec {
  return {
    key: name,
    label: local(field.title),
    kind: KIND[field.type] ?? "text",
    required: field.required === true,
    help: helpOf(known, name, field),
    options:
      field.type === "department"
        ? [...departments].map(([value, label]) => ({ value, label }))
        : (field.options ?? []).map(({ value, title }) => ({ value, label: local(title) })),
    collection: field.collection === undefined ? undefined : `${known.id.split(".")[0]}.${field.collection}`,
    maxLength: field.maxLength,
    maxFiles: field.maxFiles,
  };
}

/** Why a field can't be written, or what else is to be said of it. */
export function lockedHint(field: Field): string {
  if (field.type === "serial") return "";
  if (field.computed !== undefined) return t("field.computed");
  return t(field.writableBy === "plugin" ? "record.byProcess" : "field.locked");
}

function helpOf({ examples }: KnownCollection, name: string, field: Field): string {
  const example = examples[name];
  const said = field.pattern ? local(field.pattern.message) : local(field.description);
  if (said !== "") return said;
  if (example !== undefined) return t("field.example", { example });
  return field.type === "decimal" && field.scale !== undefined ? t("field.scale", { n: field.scale }) : "";
}
