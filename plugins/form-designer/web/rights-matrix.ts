import {
  type FieldRight,
  fieldRight,
  type FormComponent,
  type FormSchema,
  type OpOutput,
  type WorkflowApi,
} from "@jinshui/contracts";
import { t } from "@jinshui/web";
import { labelOf } from "@jinshui/web/form";
import { html, type TemplateResult } from "lit";
import { withExtension } from "./model/edits.js";

/** A step for which rights are set: of a process that has the form, or of all others (`*`). */
export interface MatrixStep {
  id: string;
  name: string;
  isStart: boolean;
}

const RIGHTS: readonly FieldRight[] = ["hidden", "read", "edit", "required"];

/** The steps of every process that has the form, each once, and all others. */
export function matrixSteps(processes: OpOutput<WorkflowApi, "form">["processes"]): MatrixStep[] {
  const known = new Map(
    processes.flatMap(({ title, steps }) =>
      steps.map((step): [string, MatrixStep] => [
        step.id,
        { ...step, name: step.isStart ? t("form-designer.startOf", { title }) : step.name },
      ]),
    ),
  );
  return [...known.values(), { id: "*", name: t("form-designer.otherSteps"), isStart: false }];
}

/** Fields against steps: what each step may do with each field. */
export function rightsMatrix(
  form: FormSchema,
  steps: readonly MatrixStep[],
  change: (index: number, component: FormComponent) => void,
): TemplateResult {
  const fields = form.components
    .map((component, index) => ({ component, index }))
    .filter(({ component }) => component.key !== undefined);
  return html`<section class="card">
    <h2>${t("form-designer.tab.rights")}</h2>
    <div class="body">
      <p class="quiet small">${t(steps.length === 1 ? "form-designer.noProcess" : "form-designer.rightsHint")}</p>
      <div class="scroll" tabindex="0" role="region" aria-label=${t("form-designer.tab.rights")}>
        <table>
          <thead>
            <tr>
              <th scope="col">${t("form-designer.field")}</th>
              ${steps.map(({ name }) => html`<th scope="col">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${fields.map(
              ({ component, index }) =>
                html`<tr>
                  <th scope="row">${labelOf(component)}</th>
                  ${steps.map((step) => html`<td>${rightSelect(component, step, (next) => change(index, next))}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </div>
  </section>`;
}

function rightSelect(
  component: FormComponent,
  step: MatrixStep,
  change: (component: FormComponent) => void,
): TemplateResult {
  const own = component.jinshui?.steps?.[step.id];
  const usual = fieldRight({ ...component, jinshui: withoutStep(component, step.id) ?? {} }, step.id, step.isStart);
  return html`<select
    class="input"
    aria-label=${t("form-designer.rightOf", { field: labelOf(component), step: step.name })}
    @change=${(event: Event) => {
      const right = RIGHTS.find((known) => known === (event.target as HTMLSelectElement).value);
      const steps = { ...withoutStep(component, step.id)?.steps, ...(right ? { [step.id]: right } : {}) };
      change(withExtension(component, { steps: Object.keys(steps).length === 0 ? undefined : steps }));
    }}
  >
    <option value="" ?selected=${own === undefined}>
      ${t("form-designer.usual", { right: t(`form-designer.right.${usual}`) })}
    </option>
    ${RIGHTS.map((right) => html`<option value=${right} ?selected=${right === own}>${t(`form-designer.right.${right}`)}</option>`)}
  </select>`;
}

function withoutStep({ jinshui }: FormComponent, step: string): FormComponent["jinshui"] {
  if (!jinshui?.steps) return jinshui;
  return { ...jinshui, steps: Object.fromEntries(Object.entries(jinshui.steps).filter(([id]) => id !== step)) };
}
