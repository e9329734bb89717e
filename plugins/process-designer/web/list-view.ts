import type { Branch, Fork, Item, Place } from "@jinshui/plugin-process-designer/steps";
import { t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { classMap } from "lit/directives/class-map.js";
import { repeat } from "lit/directives/repeat.js";
import type { Design } from "./design.js";
import { ADDABLE, type Addable } from "./new-items.js";
import { branchWords, nameOf, stepWords, type Subject } from "./words.js";

const text = (key: string, values: Record<string, unknown> = {}): string => t(`process-designer.${key}`, values);

/** Id under which the start of the process, with the process itself, is chosen. */
export const WHOLE = "";

/** What the list asks of its page. */
export interface ListHost {
  design: Design;
  subjects: readonly Subject[];
  selected: string;
  select(id: string): void;
  add(what: Addable, place: Place): void;
}

/** The process as a vertical list; what is chosen has buttons below it that add behind it. */
export function listView(host: ListHost): TemplateResult {
  const { list } = host.design;
  if (!list) return html`${nothing}`;
  const summary = text("startSummary", { name: list.name });
  return html`<ol class="steps">
    <li>
      ${entry(host, WHOLE, list.start.name === "" ? text("kind.start") : list.start.name, summary, list.start.id, "start")}
      ${host.selected === WHOLE ? adding(host, { index: 0 }, list.items.length > 0) : nothing}
    </li>
    ${sequence(host, list.items, undefined)}
  </ol>`;
}

function sequence(host: ListHost, items: readonly Item[], branch: string | undefined): unknown {
  return repeat(
    items,
    ({ id }) => id,
    (item, index) => {
      const place = { ...(branch === undefined ? {} : { branch }), index: index + 1 };
      const last = item.kind === "end" || item.kind === "jump";
      return html`<li>
        ${itemView(host, item)}
        ${host.selected === item.id && !last ? adding(host, place, index < items.length - 1) : nothing}
      </li>`;
    },
  );
}

function itemView(host: ListHost, item: Item): TemplateResult {
  const { list, catalogue } = host.design;
  if (!list) return html`${nothing}`;
  const name = nameOf(item, list);
  if (item.kind === "step") return entry(host, item.id, name, stepWords(item, catalogue), item.id, "step");
  if (item.kind !== "fork")
    return entry(host, item.id, name, item.kind === "join" ? text(`join.${item.mode}`) : "", item.id, item.kind);
  return html`${entry(host, item.id, name, text(`fork.${item.mode}`), item.id, "fork")}
    <ul class="branches">
      ${item.branches.map((branch) => branchView(host, item, branch))}
    </ul>`;
}

function branchView(host: ListHost, fork: Fork, branch: Branch): TemplateResult {
  const words = branchWords(branch, fork.mode, host.subjects);
  const name = branch.name === "" ? text("branch", { n: fork.branches.indexOf(branch) + 1 }) : branch.name;
  const place = { branch: branch.id, index: 0 };
  const filled = branch.items.length > 0;
  return html`<li>
    ${entry(host, branch.id, name, words === branch.name ? "" : words, branch.id, "branch")}
    ${host.selected === branch.id ? adding(host, place, filled) : nothing}
    ${
      filled
        ? html`<ol class="steps">
            ${sequence(host, branch.items, branch.id)}
          </ol>`
        : html`<p class="through">${text("through")}</p>`
    }
  </li>`;
}

/** One line of the list: a button that chooses it, with what is wrong with it. */
function entry(
  host: ListHost,
  id: string,
  name: string,
  summary: string,
  element: string,
  kind: string,
): TemplateResult {
  const problems = host.design.problemsAt(element);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const warnings = problems.length - errors + (host.design.unanswered.includes(element) ? 1 : 0);
  return html`<button
    type="button"
    class=${classMap({ item: true, [kind]: true, chosen: host.selected === id })}
    data-id=${id}
    aria-current=${host.selected === id ? "true" : nothing}
    @click=${() => host.select(id)}
  >
    <span class="kind">${text(`short.${kind}`)}</span>
    <span class="name">${name}</span>
    ${summary === "" ? nothing : html`<span class="summary">${summary}</span>`}
    ${errors > 0 ? html`<span class="badge error">✕ ${text("errors", { n: errors })}</span>` : nothing}
    ${warnings > 0 ? html`<span class="badge warn">⚠ ${text("warnings", { n: warnings })}</span>` : nothing}
  </button>`;
}

/** Buttons that add something; what ends a sequence can only be added where nothing follows. */
function adding(host: ListHost, place: Place, followed: boolean): TemplateResult {
  const offered = ADDABLE.filter((what) => !followed || (what !== "end" && what !== "jump"));
  return html`<div class="adding" role="group" aria-label=${text("addHere")}>
    ${offered.map((what) => html`<button class="button" type="button" @click=${() => host.add(what, place)}>＋ ${text(`add.${what}`)}</button>`)}
  </div>`;
}
