import { isJinshuiError } from "@jinshui/contracts";
import { html, nothing, type TemplateResult } from "lit";
import { dateTime } from "../texts/format.js";
import { local, t } from "../texts/text.js";
import { fieldText } from "./field-value.js";
import type { KnownCollection } from "./known-collection.js";
import type { Names } from "./names.js";

/** What somebody else has changed since a record was read for editing. */
export interface Conflict {
  by: string;
  at: string;
  fields: { field: string; theirs: unknown }[];
}

/** The conflict that an error tells of, if it is one. */
export function conflictOf(error: unknown): Conflict | undefined {
  if (!isJinshuiError(error) || error.code !== "stale-version") return undefined;
  const { changedBy, changedAt, fields } = error.details ?? {};
  return {
    by: typeof changedBy === "string" ? changedBy : t("error.somebody"),
    at: typeof changedAt === "string" ? dateTime(changedAt) : "",
    fields: Array.isArray(fields) ? (fields as Conflict["fields"]) : [],
  };
}

/** Sets side by side what is there now and what this person has entered; `take` gives up an own entry. */
export function conflictTemplate(
  { definition }: KnownCollection,
  { by, at, fields }: Conflict,
  entered: Readonly<Record<string, unknown>>,
  names: Names,
  take: (field: string) => void,
): TemplateResult {
  const shown = (field: string, value: unknown): string =>
    fieldText(definition.fields[field], value, names) || t("value.none");
  return html`<div class="conflict" role="alert" tabindex="-1">
    <strong>${t("conflict.title", { by, at })}</strong>
    <p>${t("conflict.advice")}</p>
    <dl>
      ${fields.map(
        ({ field, theirs }) =>
          html`<dt>${local(definition.fields[field]?.title)}</dt>
            <dd>
              ${t("conflict.theirs", { value: shown(field, theirs) })}
              ${field in entered ? html`<br />${t("conflict.yours", { value: shown(field, entered[field]) })} <button class="button plain" aria-label=${t("conflict.takeOf", { title: local(definition.fields[field]?.title) })} @click=${() => take(field)}>${t("conflict.take")}</button>` : nothing}
            </dd>`,
      )}
    </dl>
  </div>`;
}
