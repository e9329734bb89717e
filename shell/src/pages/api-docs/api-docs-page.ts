import { HTTP_ROOT } from "@jinshui/contracts";
import { PluginPage, send, t } from "@jinshui/web";
import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import {
  type BusDocument,
  type HttpDocument,
  type HttpOperation,
  type Message,
  type Parameter,
  resolved,
  type Schema,
  schemaOf,
} from "./documents.js";
import { typeOf } from "./schema-view.js";

/** The documents of the APIs to look through: operations with parameters, bodies, answers, errors and who may call. */
@customElement("ji-api-docs-page")
export class ApiDocsPage extends PluginPage {
  static override styles = [
    PluginPage.styles,
    css`
      details {
        border-top: 1px solid var(--ji-rule);
      }
      summary {
        padding: 8px 12px;
        cursor: pointer;
        overflow-wrap: anywhere;
      }
      summary code {
        color: var(--ji-text-2);
      }
      details > div {
        padding: 0 12px 12px;
      }
      h3 {
        font-size: var(--ji-size);
        margin: 12px 0 4px;
      }
      input {
        flex: 1;
        min-width: 200px;
      }
      .method {
        display: inline-block;
        min-width: 5em;
      }
      td {
        white-space: normal;
      }
    `,
  ];
  @state() private http: HttpDocument | undefined;
  @state() private bus: BusDocument | undefined;
  @state() private kind: "http" | "bus" = "http";
  @state() private wanted = "";
  @state() private opened: ReadonlySet<string> = new Set();

  protected override async load(query: URLSearchParams): Promise<void> {
    this.kind = query.get("part") === "bus" ? "bus" : "http";
    if (this.http && this.bus) return;
    // later it is what is typed by then
    this.wanted = query.get("q") ?? "";
    const read = async (name: string): Promise<unknown> => (await send("GET", `${HTTP_ROOT}/${name}`)).json();
    this.http = (await read("openapi.json")) as HttpDocument;
    this.bus = (await read("asyncapi.json")) as BusDocument;
  }

  override render(): TemplateResult {
    const file = this.kind === "http" ? "openapi.json" : "asyncapi.json";
    return html`${this.head(t("nav.apiDocs"), html`<a class="button" href="${HTTP_ROOT}/${file}" download=${file}>${t("api.download")}</a>`)}
      <p class="quiet">${t("api.hint")}${t("api.guide")}</p>
      <form
        class="bar"
        role="search"
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
        }}
      >
        ${(["http", "bus"] as const).map(
          (part) =>
            html`<button
              type="button"
              class=${part === this.kind ? "button primary" : "button"}
              aria-pressed=${part === this.kind}
              @click=${() => this.show({ part, q: this.wanted })}
            >
              ${t(`api.${part}`)}
            </button>`,
        )}
        <input
          class="input"
          type="search"
          aria-label=${t("api.search")}
          placeholder=${t("api.search")}
          .value=${this.wanted}
          @input=${(event: InputEvent) => (this.wanted = (event.target as HTMLInputElement).value)}
        />
      </form>
      ${this.kind === "http" ? this.#http() : this.#bus()}`;
  }

