import { Type, type Static } from "typebox";

/** What a step may do with a field. */
export const FieldRight = Type.Enum(["hidden", "read", "edit", "required"]);
export type FieldRight = Static<typeof FieldRight>;

/** A FEEL expression in a form. */
const Feel = Type.String({ minLength: 1, maxLength: 2000 });

/** Our extension of a form-js component. */
export const FormExtension = Type.Object(
  {
    /** Rights by element id of the process; `*` for all others. Absent: editable on the start form, read elsewhere. */
    steps: Type.Optional(Type.Record(Type.String(), FieldRight)),
    /**
     * `record`: picks a record of `collection` that matches `filter`; `money`: a number of 分 shown in yuan with 大写; `person`,
     * `department`: picks one of the bureau; `opinion`: a text of one step, kept with who wrote it and when, beside those before.
     */
    type: Type.Optional(Type.Enum(["record", "money", "person", "department", "opinion"])),
    collection: Type.Optional(Type.String()),
    filter: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    /** Columns of a 12-column grid; 12 when not given. */
    columns: Type.Optional(Type.Integer({ minimum: 1, maximum: 12 })),
    en: Type.Optional(Type.String()),
    /** The paper that this field stands for, as the process names it in `jinshui:documents`; filed when the field has a value. */
    document: Type.Optional(Type.String({ maxLength: 100 })),
    /** FEEL over the form's keys (in a column: over the row's as well); nobody types the value, and the kernel works it out again. */
    calculate: Type.Optional(Feel),
    /** FEEL; the field is there only where it is true, and what was entered in it goes when it is not. */
    visibleIf: Type.Optional(Feel),
    /** FEEL; where it is true the field must be filled in. */
    requiredIf: Type.Optional(Feel),
    /** FEEL; where it is true nobody changes the field. */
    readonlyIf: Type.Optional(Feel),
    /** Column of a `dynamiclist`: its sum stands below. */
    subtotal: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type FormExtension = Static<typeof FormExtension>;

const FormField = Type.Object({
  type: Type.Enum([
    "textfield",
    "textarea",
    "number",
    "checkbox",
    "radio",
    "select",
    "date",
    "datetime",
    "filepicker",
    "text",
    "separator",
    "group",
    "dynamiclist",
  ]),
  id: Type.Optional(Type.String()),
  key: Type.Optional(Type.String({ pattern: "^[a-z][A-Za-z0-9]{0,39}$" })),
  label: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  text: Type.Optional(Type.String()),
  defaultValue: Type.Optional(Type.Unknown()),
  values: Type.Optional(
    Type.Array(Type.Object({ value: Type.String(), label: Type.String(), en: Type.Optional(Type.String()) })),
  ),
  validate: Type.Optional(
    Type.Object({
      required: Type.Optional(Type.Boolean()),
      minLength: Type.Optional(Type.Integer()),
      maxLength: Type.Optional(Type.Integer()),
      min: Type.Optional(Type.Number()),
      max: Type.Optional(Type.Number()),
      pattern: Type.Optional(Type.String({ maxLength: 200 })),
    }),
  ),
  /** `filepicker`: whether there may be more than one file. */
  multiple: Type.Optional(Type.Boolean()),
  jinshui: Type.Optional(FormExtension),
});

/**
 * A component of a form in form-js terms; `label` is Chinese, `jinshui.en` its English form. A `dynamiclist` (明细表) holds a list of
 * rows, each an object by the keys of its `components`; `validate.min` and `validate.max` say how many.
 */
export const FormComponent = Type.Object({
  ...FormField.properties,
  components: Type.Optional(Type.Array(FormField, { maxItems: 30 })),
});
export type FormComponent = Static<typeof FormComponent>;

/** `forms/<id>.json` of a plugin: form-js schema plus our extension (ADR 5). */
export const FormSchema = Type.Object({
  type: Type.Literal("default"),
  id: Type.String({ pattern: "^[a-z0-9-]{1,40}$" }),
  schemaVersion: Type.Optional(Type.Integer()),
  components: Type.Array(FormComponent),
});
export type FormSchema = Static<typeof FormSchema>;

/** A file as a field `filepicker` holds it, in a list; what the upload has answered. */
export interface FormFile {
  file: string;
  name: string;
  /** Bytes. */
  size: number;
  /** Hexadecimal. */
  sha256: string;
}

/** Most files in a field of a form. */
export const MAX_FORM_FILES = 20;

/** Most rows in a `dynamiclist` that names no other limit. */
export const MAX_FORM_ROWS = 200;

/** What a field `opinion` holds, in a list: the oldest first. */
export interface FormOpinion {
  text: string;
  /** Name of who wrote it. */
  by: string;
  /** Element id of the step. */
  step: string;
  /** ISO instant. */
  at: string;
}

/** A value of a form that can't be taken. */
export interface FormProblem {
  /** Of a cell `<list>.<row from 0>.<column>`. */
  key: string;
  label: string;
  code:
    | "required"
    | "type"
    | "option"
    | "too-short"
    | "too-long"
    | "too-small"
    | "too-large"
    | "pattern"
    | "not-editable"
    | "unknown-field"
    | "record"
    | "too-many"
    | "too-few-rows"
    | "too-many-rows"
    /** Not what the kernel works out from the other values. */
    | "calculated"
    | "file";
  params?: Record<string, string>;
}

/** What `step` (an element id) may do with the component; a start form's step is its start event. */
export function fieldRight(component: FormComponent, step: string, isStart: boolean): FieldRight {
  const steps = component.jinshui?.steps;
  const right = steps?.[step] ?? steps?.["*"] ?? (isStart ? "edit" : "read");
  return right === "edit" && component.validate?.required === true ? "required" : right;
}
