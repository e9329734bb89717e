import { allItems, type Branch, type Item, type StepList } from "./step-list.js";

/** A place in a list: in a branch, or in the list itself, before the item of this index. */
export interface Place {
  branch?: string;
  index: number;
}

/** What is named by an id, with where it stands. */
export interface Found {
  item: Item;
  place: Place;
}

/** Finds an item by its id. */
export function findItem(list: StepList, id: string): Found | undefined {
  const search = (items: readonly Item[], branch: string | undefined): Found | undefined => {
    for (const [index, item] of items.entries()) {
      if (item.id === id) return { item, place: { ...(branch === undefined ? {} : { branch }), index } };
      if (item.kind !== "fork") continue;
      for (const inner of item.branches) {
        const found = search(inner.items, inner.id);
        if (found) return found;
      }
    }
    return undefined;
  };
  return search(list.items, undefined);
}

/** Changes every sequence of a list; `branch` is the one it is in. */
function mapSequences(
  list: StepList,
  change: (items: readonly Item[], branch: string | undefined) => readonly Item[],
): StepList {
  const inside = (items: readonly Item[], branch: string | undefined): readonly Item[] =>
    change(items, branch).map((item) =>
      item.kind === "fork"
        ? { ...item, branches: item.branches.map((each) => ({ ...each, items: inside(each.items, each.id) })) }
        : item,
    );
  return { ...list, items: inside(list.items, undefined) };
}

/** Puts items into a place. */
export function insertItems(list: StepList, { branch, index }: Place, added: readonly Item[]): StepList {
  return mapSequences(list, (items, here) =>
    here === branch ? [...items.slice(0, index), ...added, ...items.slice(index)] : items,
  );
}

/** Replaces an item. */
export function replaceItem(list: StepList, changed: Item): StepList {
  return mapSequences(list, (items) => items.map((item) => (item.id === changed.id ? changed : item)));
}

/** Changes a branch. */
export function replaceBranch(list: StepList, changed: Branch): StepList {
  return mapSequences(list, (items) =>
    items.map((item) =>
      item.kind === "fork"
        ? { ...item, branches: item.branches.map((branch) => (branch.id === changed.id ? changed : branch)) }
        : item,
    ),
  );
}

/** Takes an item out with all in its branches, with the gateway where these met, and with the jumps that led to any of it. */
export function removeItem(list: StepList, id: string): StepList {
  const found = findItem(list, id);
  if (!found) return list;
  const without = mapSequences(list, (items) => {
    const at = items.findIndex((item) => item.id === id);
    if (at < 0) return items;
    const next = items[at + 1];
    const joined = found.item.kind === "fork" && next?.kind === "join" && next.mode === found.item.mode;
    return items.filter((_, index) => index !== at && !(joined && index === at + 1));
  });
  return withoutLostJumps(without);
}

/** Takes a branch out of its fork; a fork with one branch left becomes what is in it. */
export function removeBranch(list: StepList, id: string): StepList {
  const without = mapSequences(list, (items) =>
    items.flatMap((item) => {
      if (item.kind !== "fork" || !item.branches.some((branch) => branch.id === id)) return [item];
      const branches = item.branches.filter((branch) => branch.id !== id);
      return branches.length > 1 ? [{ ...item, branches }] : (branches[0]?.items ?? []);
    }),
  );
  return withoutLostJumps(without);
}

/** Moves an item among its neighbours; what ends its sequence stays last. */
export function moveItem(list: StepList, id: string, by: -1 | 1): StepList {
  return mapSequences(list, (items) => {
    const at = items.findIndex((item) => item.id === id);
    const item = items[at];
    const other = items[at + by];
    if (!item || !other || [item, other].some(({ kind }) => kind === "end" || kind === "jump")) return items;
    const moved = [...items];
    moved[at] = other;
    moved[at + by] = item;
    return moved;
  });
}

function withoutLostJumps(list: StepList): StepList {
  const ids = new Set(allItems(list.items).map(({ id }) => id));
  return mapSequences(list, (items) => items.filter((item) => item.kind !== "jump" || ids.has(item.to)));
}

/** Has a process begin with another form; steps that had the one before, or none like the start, take it too. */
export function setForm(list: StepList, form: string): StepList {
  const before = list.start.attributes["form"];
  const given = (attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
    const { form: _, ...rest } = attributes;
    return form === "" ? rest : { ...rest, form };
  };
  const changed = mapSequences(list, (items) =>
    items.map((item) =>
      item.kind === "step" && item.type === "userTask" && item.attributes["form"] === before
        ? { ...item, attributes: given(item.attributes) }
        : item,
    ),
  );
  return { ...changed, start: { ...list.start, attributes: given(list.start.attributes) } };
}

/** Every id in use. */
export function idsOf(list: StepList): Set<string> {
  const items = allItems(list.items);
  const branches = items.flatMap((item) => (item.kind === "fork" ? item.branches.map(({ id }) => id) : []));
  return new Set([list.id, list.start.id, ...items.map(({ id }) => id), ...branches]);
}