  #isWanted(...texts: (string | null | undefined)[]): boolean {
    const wanted = this.wanted.trim().toLowerCase().split(/\s+/);
    const text = texts.join(" ").toLowerCase();
    return wanted.every((word) => text.includes(word));
  }

  #http(): TemplateResult {
    const { http } = this;
    if (!http) return this.#empty();
    const all = Object.entries(http.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    const shown = all.filter(({ path, method, operation }) =>
      this.#isWanted(method, path, operation.operationId, operation.summary, operation.description),
    );
    if (shown.length === 0) return this.#empty();
    return html`<p class="quiet" role="status">${t("api.count", { n: shown.length })}</p>
      ${http.tags.map(({ name, description }) => {
        const own = shown.filter(({ operation }) => operation.tags.includes(name));
        return own.length === 0
          ? nothing
          : html`<section class="card" aria-label=${description}>
              <h2><span>${description}</span><span class="quiet">${name}</span></h2>
              ${own.map(({ path, method, operation }) => this.#operation(http, path, method, operation))}
            </section>`;
      })}`;
  }

  #operation(http: HttpDocument, path: string, method: string, operation: HttpOperation): TemplateResult {
    const parameters = (operation.parameters ?? []).map((parameter) => resolved(http, parameter));
    const answers = Object.entries(operation.responses);
    const isError = ([status]: [string, unknown]): boolean => status === "default" || Number(status) >= 400;
    return this.#details(
      `${method} ${path}`,
      html`<b class="method">${method.toUpperCase()}</b> <code>${path}</code> ${operation.summary}`,
      () =>
        html`${about(operation.description)}
          <h3>${t("api.access")}</h3>
          <div>${access(operation)}</div>
          ${
            parameters.length === 0
              ? nothing
              : html`<h3>${t("api.parameters")}</h3>
                  ${this.table(
                    t("api.parameters"),
                    ["api.field", "api.in", "api.type", "api.about"].map((key) => t(key)),
                    parameters.map(parameterRow),
                  )}`
          }
          ${operation.requestBody ? this.#schema(http, t("api.body"), schemaOf(operation.requestBody.content)) : nothing}
          ${answers
            .filter((answer) => !isError(answer))
            .map(([status, answer]) => this.#schema(http, `${t("api.answers")} ${status}`, schemaOf(answer.content)))}
          <h3>${t("api.errors")}</h3>
          <ul>
            ${answers
              .filter(isError)
              .map(([status, answer]) => html`<li>${status} ${resolved(http, answer).description}</li>`)}
          </ul>`,
    );
  }

  #bus(): TemplateResult {
    const { bus } = this;
    if (!bus) return this.#empty();
    const shown = Object.entries(bus.operations).filter(([id, { summary, description }]) =>
      this.#isWanted(id, summary, description, bus.channels[id]?.address),
    );
    if (shown.length === 0) return this.#empty();
    return html`<p class="quiet" role="status">${t("api.count", { n: shown.length })}</p>
      <section class="card" aria-label=${t("api.bus")}>
        ${shown.map(([id, { action, summary, description }]) => {
          const messages = (channel: string): Message[] =>
            Object.values(bus.channels[channel]?.messages ?? {}).map((message) => resolved(bus, message));
          const what = action === "send" ? t("api.event") : t("api.request");
          return this.#details(
            id,
            html`<b class="method">${t(action === "send" ? "api.sends" : "api.receives")}</b>
              <code>${bus.channels[id]?.address}</code> ${summary}`,
            () =>
              html`${about(description)} ${messages(id).map(({ payload }) => this.#schema(bus, what, payload))}
              ${messages(`${id}.reply`).map(({ payload }) => this.#schema(bus, t("api.reply"), payload))}`,
          );
        })}
      </section>`;
  }

  /** What is inside is made when it is opened: hundreds of trees at once would be slow. */
  #details(id: string, summary: TemplateResult, inside: () => TemplateResult): TemplateResult {
    const toggle = (event: Event): void => {
      const now = new Set(this.opened);
      if ((event.target as HTMLDetailsElement).open) now.add(id);
      else now.delete(id);
      this.opened = now;
    };
    return html`<details @toggle=${toggle}>
      <summary>${summary}</summary>
      ${this.opened.has(id) ? html`<div>${inside()}</div>` : nothing}
    </details>`;
  }

  #schema(document: HttpDocument | BusDocument, title: string, schema: Schema | undefined): TemplateResult {
    return html`<h3>${title}</h3>
      <ji-schema .document=${document} .schema=${schema}></ji-schema>`;
  }

  #empty(): TemplateResult {
    return html`<ji-empty text=${t(this.http || this.error !== undefined ? "api.none" : "list.loading")}></ji-empty>`;
  }
}

function about(description: string | undefined): TemplateResult | typeof nothing {
  return description === undefined ? nothing : html`<p lang="en">${description}</p>`;
}

function access({ security, tags, "x-jinshui": more }: HttpOperation): string {
  const ways = (security ?? []).map((way) => {
    const scopes = way["machine"];
    if (!scopes) return t("api.access-session");
    return t("api.access-machine", { scope: scopes.length > 0 ? scopes.join(", ") : `${tags[0] ?? ""}:…` });
  });
  return [ways.length > 0 ? ways.join(" · ") : t("api.access-none"), ...(more?.recent ? [t("api.recent")] : [])].join(
    " · ",
  );
}

function parameterRow({ name, in: where, required, description, schema, content }: Parameter): TemplateResult {
  const place = content ? "query-json" : where;
  return html`<tr>
    <td><code>${name}</code></td>
    <td>${t(`api.in-${place}`)}</td>
    <td><code>${typeOf(schema ?? schemaOf(content) ?? {})}</code></td>
    <td class="long">
      ${t(required ? "api.required" : "api.optional")}${description === undefined ? "" : ` · ${description}`}
    </td>
  </tr>`;
}
