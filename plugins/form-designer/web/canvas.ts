import type { FormComponent, FormSchema } from "@jinshui/contracts";
import { labelOf } from "@jinshui/web/form";
import { t } from "@jinshui/web";
import { html, nothing, type TemplateResult } from "lit";
import { FIELD_KINDS, type FieldKind, kindOf } from "./model/field-kinds.js";

/** What somebody does on the canvas. */
export interface CanvasActs {
  select: (index: number) => void;
  /** Puts a new field in before a place, or after what is chosen. */
  add: (kind: FieldKind, before?: number) => void;
  move: (from: number, to: number) => void;
  widen: (index: number, by: 1 | -1) => void;
  remove: (index: number) => void;
}

const KIND = "application/x-form-kind";
const FIELD = "application/x-form-field";

/** What can be put on the form: pressed it stands after the chosen field, dragged where it is dropped. */
export function paletteTemplate({ add }: CanvasActs): TemplateResult {
  return html`<section class="card palette" aria-label=${t("form-designer.palette")}>
    <h2>${t("form-designer.palette")}</h2>
    <div class="kinds">
      ${FIELD_KINDS.map(
        (kind) =>
          html`<button
            class="button kind"
            draggable="true"
            @click=${() => add(kind)}
            @dragstart=${(event: DragEvent) => event.dataTransfer?.setData(KIND, kind)}
          >
            ${t(`form-designer.kind.${kind}`)}
          </button>`,
      )}
    </div>
  </section>`;
}

/** The form as it is being made: fields in their places, to be dragged, or moved with Alt and the arrows. */
export function canvasTemplate(form: FormSchema, chosen: number, acts: CanvasActs): TemplateResult {
  return html`<section class="card canvas" aria-label=${t("form-designer.canvas")}>
    <p class="quiet small" id="canvas-keys">${t("form-designer.keys")}</p>
    <ol
      class="grid"
      @dragover=${(event: DragEvent) => event.preventDefault()}
      @drop=${(event: DragEvent) => drop(event, form.components.length, acts)}
    >
      ${form.components.map((component, index) => itemTemplate(component, index, index === chosen, acts))}
    </ol>
    ${form.components.length === 0 ? html`<p class="quiet empty">${t("form-designer.empty")}</p>` : nothing}
  </section>`;
}

function itemTemplate(component: FormComponent, index: number, isChosen: boolean, acts: CanvasActs): TemplateResult {
  const { jinshui = {}, validate } = component;
  const marks = [
    validate?.required === true && "required",
    jinshui.calculate !== undefined && "calculated",
    [jinshui.visibleIf, jinshui.requiredIf, jinshui.readonlyIf].some((text) => text !== undefined) && "linked",
  ].filter((mark) => mark !== false);
  return html`<li class="span-${jinshui.columns ?? 12}">
    <button
      class="item"
      data-index=${index}
      aria-pressed=${isChosen}
      aria-describedby="canvas-keys"
      draggable="true"
      @click=${() => acts.select(index)}
      @keydown=${(event: KeyboardEvent) => keyed(event, index, acts)}
      @dragstart=${(event: DragEvent) => event.dataTransfer?.setData(FIELD, String(index))}
      @dragover=${over}
      @dragleave=${left}
      @drop=${(event: DragEvent) => drop(event, index, acts)}
    >
      <span class="name">${component.text ?? labelOf(component)}</span>
      <span class="quiet small"
        >${t(`form-designer.kind.${kindOf(component)}`)}${marks.map((mark) => html` · ${t(`form-designer.mark.${mark}`)}`)}</span
      >
      ${component.components ? html`<span class="quiet small">${component.components.map(labelOf).join("、")}</span>` : nothing}
    </button>
  </li>`;
}

function over(event: DragEvent): void {
  event.preventDefault();
  const { types = [] } = event.dataTransfer ?? {};
  if (types.includes(KIND) || types.includes(FIELD)) (event.currentTarget as Element).classList.add("over");
}

function left({ currentTarget }: Event): void {
  (currentTarget as Element).classList.remove("over");
}

function drop(event: DragEvent, before: number, { add, move }: CanvasActs): void {
  event.preventDefault();
  event.stopPropagation();
  left(event);
  const kind = FIELD_KINDS.find((known) => known === event.dataTransfer?.getData(KIND));
  const from = event.dataTransfer?.getData(FIELD) ?? "";
  if (kind) add(kind, before);
  else if (from !== "") move(Number(from), before);
}

/** The twin of dragging: Alt with an arrow moves or widens, Delete takes away. */
function keyed(event: KeyboardEvent, index: number, { move, widen, remove }: CanvasActs): void {
  const moves: Record<string, () => void> = {
    ArrowUp: () => move(index, index - 1),
    ArrowDown: () => move(index, index + 2),
    ArrowLeft: () => widen(index, -1),
    ArrowRight: () => widen(index, 1),
  };
  const act = event.altKey ? moves[event.key] : event.key === "Delete" ? () => remove(index) : undefined;
  if (!act) return;
  event.preventDefault();
  act();
}
