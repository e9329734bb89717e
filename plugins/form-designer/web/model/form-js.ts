import type { FormComponent, FormSchema } from "@jinshui/contracts";

/** A form as the tools of the BPMN world write it, and what of it those tools or we do not know. */
export interface Exchange<T> {
  form: T;
  /** Names of fields with what is lost of each. */
  lost: { label: string; part: string }[];
}

const EXTENSIONS = [
  "calculate",
  "visibleIf",
  "requiredIf",
  "readonlyIf",
  "steps",
  "type",
  "document",
  "en",
  "subtotal",
] as const;

/** Our form as a form-js schema: widths, lists and conditions in its own words; what it has no word for stays under `jinshui`. */
export function toFormJs(form: FormSchema): Exchange<object> {
  const lost = form.components.flatMap((component) =>
    EXTENSIONS.filter((part) => part !== "visibleIf" && component.jinshui?.[part] !== undefined).map((part) => ({
      label: component.label ?? component.key ?? "",
      part,
    })),
  );
  return {
    form: {
      ...form,
      schemaVersion: 16,
      exporter: { name: "Jinshui", version: "1" },
      components: form.components.map(toTheirs),
    },
    lost,
  };
}

function toTheirs(component: FormComponent): object {
  const { type, key, components, jinshui, text, ...rest } = component;
  const layout = jinshui?.columns === undefined ? {} : { layout: { columns: jinshui.columns } };
  const conditional = jinshui?.visibleIf === undefined ? {} : { conditional: { hide: `=not(${jinshui.visibleIf})` } };
  const common = { ...rest, ...layout, ...conditional, ...(jinshui ? { jinshui } : {}) };
  if (type === "dynamiclist") return { ...common, type, path: key, components: (components ?? []).map(toTheirs) };
  if (type === "date" || type === "datetime")
    return { ...common, type: "datetime", subtype: type, key, dateLabel: rest.label };
  if (type === "group") return { ...common, type: "text", text: `## ${rest.label ?? ""}` };
  return { ...common, type, ...(key === undefined ? {} : { key }), ...(text === undefined ? {} : { text }) };
}

const TYPES: Record<string, FormComponent["type"]> = {
  textfield: "textfield",
  textarea: "textarea",
  number: "number",
  checkbox: "checkbox",
  radio: "radio",
  select: "select",
  datetime: "datetime",
  date: "date",
  filepicker: "filepicker",
  text: "text",
  separator: "separator",
  dynamiclist: "dynamiclist",
};
const KEY = /^[a-z][A-Za-z0-9]{0,39}$/;

type Theirs = Record<string, unknown>;
const isRecord = (value: unknown): value is Theirs =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/**
 * A form of ours from a form-js schema, under an id of the site. Groups are taken apart into a heading and their fields; what has no
 * counterpart is left out and named. Nothing for what is no form-js schema.
 */
export function fromFormJs(schema: unknown, id: string): Exchange<FormSchema> | undefined {
  if (!isRecord(schema) || !Array.isArray(schema["components"])) return undefined;
  const lost: Exchange<FormSchema>["lost"] = [];
  const components = toOurs(schema["components"], lost, new Set());
  return { form: { type: "default", id, components }, lost };
}

function toOurs(
  list: readonly unknown[],
  lost: { label: string; part: string }[],
  taken: Set<string>,
): FormComponent[] {
  return list.filter(isRecord).flatMap((theirs): FormComponent[] => {
    const label = textOf(theirs["label"]) ?? textOf(theirs["dateLabel"]) ?? textOf(theirs["text"]);
    const name = label ?? textOf(theirs["key"]) ?? String(theirs["type"]);
    const kind = String(theirs["type"]);
    if (kind === "group" || kind === "columns") {
      const inner = toOurs(Array.isArray(theirs["components"]) ? theirs["components"] : [], lost, taken);
      return label === undefined ? inner : [{ type: "group", label }, ...inner];
    }
    const type = kind === "datetime" && theirs["subtype"] === "date" ? "date" : TYPES[kind];
    if (type === undefined) {
      lost.push({ label: name, part: kind });
      return [];
    }
    if (type === "separator") return [{ type }];
    if (type === "text") return [{ type, text: textOf(theirs["text"])?.replace(/^#+ /, "") ?? "" }];
    const component: FormComponent = {
      type,
      label: name,
      key: freshKey(textOf(theirs["key"] ?? theirs["path"]), taken),
    };
    const jinshui = extensionOf(theirs, name, lost);
    if (Object.keys(jinshui).length > 0) component.jinshui = jinshui;
    const description = textOf(theirs["description"]);
    if (description !== undefined) component.description = description;
    const validate = rulesOf(theirs["validate"], name, lost);
    if (Object.keys(validate).length > 0) component.validate = validate;
    if (theirs["multiple"] === true) component.multiple = true;
    if (theirs["defaultValue"] !== undefined) component.defaultValue = theirs["defaultValue"];
    if (Array.isArray(theirs["values"]))
      component.values = theirs["values"]
        .filter(isRecord)
        .map((each) => ({ value: String(each["value"]), label: String(each["label"]) }));
    if (type === "dynamiclist")
      component.components = toOurs(Array.isArray(theirs["components"]) ? theirs["components"] : [], lost, new Set());
    return [component];
  });
}

function extensionOf(
  theirs: Theirs,
  label: string,
  lost: { label: string; part: string }[],
): NonNullable<FormComponent["jinshui"]> {
  const own = isRecord(theirs["jinshui"]) ? (theirs["jinshui"] as NonNullable<FormComponent["jinshui"]>) : {};
  const layout = isRecord(theirs["layout"]) ? theirs["layout"]["columns"] : undefined;
  const columns = typeof layout === "number" ? { columns: Math.min(12, Math.max(1, Math.round(layout))) } : {};
  const hide = isRecord(theirs["conditional"]) ? textOf(theirs["conditional"]["hide"]) : undefined;
  const visible =
    hide === undefined || own.visibleIf !== undefined ? {} : { visibleIf: `not(${hide.replace(/^=/, "")})` };
  for (const part of ["disabled", "readonly", "valuesKey", "valuesExpression", "expression"])
    if (theirs[part] !== undefined && theirs[part] !== false) lost.push({ label, part });
  return { ...columns, ...visible, ...own };
}

function rulesOf(
  validate: unknown,
  label: string,
  lost: { label: string; part: string }[],
): NonNullable<FormComponent["validate"]> {
  if (!isRecord(validate)) return {};
  if (validate["pattern"] !== undefined) lost.push({ label, part: "pattern" });
  const rules: Record<string, unknown> = {};
  if (validate["required"] === true) rules["required"] = true;
  for (const part of ["minLength", "maxLength", "min", "max"])
    if (validate[part] !== undefined && Number.isFinite(Number(validate[part]))) rules[part] = Number(validate[part]);
  return rules;
}

function freshKey(wanted: string | undefined, taken: Set<string>): string {
  const stem = wanted !== undefined && KEY.test(wanted) ? wanted : "field";
  let key = stem;
  for (let n = 1; taken.has(key); n += 1) key = `${stem.slice(0, 36)}${n}`;
  taken.add(key);
  return key;
}
