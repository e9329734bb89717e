import { problemText } from "@jinshui/engine/problem-texts";
import type { Problem } from "@jinshui/engine";
import {
  allItems,
  type Branch,
  findItem,
  type Fork,
  freeId,
  idsOf,
  type Item,
  moveItem,
  removeBranch,
  removeItem,
  replaceItem,
  type StepList,
} from "@jinshui/plugin-process-designer/steps";
import { language, t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { branchProperties } from "./branch-properties.js";
import type { Design } from "./design.js";
import { choiceField, textField } from "./fields.js";
import { WHOLE } from "./list-view.js";
import { processProperties } from "./process-properties.js";
import { stepProperties } from "./step-properties.js";
import { nameOf, type Subject } from "./words.js";

const text = (key: string, values: Record<string, unknown> = {}): string => t(`process-designer.${key}`, values);

/** Takes a changed list, and chooses something else where what was chosen is gone. */
type Change = (list: StepList, select?: string) => void;

/** What can be set of the chosen item, what is wrong with it, and where it can go. */
export function itemCard(
  design: Design,
  selected: string,
  subjects: readonly Subject[],
  change: Change,
): TemplateResult {
  const { list } = design;
  if (!list) return html`${nothing}`;
  if (selected === WHOLE)
    return card(
      text("process"),
      problemsOf(design, list.start.id),
      processProperties(list, design.catalogue, (next) => change(next)),
    );
  const owner = branchOf(list, selected);
  if (owner) return branchCard(design, list, owner, subjects, change);
  const item = findItem(list, selected)?.item;
  return item ? ofItem(design, list, item, change) : html`${nothing}`;
}

function ofItem(design: Design, list: StepList, item: Item, change: Change): TemplateResult {
  const put = (changed: Item): void => change(replaceItem(list, changed));
  const name =
    item.kind === "jump" ? nothing : textField(text("name"), item.name, (value) => put({ ...item, name: value }));
  const warning = design.unanswered.includes(item.id) ? html`<li class="warning">${text("unanswered")}</li>` : nothing;
  return card(
    nameOf(item, list),
    problemsOf(design, item.id, warning),
    html`${name}
    ${item.kind === "step" ? stepProperties(item, design.catalogue, (attributes) => put({ ...item, attributes })) : nothing}
    ${item.kind === "jump" ? jumpField(list, item.to, (to) => put({ ...item, to })) : nothing}
    ${item.kind === "fork" ? html`<p class="wide"><button class="button" type="button" @click=${() => addBranch(list, item, change)}>＋ ${text("addBranch")}</button></p>` : nothing}`,
    html`<button class="button" type="button" @click=${() => change(moveItem(list, item.id, -1))}>
        ↑ ${text("up")}
      </button>
      <button class="button" type="button" @click=${() => change(moveItem(list, item.id, 1))}>↓ ${text("down")}</button>
      <button class="button danger" type="button" @click=${() => change(removeItem(list, item.id), WHOLE)}>
        ${text("remove")}
      </button>`,
  );
}

function branchCard(
  design: Design,
  list: StepList,
  [fork, branch]: [Fork, Branch],
  subjects: readonly Subject[],
  change: Change,
): TemplateResult {
  return card(
    branch.name === "" ? text("branch", { n: fork.branches.indexOf(branch) + 1 }) : branch.name,
    problemsOf(design, branch.id),
    branchProperties(fork, branch, subjects, (changed) => change(replaceItem(list, changed))),
    html`<button class="button danger" type="button" @click=${() => change(removeBranch(list, branch.id), WHOLE)}>
      ${text("removeBranch")}
    </button>`,
  );
}

function card(title: string, problems: unknown, fields: unknown, actions: unknown = nothing): TemplateResult {
  return html`<h2>${title}</h2>
    <div class="body">
      ${problems}
      <div class="fields">${fields}</div>
      ${actions === nothing ? nothing : html`<p class="bar moves">${actions}</p>`}
    </div>`;
}

/** A list of problems in plain words. */
export function problemList(problems: readonly Problem[], more: unknown = nothing): TemplateResult | typeof nothing {
  if (problems.length === 0 && more === nothing) return nothing;
  return html`<ul class="problems">
    ${problems.map((problem) => html`<li class=${problem.severity}>${problemText({ ...problem, ...NO_LINE }, language())}</li>`)}
    ${more}
  </ul>`;
}

/** A list has no lines. */
const NO_LINE = { line: undefined as unknown as number };

function problemsOf(design: Design, element: string, more: unknown = nothing): unknown {
  return problemList(design.problemsAt(element), more);
}

function jumpField(list: StepList, to: string, change: (to: string) => void): TemplateResult {
  const targets = allItems(list.items).filter(({ kind }) => kind !== "jump");
  return choiceField(
    text("jumpTarget"),
    to,
    targets.map((item) => ({ value: item.id, label: nameOf(item, list) })),
    change,
  );
}

function addBranch(list: StepList, fork: Fork, change: Change): void {
  const id = freeId("way", idsOf(list));
  const at = fork.branches.findIndex(({ otherwise }) => otherwise === true);
  const branches = [...fork.branches];
  branches.splice(at < 0 ? branches.length : at, 0, { id, name: "", items: [] });
  change(replaceItem(list, { ...fork, branches }), id);
}

/** A branch by its id, with its fork. */
function branchOf(list: StepList, id: string): [Fork, Branch] | undefined {
  for (const item of allItems(list.items)) {
    const branch = item.kind === "fork" ? item.branches.find((each) => each.id === id) : undefined;
    if (branch) return [item as Fork, branch];
  }
  return undefined;
}
