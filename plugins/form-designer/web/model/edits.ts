import type { FormComponent, FormSchema } from "@jinshui/contracts";
import { freeKey, kindOf } from "./field-kinds.js";

/** A component by its place: of the form, or a column of the list there. */
export interface Place {
  index: number;
  column?: number;
}

/** What stands at a place. */
export function componentAt({ components }: FormSchema, { index, column }: Place): FormComponent | undefined {
  const component = components[index];
  return column === undefined ? component : component?.components?.[column];
}

/** The components that share a place's scope: those of the form, or the columns of its list. */
export function neighbours(form: FormSchema, { index, column }: Place): readonly FormComponent[] {
  return column === undefined ? form.components : (form.components[index]?.components ?? []);
}

/** Everything on a form that has a key, columns of lists included: each key stands for one thing. */
export function allKeyed({ components }: FormSchema): FormComponent[] {
  return components.flatMap((component) => [component, ...(component.components ?? [])]);
}

function withNeighbours(form: FormSchema, place: Place, components: readonly FormComponent[]): FormSchema {
  if (place.column === undefined) return { ...form, components: [...components] };
  return {
    ...form,
    components: form.components.map((component, index) =>
      index === place.index ? { ...component, components: [...components] } : component,
    ),
  };
}

const positionOf = ({ index, column }: Place): number => column ?? index;

/** The form with a component put in before what stands at a place. */
export function insertAt(form: FormSchema, place: Place, component: FormComponent): FormSchema {
  return withNeighbours(form, place, neighbours(form, place).toSpliced(positionOf(place), 0, component));
}

/** The form with another component at a place. */
export function replaceAt(form: FormSchema, place: Place, component: FormComponent): FormSchema {
  return withNeighbours(form, place, neighbours(form, place).with(positionOf(place), component));
}

/** The form without what stands at a place. */
export function removeAt(form: FormSchema, place: Place): FormSchema {
  return withNeighbours(form, place, neighbours(form, place).toSpliced(positionOf(place), 1));
}

/** The form with a component taken to before the place that has number `to` now; the form itself when that moves nothing. */
export function moveTo(form: FormSchema, place: Place, to: number): FormSchema {
  const from = positionOf(place);
  const all = neighbours(form, place);
  const moved = all[from];
  if (!moved || to === from || to === from + 1 || to < 0 || to > all.length) return form;
  const without = all.toSpliced(from, 1);
  return withNeighbours(form, place, without.toSpliced(to > from ? to - 1 : to, 0, moved));
}

/** A copy of a component, and of its columns, under keys of their own; `known` are all that there are. */
export function copyOf(component: FormComponent, known: readonly FormComponent[]): FormComponent {
  const copy = structuredClone(component);
  if (copy.key !== undefined) copy.key = freeKey(kindOf(component), known);
  if (!copy.components) return copy;
  const taken = [...known];
  copy.components = copy.components.map((column) => {
    const fresh = { ...column, key: freeKey(kindOf(column), taken) };
    taken.push(fresh);
    return fresh;
  });
  return copy;
}

/** The component with some of its extension changed; what becomes undefined goes. */
export function withExtension(
  component: FormComponent,
  change: { [name in keyof NonNullable<FormComponent["jinshui"]>]?: unknown },
): FormComponent {
  return withParts(component, { jinshui: withoutNothing({ ...component.jinshui, ...change }) });
}

/** The component with some of its rules of validation changed; what becomes undefined goes. */
export function withRule(
  component: FormComponent,
  change: { [name in keyof NonNullable<FormComponent["validate"]>]?: unknown },
): FormComponent {
  return withParts(component, { validate: withoutNothing({ ...component.validate, ...change }) });
}

/** The component with some of its parts changed; what becomes undefined goes, or becomes empty. */
export function withParts(
  component: FormComponent,
  change: { [name in keyof FormComponent]?: unknown },
): FormComponent {
  const next = withoutNothing({ ...component, ...change });
  for (const part of ["jinshui", "validate"] as const)
    if (next[part] && Object.keys(next[part]).length === 0) delete next[part];
  return next as FormComponent;
}

function withoutNothing(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
