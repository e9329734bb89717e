import { type InstanceDetail, type ReplayStep, workflowApi } from "@jinshui/contracts";
import { activeElements, apply, type EngineEvent, type InstanceState } from "@jinshui/engine";
import { client, controls, dateTime, JinshuiElement, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import "@jinshui/web/form";
import "../diagram-view.js";

/** A matter as it stood after one of its commands. */
interface Moment {
  at?: string;
  active: string[];
  passed: string[];
  variables: Record<string, unknown>;
}

/** A matter from its first moment to its last, computed here from its facts by the engine that ran it. */
@customElement("ji-replay-page")
export class ReplayPage extends JinshuiElement {
  static override styles = [
    controls,
    css`
      .card {
        margin-bottom: 12px;
      }
      .controls {
        display: flex;
        gap: 8px;
        align-items: center;
        flex-wrap: wrap;
      }
      .controls input {
        flex: 1 1 200px;
      }
    `,
  ];
  @property() instanceId = "";
  @state() private instance: InstanceDetail | undefined;
  @state() private xml = "";
  @state() private moments: Moment[] = [];
  @state() private at = 0;
  @state() private error: unknown;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("instanceId")) void this.#load();
  }

  override render(): TemplateResult {
    const { instance, moments, at } = this;
    return html`<div class="bar">
        <h1 tabindex="-1">${t("matter.replayOf", { title: instance?.title ?? "" })}</h1>
        <a href="/matters/${this.instanceId}">${t("matter.back")}</a>
      </div>
      <ji-error .error=${this.error} ?retry=${true} @retry=${() => this.#load()}></ji-error>
      ${moments[at] ? this.#moment(moments[at], moments[at - 1]) : nothing}`;
  }

  #moment(moment: Moment, before: Moment | undefined): TemplateResult {
    const { moments, at } = this;
    return html`<section class="card">
        <div class="body controls">
          <button class="button" ?disabled=${at === 0} @click=${() => (this.at = at - 1)}>
            ${t("matter.earlier")}
          </button>
          <input
            type="range"
            min="0"
            max=${moments.length - 1}
            .value=${String(at)}
            aria-label=${t("matter.moment")}
            aria-valuetext=${this.#place()}
            @input=${(event: Event) => (this.at = Number((event.target as HTMLInputElement).value))}
          />
          <button class="button" ?disabled=${at === moments.length - 1} @click=${() => (this.at = at + 1)}>
            ${t("matter.later")}
          </button>
          <span role="status">${this.#place()}</span>
        </div>
      </section>
      <section class="card">
        <h2>${t("task.diagram")}</h2>
        <div class="body">
          <ji-diagram .xml=${this.xml} .active=${moment.active} .passed=${moment.passed}></ji-diagram>
        </div>
      </section>
      ${
        this.instance?.forms.length === 0
          ? nothing
          : html`<section class="card">
              <h2>${t("matter.values")}</h2>
              <div class="body">${this.#values(moment.variables, before?.variables ?? {})}</div>
            </section>`
      }`;
  }

  #place(): string {
    const { moments, at } = this;
    return t("matter.place", { n: at + 1, total: moments.length, at: dateTime(moments[at]?.at) });
  }

  #values(now: Record<string, unknown>, before: Record<string, unknown>): TemplateResult {
    const forms = this.instance?.forms ?? [];
    const changed = forms
      .flatMap((form) => form.components)
      .filter(({ key }) => key !== undefined && JSON.stringify(now[key]) !== JSON.stringify(before[key]))
      .map(({ label }) => label);
    return html`${changed.length > 0 ? html`<p role="note">${t("matter.changed", { fields: [...new Set(changed)].join("、") })}</p>` : nothing}
    ${forms.map((form) => html`<ji-form readonly .form=${form} .values=${now} step="*"></ji-form>`)}`;
  }

  async #load(): Promise<void> {
    const workflow = client(workflowApi);
    try {
      const id = this.instanceId;
      [this.instance, { xml: this.xml }] = await Promise.all([workflow.instance({ id }), workflow.diagram({ id })]);
      const steps: ReplayStep[] = [];
      let cursor: string | undefined;
      do {
        const page = await workflow.replay({ id, limit: 200, ...(cursor === undefined ? {} : { cursor }) });
        steps.push(...page.steps);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      this.moments = momentsOf(steps);
      this.at = this.moments.length - 1;
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }
}

function momentsOf(steps: readonly ReplayStep[]): Moment[] {
  let now: InstanceState | undefined;
  const passed = new Set<string>();
  return steps.map(({ at, events }) => {
    for (const event of events as unknown as EngineEvent[]) {
      now = apply(now, event);
      if ("flow" in event && event.flow !== undefined) passed.add(event.flow);
      if (event.type === "element-left") passed.add(event.element);
    }
    const active = now ? activeElements(now).map(({ element }) => element) : [];
    return { ...(at === undefined ? {} : { at }), active, passed: [...passed], variables: now?.variables ?? {} };
  });
}
