import type { FormSchema } from "@jinshui/contracts";
import { t } from "@jinshui/web";
import "@jinshui/web/form";
import { html, nothing, type TemplateResult } from "lit";
import type { MatrixStep } from "./rights-matrix.js";

/** The form as a step sees it, drawn by what draws every form, on a desk or as wide as a phone. */
export function preview(
  form: FormSchema,
  steps: readonly MatrixStep[],
  { step, phone }: { step: string; phone: boolean },
  acts: { show: (step: string) => void; fold: (phone: boolean) => void; check: () => void },
): TemplateResult {
  const starts = steps.filter(({ isStart }) => isStart);
  const shown = steps.find(({ id }) => id === step) ?? starts[0];
  return html`<div class="controls">
      <label
        >${t("form-designer.asStep")}
        <select class="input" @change=${(event: Event) => acts.show((event.target as HTMLSelectElement).value)}>
          ${starts.length === 0 ? html`<option value="">${t("form-designer.start")}</option>` : nothing}
          ${steps.map(({ id, name }) => html`<option value=${id} ?selected=${id === shown?.id}>${name}</option>`)}
        </select></label
      >
      <label class="check"
        ><input
          type="checkbox"
          .checked=${phone}
          @change=${() => acts.fold(!phone)}
        />${t("form-designer.phone")}</label
      >
      <button class="button" @click=${acts.check}>${t("form-designer.check")}</button>
    </div>
    <div class="frame ${phone ? "phone" : ""}">
      <ji-form .form=${form} .step=${shown?.id ?? "start"} .start=${shown?.isStart ?? true}></ji-form>
    </div>`;
}
