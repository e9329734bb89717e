import {
  type Branch,
  type Clause,
  type Condition,
  type Fork,
  parseCondition,
  writeCondition,
} from "@jinshui/plugin-process-designer/steps";
import { t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { choiceField, textField } from "./fields.js";
import { conditionWords, operatorsFor, type Subject } from "./words.js";

const text = (key: string, values: Record<string, unknown> = {}): string => t(`process-designer.${key}`, values);

/** Name and condition of a branch; the name follows the condition until somebody gives another. */
export function branchProperties(
  fork: Fork,
  branch: Branch,
  subjects: readonly Subject[],
  change: (fork: Fork) => void,
): TemplateResult {
  const put = (changed: Branch): void =>
    change({ ...fork, branches: fork.branches.map((each) => (each.id === changed.id ? changed : each)) });
  const name = textField(text("branchName"), branch.name, (value) => put({ ...branch, name: value }));
  if (fork.mode === "parallel") return name;
  const kind = branch.otherwise === true ? "otherwise" : "condition";
  const chosen = (value: string): void => {
    const { condition: _, otherwise: __, ...rest } = branch;
    if (value === "condition") put(rest);
    else
      change({
        ...fork,
        branches: fork.branches.map((each) => {
          const { otherwise: ___, ...plain } = each;
          return each.id === branch.id ? { ...rest, otherwise: true } : plain;
        }),
      });
  };
  const kinds = ["condition", "otherwise"].map((value) => ({ value, label: text(`when.${value}`) }));
  return html`${choiceField(text("when"), kind, kinds, chosen)}
  ${kind === "condition" ? conditionFields(branch, subjects, put) : nothing} ${name}`;
}

function conditionFields(branch: Branch, subjects: readonly Subject[], put: (branch: Branch) => void): TemplateResult {
  const first = subjects[0];
  if (!first) return html`<p class="quiet wide">${text("noSubjects")}</p>`;
  const { condition = "" } = branch;
  const read = parseCondition(condition);
  const write = (wanted: Condition): void => {
    const written = writeCondition(wanted);
    const named = conditionWords(condition, subjects) ?? "";
    const follows = branch.name === "" || branch.name === named.slice(0, 60);
    put({
      ...branch,
      condition: written,
      ...(follows ? { name: (conditionWords(written, subjects) ?? "").slice(0, 60) } : {}),
    });
  };
  const started = (): Clause => ({
    field: first.field,
    operator: operatorsFor(first.kind)[0] ?? "=",
    value: emptyValue(first),
  });
  if (condition !== "" && !read)
    return html`<p class="wide">${text("formulaHint")} <code>${condition}</code></p>
      <button class="button" type="button" @click=${() => write({ joined: "and", clauses: [started()] })}>
        ${text("useMenus")}
      </button>`;
  const clauses = read?.clauses ?? [];
  const joined = read?.joined ?? "and";
  const replace = (index: number, clause: Clause): void =>
    write({ joined, clauses: clauses.map((each, at) => (at === index ? clause : each)) });
  return html`${clauses.map((clause, index) => clauseFields(clause, index, subjects, replace, clauses.length > 1 ? () => write({ joined, clauses: clauses.filter((_, at) => at !== index) }) : undefined))}
    ${
      clauses.length > 1
        ? choiceField(
            text("joined"),
            joined,
            ["and", "or"].map((value) => ({ value, label: text(`joined.${value}`) })),
            (value) => write({ joined: value as "and", clauses }),
          )
        : nothing
    }
    <p class="wide">
      <button class="button" type="button" @click=${() => write({ joined, clauses: [...clauses, started()] })}>
        ${text(clauses.length === 0 ? "setCondition" : "addClause")}
      </button>
    </p>`;
}

function clauseFields(
  clause: Clause,
  index: number,
  subjects: readonly Subject[],
  replace: (index: number, clause: Clause) => void,
  remove: (() => void) | undefined,
): TemplateResult {
  const subject = subjects.find(({ field }) => field === clause.field);
  const kind = subject?.kind ?? "text";
  const chooseField = (field: string): void => {
    const next = subjects.find((each) => each.field === field);
    if (next) replace(index, { field, operator: operatorsFor(next.kind)[0] ?? "=", value: emptyValue(next) });
  };
  const operators = operatorsFor(kind).map((value) => ({ value, label: text(`operator.${value}`) }));
  return html`<div class="clause wide" role="group" aria-label=${text("clause", { n: index + 1 })}>
    ${choiceField(
      text("subject"),
      clause.field,
      subjects.map(({ field, label }) => ({ value: field, label })),
      chooseField,
    )}
    ${choiceField(text("comparison"), clause.operator, operators, (operator) => replace(index, { ...clause, operator: operator as Clause["operator"] }))}
    ${valueField(clause, subject, (value) => replace(index, { ...clause, value }))}
    ${remove ? html`<button class="button plain" type="button" aria-label=${text("removeClause", { n: index + 1 })} @click=${remove}>✕</button>` : nothing}
  </div>`;
}

function valueField(
  { value }: Clause,
  subject: Subject | undefined,
  change: (value: Clause["value"]) => void,
): TemplateResult {
  const label = text("value");
  if (subject?.kind === "boolean")
    return choiceField(
      label,
      String(value),
      ["true", "false"].map((each) => ({ value: each, label: text(each === "true" ? "yes" : "no") })),
      (chosen) => change(chosen === "true"),
    );
  if (subject?.options) return choiceField(label, String(value), subject.options, change);
  if (subject?.kind === "number" || subject?.kind === "money") {
    const factor = subject.kind === "money" ? 100 : 1;
    return textField(
      label,
      String(Number(value) / factor),
      (entered) => change(Math.round(Number(entered) * factor * 1e6) / 1e6),
      { wide: false, type: "number" },
    );
  }
  return textField(label, String(value), change, { wide: false });
}

function emptyValue({ kind, options }: Subject): Clause["value"] {
  if (kind === "number" || kind === "money") return 0;
  if (kind === "boolean") return true;
  return options?.[0]?.value ?? "";
}
