import {
  allItems,
  type Branch,
  type Clause,
  findItem,
  type Item,
  parseCondition,
  resultOf,
  type Step,
  type StepList,
} from "@jinshui/plugin-process-designer/steps";
import { t } from "@jinshui/web";
import { actionTitle, type Catalogue, fieldLabel, fieldsOf, formOf, positionTitle } from "./catalogue.js";

const text = (key: string, values: Record<string, unknown> = {}): string => t(`process-designer.${key}`, values);

/** Words of a list that are written with spaces or commas between them. */
export function listed(value: string | undefined): string[] {
  return (value ?? "").split(/[\s,]+/u).filter((word) => word !== "");
}

/** Who does a step, in words. */
export function whoWords({ attributes, type }: Step, catalogue: Catalogue): string {
  const { position, within, assign, signers, sign = "all", departmentOf } = attributes;
  if (type === "serviceTask") return text("who.system");
  if (signers !== undefined) {
    const names = signers.trim().startsWith("=")
      ? [text("who.computed")]
      : listed(signers).map((entry) => signerWords(entry, catalogue));
    return `${names.join("、")}（${text(`sign.${sign}`)}）`;
  }
  if (assign === "applicant") return text("who.applicant");
  if (position === undefined) return text("who.nobody");
  if (position.trim().startsWith("=")) return text("who.computed");
  const title = positionTitle(catalogue, position);
  if (departmentOf !== undefined) return text("who.departmentOf", { title });
  return within === "department" || within === "parent" ? text(`who.${within}`, { title }) : title;
}

function signerWords(entry: string, catalogue: Catalogue): string {
  const each = entry.endsWith("*");
  const [position = "", department] = entry.replace(/\*$/, "").split("@");
  const title = positionTitle(catalogue, position) + (department === undefined ? "" : `（${department}）`);
  return each ? text("who.each", { title }) : title;
}

/** How long a step may take, in words; empty without a limit. */
function dueWords({ attributes: { dueDays, dueHours, dueUnit = "working" } }: Step): string {
  if (dueDays !== undefined) return text(`due.${dueUnit}Days`, { n: dueDays });
  return dueHours === undefined ? "" : text(`due.${dueUnit}Hours`, { n: dueHours });
}

/** A step in one line: who, how long, what they can do. */
export function stepWords(step: Step, catalogue: Catalogue): string {
  const actions = listed(step.attributes["actions"]).map(actionTitle).join("/");
  const copies = listed(step.attributes["carbonCopy"]).map((id) => positionTitle(catalogue, id));
  return [
    whoWords(step, catalogue),
    dueWords(step),
    actions,
    copies.length === 0 ? "" : text("copiesTo", { who: copies.join("、") }),
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

/** Name of an item for people. */
export function nameOf(item: Item, list: StepList): string {
  if (item.kind === "jump") return text("jumpTo", { name: targetName(item.to, list) });
  if (item.name !== "") return item.name;
  if (item.kind === "end") return text("kind.end");
  return item.kind === "step" ? text("unnamed") : text(`kind.${item.kind}.${item.mode}`);
}

function targetName(id: string, list: StepList): string {
  const found = findItem(list, id)?.item;
  return found ? nameOf(found, list) : id;
}

/** What a condition can ask for: fields of the forms in use, and the results of steps. */
export interface Subject {
  field: string;
  label: string;
  kind: "number" | "money" | "text" | "choice" | "boolean";
  options?: { value: string; label: string }[];
}

export function subjectsOf(list: StepList, catalogue: Catalogue): Subject[] {
  const steps = allItems(list.items).filter((item) => item.kind === "step" && item.type === "userTask") as Step[];
  const forms = new Set([list.start, ...steps].map(({ attributes }) => attributes["form"]));
  const fields = new Map<string, Subject>();
  for (const id of forms) for (const field of fieldsOf(formOf(catalogue, id))) fields.set(field.key, subjectOf(field));
  const results = steps.map((step): Subject => ({
    field: `steps.${step.id}.action`,
    label: text("resultOf", { name: nameOf(step, list) }),
    kind: "choice",
    options: listed(step.attributes["actions"] ?? "complete").map((value) => ({ value, label: actionTitle(value) })),
  }));
  return [...fields.values(), ...results.filter(({ field }) => resultOf(field) !== undefined)];
}

function subjectOf(field: ReturnType<typeof fieldsOf>[number]): Subject {
  const base = { field: field.key, label: fieldLabel(field) };
  if (field.jinshui?.type === "money") return { ...base, kind: "money" };
  if (field.type === "number") return { ...base, kind: "number" };
  if (field.type === "checkbox") return { ...base, kind: "boolean" };
  const options = field.values?.map(({ value, label }) => ({ value, label }));
  return options ? { ...base, kind: "choice", options } : { ...base, kind: "text" };
}

export function operatorsFor(kind: Subject["kind"]): Clause["operator"][] {
  return kind === "number" || kind === "money" ? [">", ">=", "<", "<=", "=", "!="] : ["=", "!="];
}

function clauseWords({ field, operator, value }: Clause, subjects: readonly Subject[]): string {
  const subject = subjects.find((each) => each.field === field);
  const shown =
    typeof value === "boolean"
      ? text(value ? "yes" : "no")
      : subject?.kind === "money"
        ? String(Number(value) / 100)
        : (subject?.options?.find((option) => option.value === value)?.label ?? String(value));
  return `${subject?.label ?? field} ${text(`operator.${operator}`)} ${shown}`;
}

/** FEEL in words; nothing where it says more than words can. */
export function conditionWords(condition: string, subjects: readonly Subject[]): string | undefined {
  const read = parseCondition(condition);
  if (!read) return undefined;
  return read.clauses.map((clause) => clauseWords(clause, subjects)).join(` ${text(read.joined)} `);
}

/** When a branch is taken, in words. */
export function branchWords(branch: Branch, mode: string, subjects: readonly Subject[]): string {
  if (branch.otherwise === true) return text("otherwise");
  if (mode === "parallel") return "";
  if (branch.condition === undefined) return text("always");
  return conditionWords(branch.condition, subjects) ?? branch.condition;
}
