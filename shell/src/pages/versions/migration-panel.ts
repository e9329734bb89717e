import { type DefinitionVersion, type OpOutput, type WorkflowApi, workflowApi } from "@jinshui/contracts";
import { problemTexts } from "@jinshui/engine/problem-texts";
import { client, confirmed, controls, JinshuiElement, language, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import "../diagram-view.js";
import { migrationOutcome } from "./migration-outcome.js";
import { type MigrationResult, runMigration } from "./migration-run.js";
import { type MappedElement, proposeMapping } from "./propose-mapping.js";

type Version = OpOutput<WorkflowApi, "processVersion">;

/** Moves running matters from one version to another: what takes the place of what, a dry run, and then the thing itself. */
@customElement("ji-migration")
export class MigrationPanel extends JinshuiElement {
  static override styles = [
    controls,
    css`
      .card {
        margin-bottom: 12px;
      }
      .ends {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr));
        gap: 12px;
      }
      .ends > div {
        min-width: 0;
        display: grid;
        gap: 6px;
        align-content: start;
      }
      label {
        display: grid;
        gap: 4px;
      }
      td select {
        max-width: 100%;
      }
      summary {
        cursor: pointer;
        padding: 8px 0;
      }
      ul.same {
        columns: 240px;
        margin: 0;
        padding-left: 20px;
      }
      .run {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: end;
      }
      .run label {
        flex: 1 1 240px;
        max-width: 560px;
      }
      td.told {
        white-space: normal;
      }
    `,
  ];
  @property({ attribute: false }) versions: DefinitionVersion[] = [];
  @state() private from = "";
  @state() private to = "";
  @state() private ends: { from: Version; to: Version } | undefined;
  @state() private mapping: Record<string, string> = {};
  @state() private result: MigrationResult | undefined;
  @state() private running: AbortController | undefined;
  @state() private stale = false;
  @state() private error: unknown;

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("versions") || this.from !== "") return;
    const latest = this.versions.find((version) => version.latest) ?? this.versions[0];
    const others = this.versions.filter(({ id }) => id !== latest?.id);
    this.from = (others.findLast(({ running }) => running > 0) ?? others[0])?.id ?? "";
    this.to = latest?.id ?? "";
    void this.#read();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.running?.abort();
  }

  override render(): TemplateResult {
    return html`<section class="card" aria-label=${t("versions.migrate")}>
        <h2>${t("versions.migrate")}</h2>
        <div class="body">
          <p class="quiet">${t("versions.hint")}</p>
          <div class="ends">${this.#end("from", "source")} ${this.#end("to", "target")}</div>
        </div>
      </section>
      <ji-error .error=${this.error}></ji-error>
      ${this.ends ? html`${this.#mapping(this.ends)} ${this.#run()}` : nothing}`;
  }

  #end(end: "from" | "to", label: "source" | "target"): TemplateResult {
    const drawn = this.ends?.[end];
    const other = end === "from" ? this.to : this.from;
    return html`<div>
      <label
        >${t(`versions.${label}`)}<select
          class="input"
          ?disabled=${this.running !== undefined}
          @change=${(event: Event) => this.#choose(end, (event.target as HTMLSelectElement).value)}
        >
          ${this.versions.map(
            ({ id, version, running }) =>
              html`<option value=${id} ?disabled=${id === other} .selected=${id === this[end]}>
                ${t("versions.of", { n: version, running })}
              </option>`,
          )}
        </select></label
      >
      ${
        drawn
          ? html`<div role="group" aria-label=${t(`versions.${label}Diagram`, { n: drawn.version })}>
              <ji-diagram .xml=${drawn.xml} .active=${this.#marked(end)}></ji-diagram>
            </div>`
          : nothing
      }
    </div>`;
  }

  /** Elements that somebody has to say something about, and what was said. */
  #marked(end: "from" | "to"): string[] {
    if (end === "to") return Object.values(this.mapping);
    return this.#proposal().open.map(({ element }) => element.id);
  }

  #proposal(): ReturnType<typeof proposeMapping> {
    return proposeMapping(this.ends?.from.elements ?? [], this.ends?.to.elements ?? []);
  }

  #mapping(ends: { from: Version; to: Version }): TemplateResult {
    const { same, open } = this.#proposal();
    return html`<section class="card" aria-label=${t("versions.mapping")}>
      <h2>${t("versions.mapping")}</h2>
      <div class="body">
        <p>${t(open.length > 0 ? "versions.open" : "versions.allSame")}</p>
        ${
          open.length === 0
            ? nothing
            : html`<div class="scroll">
                <table>
                  <thead>
                    <tr>
                      <th>${t("versions.element")}</th>
                      <th>${t("versions.becomes")}</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${open.map((mapped) => this.#mapped(mapped))}
                  </tbody>
                </table>
              </div>`
        }
        ${
          same.length === 0
            ? nothing
            : html`<details>
                <summary>${t("versions.same", { n: same.length })}</summary>
                <ul class="same">
                  ${same.map(({ id }) => html`<li>${nameOf(ends.from, id)} → ${nameOf(ends.to, id)}</li>`)}
                </ul>
              </details>`
        }
      </div>
    </section>`;
  }

  #mapped({ element, choices, proposed }: MappedElement): TemplateResult {
    const name = nameIn(element);
    const chosen = this.mapping[element.id] ?? "";
    return html`<tr>
      <td>${name} <span class="quiet">${kindOf(element.type)}</span></td>
      <td>
        <select
          class="input"
          aria-label="${t("versions.becomes")} ${name}"
          ?disabled=${this.running !== undefined}
          @change=${(event: Event) => this.#map(element.id, (event.target as HTMLSelectElement).value)}
        >
          <option value="" .selected=${chosen === ""}>${t("versions.noTarget")}</option>
          ${choices.map((choice) => html`<option value=${choice.id} .selected=${choice.id === chosen}>${nameIn(choice)}</option>`)}
        </select>
        ${proposed !== undefined && proposed === chosen ? html`<span class="badge">${t("versions.proposed")}</span>` : nothing}
      </td>
    </tr>`;
  }

  #run(): TemplateResult {
    const { result, running, stale } = this;
    const ready = result?.finished === true && !result.commit && !stale && result.fit > 0;
    return html`<section class="card" aria-label=${t("versions.dryRun")}>
      <h2>${t("versions.dryRun")}</h2>
      <div class="body">
        <form class="run" @submit=${(event: SubmitEvent) => void this.#carryOut(event)}>
          <button class="button" type="button" ?disabled=${running !== undefined} @click=${() => this.#start(false)}>
            ${t("versions.dryRun")}
          </button>
          ${
            ready && !running
              ? html`<label
                    >${t("versions.reason")}<input
                      class="input"
                      name="reason"
                      required
                      minlength="2"
                      maxlength="500"
                      autocomplete="off" /></label
                  ><button class="button primary">${t("versions.carryOut", { n: result.fit })}</button>`
              : nothing
          }
          ${running ? html`<button class="button" type="button" @click=${() => running.abort()}>${t("versions.stop")}</button>` : nothing}
        </form>
        ${stale && !running ? html`<p class="quiet" role="status">${t("versions.changed")}</p>` : nothing}
        ${result && !stale ? migrationOutcome(result, running !== undefined) : nothing}
      </div>
    </section>`;
  }

  #choose(end: "from" | "to", id: string): void {
    this[end] = id;
    this.result = undefined;
    this.stale = false;
    void this.#read();
  }

  #map(element: string, target: string): void {
    const { [element]: _before, ...others } = this.mapping;
    this.mapping = target === "" ? others : { ...others, [element]: target };
    this.stale = this.result !== undefined;
  }

  async #read(): Promise<void> {
    const { from, to } = this;
    if (from === "" || to === "" || from === to) return;
    try {
      const workflow = client(workflowApi);
      const [before, after] = await Promise.all([
        workflow.processVersion({ id: from }),
        workflow.processVersion({ id: to }),
      ]);
      if (from !== this.from || to !== this.to) return;
      this.ends = { from: before, to: after };
      this.mapping = Object.fromEntries(
        this.#proposal().open.flatMap(({ element, proposed }) =>
          proposed === undefined ? [] : [[element.id, proposed]],
        ),
      );
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }

  async #carryOut(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const reason = String(new FormData(event.target as HTMLFormElement).get("reason")).trim();
    const { ends, result } = this;
    if (!ends || !result) return;
    const text = t("versions.sure", { n: result.fit, from: ends.from.version, to: ends.to.version });
    const action = t("versions.carryOut", { n: result.fit });
    if (await confirmed({ title: t("versions.migrate"), text, action })) await this.#start(true, reason);
  }

  async #start(commit: boolean, reason?: string): Promise<void> {
    const running = new AbortController();
    this.running = running;
    this.error = undefined;
    this.result = undefined;
    this.stale = false;
    const { from, to, mapping } = this;
    try {
      await runMigration(
        { from, to, mapping },
        {
          commit,
          ...(reason === undefined ? {} : { reason }),
          signal: running.signal,
          tell: (result) => (this.result = result),
        },
      );
    } catch (error) {
      this.error = error;
    } finally {
      this.running = undefined;
      if (commit) this.dispatchEvent(new Event("migrated"));
    }
  }
}

function nameIn({ id, name }: { id: string; name?: string }): string {
  return name ?? id;
}

function nameOf({ elements }: Version, id: string): string {
  return nameIn(elements.find((element) => element.id === id) ?? { id });
}

/** What an element is, as the problems of files call it. */
function kindOf(type: string): string {
  return problemTexts[language()].elements[type] ?? type;
}
