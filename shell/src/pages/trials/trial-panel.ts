import {
  type FormProblem,
  isJinshuiError,
  type OpOutput,
  type TrialAct,
  type TrialScript,
  type TrialWait,
  type WorkflowApi,
  workflowApi,
} from "@jinshui/contracts";
import { announce, client, controls, dateTime, JinshuiElement, local, t } from "@jinshui/web";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import "../diagram-view.js";
import "../task-form.js";
import type { TaskForm } from "../task-form.js";

type Trial = OpOutput<WorkflowApi, "trial">;

/** Goes through a version of a process step by step as whoever could do each, without a matter. Fires `saved`. */
@customElement("ji-trial")
export class TrialPanel extends JinshuiElement {
  static override styles = [
    controls,
    css`
      .card {
        margin-bottom: 12px;
      }
      .wait {
        border-top: 1px solid var(--ji-rule);
        padding-top: 8px;
        margin-top: 8px;
        display: grid;
        gap: 8px;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: end;
      }
      label {
        display: grid;
        gap: 4px;
        max-width: 560px;
      }
      textarea.input {
        height: 56px;
      }
      h3 {
        font-size: var(--ji-size);
        font-weight: 600;
        margin: 0;
      }
      p {
        margin: 0;
      }
      ol {
        margin: 8px 0 0;
        padding-left: 24px;
      }
    `,
  ];
  @property() definitionId = "";
  @property() xml = "";
  @state() private trial: Trial | undefined;
  @state() private script: TrialScript | undefined;
  @state() private error: unknown;
  @state() private busy = false;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("definitionId")) void this.#go(undefined);
  }

  override render(): TemplateResult {
    const { trial, script } = this;
    return html`<section class="card" aria-label=${t("trials.trial")}>
      <h2>${t("trials.trial")}</h2>
      <div class="body">
        <ji-diagram
          .xml=${this.xml}
          .active=${trial?.activeElements ?? []}
          .passed=${trial?.passedElements ?? []}
        ></ji-diagram>
        <ji-error .error=${this.error}></ji-error>
        ${trial ? (script ? this.#standing(trial, script) : this.#beginning(trial)) : nothing}
      </div>
    </section>`;
  }

  #beginning({ startForm, startEvent, plugin = "" }: Trial): TemplateResult {
    return html`<div class="wait" data-element=${startEvent}>
      ${startForm ? html`<ji-task-form .plugin=${plugin} .form=${startForm} .step=${startEvent} .start=${true}></ji-task-form>` : nothing}
      <div class="actions">
        <button class="button primary" ?disabled=${this.busy} @click=${() => this.#begin(startEvent)}>
          ${t("trials.begin")}
        </button>
      </div>
    </div>`;
  }

  #standing(trial: Trial, script: TrialScript): TemplateResult {
    const { acts } = script;
    return html`${acts.length === 0 ? nothing : html`<h3>${t("trials.acts")}</h3>`}
      <ol aria-label=${t("trials.acts")}>
        ${acts.map((act) => html`<li>${saidOf(act)}</li>`)}
      </ol>
      ${trial.ended ? this.#end(trial.ended) : trial.waiting.map((wait) => this.#wait(wait, trial))}
      <div class="wait">
        <div class="actions">
          <button class="button" ?disabled=${this.busy || acts.length === 0} @click=${() => this.#undo(script)}>
            ${t("trials.undo")}
          </button>
          <button class="button" ?disabled=${this.busy} @click=${() => this.#go(undefined)}>
            ${t("trials.again")}
          </button>
        </div>
      </div>`;
  }

  #wait(wait: TrialWait, trial: Trial): TemplateResult {
    const { kind, element, step, dueAt } = wait;
    return html`<section class="wait" data-element=${element} aria-label=${step}>
      <h3>
        ${step}
        ${dueAt === undefined ? nothing : html`<span class="quiet">${t("trials.waitsUntil", { at: dateTime(dueAt) })}</span>`}
      </h3>
      ${
        kind === "task"
          ? this.#task(wait, trial)
          : kind === "other"
            ? html`<p class="quiet">${t("trials.other")}</p>`
            : html`<div class="actions">
                <button
                  class="button primary"
                  ?disabled=${this.busy}
                  @click=${() => this.#act({ kind, element, step })}
                >
                  ${t(`trials.did.${kind}`)}
                </button>
              </div>`
      }
    </section>`;
  }

  #task({ element, step, form, actions = [], candidates = [], several }: TrialWait, trial: Trial): TemplateResult {
    return html`${several === true ? html`<p class="quiet">${t("trials.several")}</p>` : nothing}
      ${
        candidates.length === 0
          ? html`<p class="quiet">${t("trials.nobody")}</p>`
          : html`<label
              >${t("trials.by")}<select class="input" name="by">
                ${candidates.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
              </select></label
            >`
      }
      ${form ? html`<ji-task-form .plugin=${trial.plugin ?? ""} .form=${form} .values=${trial.variables} .step=${element}></ji-task-form>` : nothing}
      <label>${t("task.opinion")}<textarea class="input" name="opinion" maxlength="2000"></textarea></label>
      <div class="actions">
        ${actions.map(
          ({ id, title, tone }) =>
            html`<button
              class="button ${tone === "default" ? "" : tone}"
              ?disabled=${this.busy}
              @click=${() => this.#finish(element, step, id)}
            >
              ${local(title)}
            </button>`,
        )}
      </div>`;
  }

  #end(ends: string[]): TemplateResult {
    return html`<div class="wait">
      <p role="status">${t("trials.ended", { ends: ends.join("、") || t("trials.nowhere") })}</p>
      <form class="actions" @submit=${(event: SubmitEvent) => void this.#save(event)}>
        <label
          >${t("trials.saveName")}<input
            class="input"
            name="name"
            required
            minlength="2"
            maxlength="100"
            autocomplete="off" /></label
        ><button class="button primary" ?disabled=${this.busy}>${t("trials.save")}</button>
      </form>
    </div>`;
  }

  #part(element: string): HTMLElement | undefined {
    return [...this.renderRoot.querySelectorAll<HTMLElement>(".wait")].find(
      ({ dataset }) => dataset["element"] === element,
    );
  }

  async #begin(startEvent: string): Promise<void> {
    const form = this.#part(startEvent)?.querySelector<TaskForm>("ji-task-form");
    if (form && !form.validate()) return;
    await this.#go({ start: filled(form), acts: [] }, form);
  }

  async #finish(element: string, step: string, action: string): Promise<void> {
    const part = this.#part(element);
    const form = part?.querySelector<TaskForm>("ji-task-form");
    const by = part?.querySelector<HTMLSelectElement>("[name=by]")?.value;
    const person = this.trial?.waiting
      .find((wait) => wait.element === element)
      ?.candidates?.find(({ id }) => id === by);
    const opinion = part?.querySelector("textarea")?.value.trim() ?? "";
    await this.#act(
      {
        kind: "task",
        element,
        step,
        action,
        values: filled(form),
        ...(person ? { by: { id: person.id, name: person.name } } : {}),
        ...(opinion === "" ? {} : { opinion }),
      },
      form,
    );
  }

  async #act(act: TrialAct, form?: TaskForm | null): Promise<void> {
    const { start = {}, acts = [] } = this.script ?? {};
    await this.#go({ start, acts: [...acts, act] }, form);
  }

  #undo({ start, acts }: TrialScript): Promise<void> {
    return this.#go({ start, acts: acts.slice(0, -1) });
  }

  /** Does all again with what is new; it stands where it stood when that does not fit. */
  async #go(script: TrialScript | undefined, form?: TaskForm | null): Promise<void> {
    this.busy = true;
    try {
      const id = this.definitionId;
      this.trial = await client(workflowApi).trial({ id, ...(script ? { script } : {}) });
      this.script = script;
      this.error = undefined;
      await this.updateComplete;
      for (const area of this.renderRoot.querySelectorAll("textarea")) area.value = "";
    } catch (error) {
      this.error = error;
      if (isJinshuiError(error) && error.code === "invalid-form")
        form?.showProblems((error.details?.["problems"] ?? []) as FormProblem[]);
    } finally {
      this.busy = false;
    }
  }

  async #save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { script } = this;
    if (!script) return;
    const name = String(new FormData(event.target as HTMLFormElement).get("name")).trim();
    this.busy = true;
    try {
      await client(workflowApi).saveScenario({ id: this.definitionId, name, script });
      announce(t("trials.saved", { name }));
      this.dispatchEvent(new Event("saved"));
      await this.#go(undefined);
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }
}

function filled(form: TaskForm | null | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(form?.changes ?? {}).filter(([, value]) => value !== null));
}

/** What was done, in words. */
function saidOf({ kind, element, step = element, action, by }: TrialAct): string {
  if (kind !== "task") return t("trials.actOther", { step, what: t(`trials.did.${kind}`) });
  return t("trials.act", { step, action: t(`actionName.${action ?? ""}`), by: by?.name ?? t("trials.nowhere") });
}
