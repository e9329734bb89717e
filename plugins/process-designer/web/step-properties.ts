import type { Step } from "@jinshui/plugin-process-designer/steps";
import { local, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { actionTitle, type Catalogue, formTitle, TASK_ACTION_IDS } from "./catalogue.js";
import { checkField, type Choice, choiceField, severalField, textField } from "./fields.js";
import { listed } from "./words.js";

type Attributes = Readonly<Record<string, string>>;
type Change = (attributes: Attributes) => void;

const text = (key: string, values: Record<string, unknown> = {}): string => t(`process-designer.${key}`, values);
const choices = (prefix: string, values: readonly string[]): Choice[] =>
  values.map((value) => ({ value, label: text(`${prefix}.${value}`) }));

/** Who does a step, as one choice; `computed` is what only FEEL says. */
const WHO = ["position", "department", "parent", "applicant", "several"] as const;
type Who = (typeof WHO)[number] | "computed";

/** Attributes that say who does a step. */
const OF_WHO = ["position", "within", "departmentOf", "assign", "signers", "sign", "ratio", "officers"];
const RULES = ["all", "any", "sequence", "veto", "ratio"];
const UNITS = ["workingDays", "naturalDays", "workingHours", "naturalHours"];

/** With what is given, and without what is empty. */
export function withAttributes(attributes: Attributes, given: Record<string, string | undefined>): Attributes {
  const all = Object.entries({ ...attributes, ...given });
  return Object.fromEntries(
    all.filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ""),
  );
}

function whoOf({ position, within, departmentOf, assign, signers }: Attributes): Who {
  if (signers !== undefined) return /^\s*=|[@*]/.test(signers) ? "computed" : "several";
  if (departmentOf !== undefined || position?.trim().startsWith("=") === true) return "computed";
  if (assign === "applicant") return "applicant";
  return within === "department" || within === "parent" ? within : "position";
}

export function positionChoices({ positions }: Catalogue): Choice[] {
  return positions.map(({ id, title }) => ({ value: id, label: local(title) }));
}

export const severalTexts = {
  add: (): string => text("addOne"),
  remove: (label: string): string => text("removeOne", { name: label }),
};

/** Everything about a step that people choose; both modes show it. */
export function stepProperties(
  { attributes, type }: Pick<Step, "attributes" | "type">,
  catalogue: Catalogue,
  change: Change,
): TemplateResult {
  const set = (given: Record<string, string | undefined>): void => change(withAttributes(attributes, given));
  if (type === "serviceTask")
    return html`<p class="quiet">${text("serviceHint", { job: attributes["job"] ?? "" })}</p>`;
  return html`${whoFields(attributes, catalogue, set)} ${formFields(attributes, catalogue, set)}
  ${actionFields(attributes, set)} ${dueFields(attributes, set)}
  ${choiceField(text("sendBack"), attributes["sendBack"] ?? "any", choices("sendBack", ["any", "previous", "none"]), (value) => set({ sendBack: value === "any" ? undefined : value }))}
  ${severalField(text("carbonCopy"), listed(attributes["carbonCopy"]), positionChoices(catalogue), { add: severalTexts.add(), remove: severalTexts.remove }, (values) => set({ carbonCopy: values.join(" ") }))}
  ${checkField(text("signature"), attributes["signature"] !== undefined, (checked) => set({ signature: checked ? "required" : undefined }))}
  ${checkField(text("pauses"), attributes["pauses"] === "true", (checked) => set({ pauses: checked ? "true" : undefined }))}`;
}

function whoFields(attributes: Attributes, catalogue: Catalogue, set: Change): TemplateResult {
  const who = whoOf(attributes);
  const none = Object.fromEntries(OF_WHO.map((name) => [name, ""]));
  const { position = "", signers = "", sign = "all" } = attributes;
  const chosen = (value: string): void => {
    const first = position.trim().startsWith("=") ? "" : position || (listed(signers)[0] ?? "");
    if (value === "applicant") set({ ...none, assign: "applicant" });
    else if (value === "several") set({ ...none, signers: first, sign });
    else if (value === "position") set({ ...none, position: first });
    else if (value !== "computed") set({ ...none, position: first, within: value });
  };
  const offered = [...choices("whoKind", WHO), ...(who === "computed" ? choices("whoKind", ["computed"]) : [])];
  const positions = [{ value: "", label: text("choose") }, ...positionChoices(catalogue)];
  return html`${choiceField(text("whoDoes"), who, offered, chosen)}
  ${
    who === "position" || who === "department" || who === "parent"
      ? html`${choiceField(text("position"), position, positions, (value) => set({ position: value }))}
        ${checkField(text("officers"), attributes["officers"] === "2", (checked) => set({ officers: checked ? "2" : "" }))}`
      : nothing
  }
  ${
    who === "several"
      ? html`${severalField(text("signers"), listed(signers), positionChoices(catalogue), { add: severalTexts.add(), remove: severalTexts.remove }, (values) => set({ signers: values.length === 0 ? " " : values.join(" ") }))}
        ${choiceField(text("signRule"), sign, choices("sign", RULES), (value) => set({ sign: value, ratio: value === "ratio" ? "0.67" : "" }))}
        ${sign === "ratio" ? textField(text("ratio"), attributes["ratio"] ?? "", (value) => set({ ratio: value }), { wide: false }) : nothing}`
      : nothing
  }
  ${who === "computed" ? html`<p class="quiet wide">${text("computedHint", { text: signers || position || (attributes["departmentOf"] ?? "") })}</p>` : nothing}`;
}

function formFields({ form = "" }: Attributes, catalogue: Catalogue, set: Change): TemplateResult {
  return formField(form, catalogue, (value) => set({ form: value }));
}

export function formField(form: string, catalogue: Catalogue, change: (form: string) => void): TemplateResult {
  const forms = catalogue.forms.map(({ form: { id } }) => ({ value: id, label: formTitle(catalogue, id) }));
  return choiceField(text("form"), form, [{ value: "", label: text("noForm") }, ...forms], change);
}

function actionFields(attributes: Attributes, set: Change): TemplateResult {
  const actions = listed(attributes["actions"] ?? "complete");
  const toggle = (id: string, checked: boolean): void => {
    const wanted = TASK_ACTION_IDS.filter((each) => (each === id ? checked : actions.includes(each)));
    if (wanted.length > 0) set({ actions: wanted.join(",") });
  };
  return html`<fieldset class="wide">
    <legend>${text("actions")}</legend>
    ${TASK_ACTION_IDS.map((id) => checkField(actionTitle(id), actions.includes(id), (checked) => toggle(id, checked)))}
  </fieldset>`;
}

function dueFields({ dueDays, dueHours, dueUnit = "working" }: Attributes, set: Change): TemplateResult {
  const value = dueDays ?? dueHours ?? "";
  const unit = `${dueUnit}${dueDays === undefined && dueHours !== undefined ? "Hours" : "Days"}`;
  const put = (amount: string, of: string): void =>
    set({
      dueDays: of.endsWith("Days") ? amount : "",
      dueHours: of.endsWith("Hours") ? amount : "",
      dueUnit: amount !== "" && of.startsWith("natural") ? "natural" : "",
    });
  return html`<div class="pair">
    ${textField(text("due"), value, (amount) => put(amount, unit), { wide: false, type: "number", min: "0.5" })}
    ${choiceField(text("dueUnit"), unit, choices("unit", UNITS), (of) => put(value, of))}
  </div>`;
}
