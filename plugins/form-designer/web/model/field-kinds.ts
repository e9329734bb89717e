import type { FormComponent } from "@jinshui/contracts";

/** What can be put on a form, in the order of the palette. */
export const FIELD_KINDS = [
  "text",
  "multiline",
  "number",
  "money",
  "date",
  "datetime",
  "choice",
  "checkbox",
  "person",
  "department",
  "attachment",
  "list",
  "opinion",
  "heading",
  "note",
  "line",
] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];

/** What a column of a list can be. */
export const COLUMN_KINDS = ["text", "number", "money", "date", "choice", "checkbox", "person"] as const;

/** What stands on a form and holds no value. */
export const LAYOUT_KINDS: readonly FieldKind[] = ["heading", "note", "line"];

const PARTS: Record<FieldKind, Omit<FormComponent, "key" | "label">> = {
  text: { type: "textfield" },
  multiline: { type: "textarea" },
  number: { type: "number" },
  money: { type: "number", jinshui: { type: "money" } },
  date: { type: "date" },
  datetime: { type: "datetime" },
  choice: { type: "select" },
  checkbox: { type: "checkbox" },
  person: { type: "select", jinshui: { type: "person" } },
  department: { type: "select", jinshui: { type: "department" } },
  attachment: { type: "filepicker", multiple: true },
  list: { type: "dynamiclist" },
  opinion: { type: "textarea", jinshui: { type: "opinion" } },
  heading: { type: "group" },
  note: { type: "text" },
  line: { type: "separator" },
};

/** Kind of a component; a type of form-js that the palette does not offer is what it is drawn as. */
export function kindOf({ type, jinshui }: FormComponent): FieldKind {
  if (jinshui?.type === "record") return "choice";
  if (jinshui?.type !== undefined) return jinshui.type;
  const kinds: Record<FormComponent["type"], FieldKind> = {
    textfield: "text",
    textarea: "multiline",
    number: "number",
    checkbox: "checkbox",
    radio: "choice",
    select: "choice",
    date: "date",
    datetime: "datetime",
    filepicker: "attachment",
    dynamiclist: "list",
    group: "heading",
    text: "note",
    separator: "line",
  };
  return kinds[type];
}

/** A new component of a kind; `known` are all others, whose keys it must not take; a list begins with one column. */
export function newComponent(
  kind: FieldKind,
  label: string,
  known: readonly FormComponent[],
  columnLabel = label,
): FormComponent {
  const part = PARTS[kind];
  const base: FormComponent = { ...part, ...(part.jinshui ? { jinshui: { ...part.jinshui } } : {}) };
  if (kind === "note") return { ...base, text: label };
  if (kind === "line") return base;
  if (kind === "heading") return { ...base, label };
  const full: FormComponent = { ...base, label, key: freeKey(kind, known) };
  if (kind === "choice") full.values = [1, 2].map((n) => ({ value: `option${n}`, label: `${label}${n}` }));
  if (kind === "list") full.components = [newComponent("text", columnLabel, known)];
  return full;
}

/** A key that none of the others has. */
export function freeKey(stem: string, known: readonly FormComponent[]): string {
  for (let n = 1; ; n += 1) if (!known.some(({ key }) => key === `${stem}${n}`)) return `${stem}${n}`;
}
