import { JinshuiElement, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { resolved, type Schema } from "./documents.js";

/** A schema as a tree of fields; what has a name opens at a click, since it may hold itself. */
@customElement("ji-schema")
export class SchemaView extends JinshuiElement {
  static override styles = css`
    :host {
      display: block;
    }
    ul {
      list-style: none;
      margin: 0;
      padding-left: 16px;
      border-left: 1px solid var(--ji-rule);
    }
    li {
      padding: 1px 0;
    }
    code {
      font-family: var(--ji-mono, monospace);
      font-size: 13px;
    }
    .type,
    .quiet {
      color: var(--ji-text-2);
      overflow-wrap: anywhere;
    }
    .must {
      color: var(--ji-error);
    }
    button {
      font: inherit;
      border: 0;
      padding: 0;
      background: none;
      color: var(--ji-brand);
      cursor: pointer;
    }
    button:focus-visible {
      outline: 2px solid var(--ji-brand);
    }
  `;
  @property({ attribute: false }) document: { components: { schemas: Record<string, Schema> } } = {
    components: { schemas: {} },
  };
  @property({ attribute: false }) schema: Schema | undefined;
  @state() private open: ReadonlySet<string> = new Set();

  override render(): TemplateResult {
    return this.schema ? this.#view(this.schema, "") : html`<span class="quiet">${t("api.nothing")}</span>`;
  }

  /** `place`: where in the tree, so that each thing opens by itself. */
  #view(schema: Schema, place: string): TemplateResult {
    if (schema.$ref !== undefined) return this.#named(schema, place);
    const forms = schema.anyOf ?? schema.oneOf ?? schema.allOf;
    if (forms)
      return html`<ul>
        ${forms.map((form, at) => html`<li>${this.#view(form, `${place}|${at}`)}</li>`)}
      </ul>`;
    if (schema.properties) return this.#fields(schema, place);
    const inner = schema.items ?? valuesOf(schema);
    if (inner && !isSimple(inner))
      return html`<code class="type">${schema.items ? "[]" : "{}"}</code> ${this.#view(inner, `${place}[]`)}`;
    return html`<code class="type">${typeOf(schema)}</code>`;
  }

  #named(schema: Schema, place: string): TemplateResult {
    const name = schema.$ref?.split("/").at(-1) ?? "";
    const isOpen = this.open.has(place);
    const toggle = (): void => {
      const now = new Set(this.open);
      if (!now.delete(place)) now.add(place);
      this.open = now;
    };
    return html`<button aria-expanded=${isOpen} @click=${toggle}>${isOpen ? "▾" : "▸"} ${name}</button>${
        isOpen ? this.#view(resolved(this.document, schema), `${place}/${name}`) : nothing
      }`;
  }

  #fields({ properties = {}, required = [] }: Schema, place: string): TemplateResult {
    return html`<ul>
      ${Object.entries(properties).map(
        ([name, field]) =>
          html`<li>
            <code>${name}</code
            >${required.includes(name) ? html`<span class="must" title=${t("api.required")}>*</span>` : nothing}
            ${this.#view(field, `${place}.${name}`)}
          </li>`,
      )}
    </ul>`;
  }
}

/** The schema of an object's values, where all are alike. */
function valuesOf({ additionalProperties, patternProperties }: Schema): Schema | undefined {
  return typeof additionalProperties === "object" ? additionalProperties : Object.values(patternProperties ?? {})[0];
}

/** Whether a type can be said in few words. */
function isSimple(schema: Schema): boolean {
  const { $ref, anyOf, oneOf, allOf, properties, items } = schema;
  return !$ref && !anyOf && !oneOf && !allOf && !properties && (!items || isSimple(items)) && !valuesOf(schema);
}

/** A simple type in few words: `string (date-time)`, `"read" | "write"`. */
export function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1) ?? "";
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.items) return `${typeOf(schema.items)}[]`;
  const type = [schema.type ?? "any"].flat().join(" | ");
  return schema.format === undefined ? type : `${type} (${schema.format})`;
}
