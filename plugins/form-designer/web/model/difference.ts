import type { FormComponent, FormSchema } from "@jinshui/contracts";

/** Something that differs between two versions of a form. */
export interface Difference {
  kind: "added" | "removed" | "moved" | "changed";
  /** Label of the component, of a column after that of its list. */
  label: string;
  /** Of what has changed: which part, before and after as they are kept. */
  part?: string;
  before?: unknown;
  after?: unknown;
  /** Values that matters hold already may be lost from sight, or mean something else. */
  breaking: boolean;
}

/** What tells two versions of a form apart, in the order of the newer one; a field is the same while its key and its type are. */
export function formDifferences(before: FormSchema | undefined, after: FormSchema): Difference[] {
  return listDifferences(before?.components ?? [], after.components, "");
}

function listDifferences(
  before: readonly FormComponent[],
  after: readonly FormComponent[],
  prefix: string,
): Difference[] {
  const known = new Map(before.map((component, index) => [markOf(component, index), component]));
  const kept = new Set(after.map(markOf));
  const order = before.map(markOf).filter((mark) => kept.has(mark));
  const now = after.map(markOf).filter((mark) => known.has(mark));
  const stayed = longestRising(now.map((mark) => order.indexOf(mark)));
  const moved = new Set(now.filter((_, index) => !stayed.has(index)));
  const removed = before
    .filter((component, index) => !kept.has(markOf(component, index)))
    .map((component): Difference => ({
      kind: "removed",
      label: nameOf(component, prefix),
      breaking: component.key !== undefined,
    }));
  const others = after.flatMap((component, index): Difference[] => {
    const mark = markOf(component, index);
    const old = known.get(mark);
    const label = nameOf(component, prefix);
    if (!old) return [{ kind: "added", label, breaking: false }];
    const changes = changesOf(old, component, label);
    const columns = listDifferences(old.components ?? [], component.components ?? [], `${label} · `);
    return [...(moved.has(mark) ? [{ kind: "moved" as const, label, breaking: false }] : []), ...changes, ...columns];
  });
  return [...removed, ...others];
}

/** Places of the longest part of a list that rises: what stands there has kept its order, all else has moved. */
function longestRising(values: readonly number[]): Set<number> {
  const best: number[][] = [];
  values.forEach((value, index) => {
    const before = best
      .filter((run) => (values[run.at(-1) ?? 0] ?? 0) < value)
      .reduce<number[]>((longest, run) => (run.length > longest.length ? run : longest), []);
    best.push([...before, index]);
  });
  return new Set(best.reduce((longest, run) => (run.length >= longest.length ? run : longest), []));
}

function markOf({ key, type, label, text }: FormComponent, index: number): string {
  return key === undefined ? `${type}:${label ?? text ?? index}` : `key:${key}`;
}

function nameOf({ label, text, key, type }: FormComponent, prefix: string): string {
  return `${prefix}${label ?? text ?? key ?? type}`;
}

/** Parts of a component that people can change, with their values. */
function partsOf({
  components: _columns,
  key: _key,
  jinshui,
  validate,
  ...own
}: FormComponent): Record<string, unknown> {
  const { steps, ...extension } = jinshui ?? {};
  const rights = Object.fromEntries(Object.entries(steps ?? {}).map(([step, right]) => [`steps.${step}`, right]));
  return { ...own, ...extension, ...validate, ...rights };
}

const BREAKING = new Set(["type", "values", "min", "max", "maxLength", "multiple", "collection"]);

function changesOf(before: FormComponent, after: FormComponent, label: string): Difference[] {
  const [old, now] = [partsOf(before), partsOf(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((part) => JSON.stringify(old[part]) !== JSON.stringify(now[part]))
    .map((part) => ({
      kind: "changed",
      label,
      part,
      before: old[part],
      after: now[part],
      breaking: BREAKING.has(part),
    }));
}
