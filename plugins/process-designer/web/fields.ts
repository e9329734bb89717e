import { html, nothing, type TemplateResult } from "lit";

export interface Choice {
  value: string;
  label: string;
}

/** A text that is taken when its field is left or Enter is pressed: one change to undo. */
export function textField(
  label: string,
  value: string,
  change: (value: string) => void,
  { wide = true, type = "text", min = "" } = {},
): TemplateResult {
  return html`<label class=${wide ? "field wide" : "field"}
    >${label}<input
      class="input"
      type=${type}
      min=${min === "" ? nothing : min}
      maxlength="200"
      autocomplete="off"
      .value=${value}
      @change=${(event: Event) => change((event.target as HTMLInputElement).value.trim())}
  /></label>`;
}

/** A choice of one; a value that is not offered is shown as it is. */
export function choiceField(
  label: string,
  value: string,
  offered: readonly Choice[],
  change: (value: string) => void,
): TemplateResult {
  const choices = offered.some((choice) => choice.value === value) ? offered : [{ value, label: value }, ...offered];
  return html`<label class="field"
    >${label}<select class="input" @change=${(event: Event) => change((event.target as HTMLSelectElement).value)}>
      ${choices.map((choice) => html`<option value=${choice.value} .selected=${choice.value === value}>${choice.label}</option>`)}
    </select></label
  >`;
}

export function checkField(label: string, checked: boolean, change: (checked: boolean) => void): TemplateResult {
  return html`<label class="check"
    ><input
      type="checkbox"
      .checked=${checked}
      @change=${(event: Event) => change((event.target as HTMLInputElement).checked)}
    />${label}</label
  >`;
}

/** Several of many: those chosen with a button that takes each out, and a choice that adds one. */
export function severalField(
  label: string,
  values: readonly string[],
  offered: readonly Choice[],
  texts: { add: string; remove: (label: string) => string },
  change: (values: string[]) => void,
): TemplateResult {
  const labelOf = (value: string): string => offered.find((choice) => choice.value === value)?.label ?? value;
  const add = (event: Event): void => {
    const select = event.target as HTMLSelectElement;
    const { value } = select;
    select.value = "";
    if (value !== "") change([...values, value]);
  };
  return html`<div class="field wide">
    <label class="field"
      >${label}<select class="input" @change=${add}>
        <option value="" selected>${texts.add}</option>
        ${offered.filter(({ value }) => !values.includes(value)).map((choice) => html`<option value=${choice.value}>${choice.label}</option>`)}
      </select></label
    >
    ${
      values.length === 0
        ? nothing
        : html`<ul class="chosen">
            ${values.map(
              (value) =>
                html`<li>
                  ${labelOf(value)}<button
                    class="button plain"
                    type="button"
                    aria-label=${texts.remove(labelOf(value))}
                    @click=${() => change(values.filter((other) => other !== value))}
                  >
                    ✕
                  </button>
                </li>`,
            )}
          </ul>`
    }
  </div>`;
}
