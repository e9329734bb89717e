import type { ProcessElement } from "@jinshui/contracts";

/** An element of the old version and what can take its place. */
export interface MappedElement {
  element: ProcessElement;
  /** Elements of the same kind in the new version. */
  choices: ProcessElement[];
  /** The only one of the same name and kind that no other stands for. */
  proposed?: string;
}

/** Which elements of an old version keep their id in the new one, and which need somebody to say what takes their place. */
export function proposeMapping(
  before: readonly ProcessElement[],
  after: readonly ProcessElement[],
): { same: ProcessElement[]; open: MappedElement[] } {
  const kept = new Set(before.map(({ id }) => id));
  const same = before.filter((element) => after.some(({ id }) => id === element.id));
  const added = after.filter(({ id }) => !kept.has(id));
  const open = before
    .filter((element) => !same.includes(element))
    .map((element): MappedElement => {
      const alike = (one: ProcessElement): boolean => one.type === element.type && one.name === element.name;
      const candidates = element.name === undefined ? [] : added.filter(alike);
      const rivals = before.filter((one) => !same.includes(one) && alike(one));
      const [only] = candidates.length === 1 && rivals.length === 1 ? candidates : [];
      return {
        element,
        choices: after.filter(({ type }) => type === element.type),
        ...(only ? { proposed: only.id } : {}),
      };
    });
  return { same, open };
}
