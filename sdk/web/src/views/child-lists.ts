import type { StoredRecord } from "@jinshui/contracts";
import { css, html, nothing, type TemplateResult } from "lit";
import { local, t } from "../texts/text.js";
import { fieldCell, isNumber } from "./field-value.js";
import { type KnownCollection, recordTitle, shownColumns, siblingOf } from "./known-collection.js";
import { type Names, namesOf, NO_NAMES } from "./names.js";

/** A record that belongs to another, to be opened or, without an id, to be made. */
export interface Child {
  known: KnownCollection;
  id?: string;
  given?: Record<string, unknown>;
}

interface Children {
  records: StoredRecord[];
  more: boolean;
}

/** Columns of such a list beside a record, where there is little room. */
const COLUMNS = 4;

export const childStyles = css`
  .children h3 {
    display: flex;
    justify-content: space-between;
    align-items: center;
  }
  .children table {
    border: 1px solid var(--ji-rule);
  }
  .children button.open {
    border: 0;
    background: none;
    padding: 0;
    color: var(--ji-brand);
    text-align: left;
  }
  .children .scroll {
    max-height: 300px;
    overflow: auto;
  }
`;

/** Lists of the records that belong to a record, each with the way to open one and to add one. */
export function childLists(
  known: KnownCollection,
  record: StoredRecord,
  names: ReadonlyMap<string, Names>,
  open: (child: Child) => void,
): TemplateResult[] {
  return Object.entries(known.definition.children ?? {}).flatMap(([name, { title, collection, field }]) => {
    const of = siblingOf(known, collection);
    const found = record.related?.[name] as Children | undefined;
    if (!of || !found) return [];
    const given = { [field]: record.id };
    return [
      html`<section class="children" aria-label=${local(title)}>
        <h3>
          <span>${local(title)}（${found.records.length}${found.more ? "+" : ""}）</span>
          ${of.writable && !of.fields.locked.includes(field) ? html`<button class="button plain" aria-label=${t("children.add", { title: local(title) })} @click=${() => open({ known: of, given })}>${t("action.new")}</button>` : nothing}
        </h3>
        ${found.records.length === 0 ? html`<p class="quiet small">${t("children.none")}</p>` : list(of, found.records, names.get(name) ?? NO_NAMES, open)}
      </section>`,
    ];
  });
}

function list(
  known: KnownCollection,
  records: StoredRecord[],
  names: Names,
  open: (child: Child) => void,
): TemplateResult {
  // what they refer to does not come along
  const fields = known.definition.fields;
  const columns = shownColumns(known)
    .filter((name) => fields[name]?.type !== "reference")
    .slice(0, COLUMNS);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${local(known.definition.title)}>
    <table>
      <thead>
        <tr>
          ${columns.map((name) => html`<th scope="col" class=${isNumber(fields[name]) ? "number" : ""}>${local(fields[name]?.title)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${records.map((record) => {
          const cells = columns.map((name) => fieldCell(fields[name], record.values[name], names));
          const opened = (): void => open({ known, id: record.id });
          return html`<tr>
            ${cells.map((cell, index) => html`<td class=${isNumber(fields[columns[index] ?? ""]) ? "number" : ""}>${index === 0 ? html`<button class="open" title=${t("children.open", { title: recordTitle(known, record.values) })} @click=${opened}>${cell}</button>` : cell}</td>`)}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

/** Names for what stands in the lists, by the lists' names. */
export async function namesOfChildren(known: KnownCollection, record: StoredRecord): Promise<Map<string, Names>> {
  const lists = Object.entries(known.definition.children ?? {}).map(
    async ([name, { collection }]): Promise<[string, Names]> => {
      const of = siblingOf(known, collection);
      const found = record.related?.[name] as Children | undefined;
      return [name, of && found ? await namesOf(of, found.records) : NO_NAMES];
    },
  );
  return new Map(await Promise.all(lists));
}
