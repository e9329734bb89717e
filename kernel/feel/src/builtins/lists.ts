import { problem } from "../errors.js";
import { invoke } from "../compile/invoke.js";
import type { Run } from "../compile/run.js";
import { compare, equals } from "../values/equality.js";
import { FeelFunction } from "../values/function.js";
import { isList, type FeelValue } from "../values/value.js";
import { define, instanceOf, listOf, positionOf } from "./define.js";

const same = (a: FeelValue, b: FeelValue, run: Run): boolean => equals(a, b, run) === true;

const has = (list: readonly FeelValue[], value: FeelValue, run: Run): boolean => {
  run.step(list.length);
  return list.some((item) => same(item, value, run));
};

function distinct(lists: readonly (readonly FeelValue[])[], run: Run): FeelValue[] {
  const result: FeelValue[] = [];
  for (const list of lists) for (const item of list) if (!has(result, item, run)) result.push(item);
  return run.list(result);
}

/** The offset of a position from 1, or from -1 backwards. */
function offset(position: FeelValue | undefined, length: number): number {
  const at = positionOf(position);
  const index = at > 0 ? at - 1 : length + at;
  return at === 0 || index < 0 || index >= length ? problem(`no position ${at} among ${length}`) : index;
}

function sublist(list: readonly FeelValue[], start: FeelValue | undefined, length: FeelValue | undefined): FeelValue {
  const from = offset(start, list.length);
  if (length === undefined || length === null) return list.slice(from);
  const count = positionOf(length);
  return count < 0 || from + count > list.length
    ? problem(`no ${count} items from there`)
    : list.slice(from, from + count);
}

function flatten(list: readonly FeelValue[], run: Run, into: FeelValue[] = [], depth = 0): FeelValue[] {
  if (depth > run.limits.depth) return problem("nested too deeply");
  run.step(list.length);
  for (const item of list) {
    if (isList(item)) flatten(item, run, into, depth + 1);
    else into.push(item);
  }
  return run.list(into);
}

const answer = (fn: FeelFunction, args: FeelValue[], run: Run): boolean => {
  const result = invoke(fn, args, run);
  return typeof result === "boolean" ? result : problem("the function answers neither true nor false");
};

/** Stable; `precedes` may be any function, so the merge never trusts it to end a loop. */
function sort(list: readonly FeelValue[], precedes: (a: FeelValue, b: FeelValue) => boolean): FeelValue[] {
  if (list.length < 2) return [...list];
  const middle = list.length >> 1;
  const left = sort(list.slice(0, middle), precedes);
  const right = sort(list.slice(middle), precedes);
  const merged: FeelValue[] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    const [a, b] = [left[i] ?? null, right[j] ?? null];
    if (precedes(b, a)) {
      merged.push(b);
      j += 1;
    } else {
      merged.push(a);
      i += 1;
    }
  }
  return [...merged, ...left.slice(i), ...right.slice(j)];
}

function replace(list: readonly FeelValue[], where: FeelValue | undefined, item: FeelValue, run: Run): FeelValue[] {
  if (where instanceof FeelFunction) {
    return list.map((old) => (answer(where, [old, item], run) ? item : old));
  }
  const result = [...list];
  result[offset(where, list.length)] = item;
  return result;
}

/** Functions of lists. */
export const lists = [
  define("list contains(list, element)", ([list, element], run) => has(listOf(list), element ?? null, run)),
  define("count(list)", ([list]) => listOf(list).length),
  define("sublist(list, start position, length?)", ([list, start, length]) => sublist(listOf(list), start, length)),
  define("append(list, item, more...)", (args, run) => {
    const [list, ...items] = args;
    return run.list([...listOf(list), ...items]);
  }),
  define("concatenate(list, more...)", (all, run) => run.list(all.flatMap((list) => listOf(list)))),
  define("insert before(list, position, newItem)", ([list, position, item], run) => {
    const result = [...listOf(list)];
    result.splice(offset(position, result.length), 0, item ?? null);
    return run.list(result);
  }),
  define("remove(list, position)", ([list, position]) => {
    const result = [...listOf(list)];
    result.splice(offset(position, result.length), 1);
    return result;
  }),
  define("list replace(list, position, newItem) | (list, match, newItem)", ([list, where, item], run, names) => {
    if (names && names.includes("match") !== where instanceof FeelFunction) {
      return problem("a match is a function, a position a number");
    }
    if (list === null || where === null) return problem("null where a value is needed");
    return replace(listOf(list), where, item ?? null, run);
  }),
  define("reverse(list)", ([list]) => [...listOf(list)].reverse()),
  define("index of(list, match)", ([list, match], run) => {
    const items = listOf(list);
    run.step(items.length);
    return items.flatMap((item, index) => (same(item, match ?? null, run) ? [index + 1] : []));
  }),
  define("union(list, more...)", (all, run) =>
    distinct(
      all.map((list) => listOf(list)),
      run,
    ),
  ),
  define("distinct values(list)", ([list], run) => distinct([listOf(list)], run)),
  define("flatten(list)", ([list], run) => flatten(listOf(list), run)),
  define("sort(list, precedes?)", ([list, precedes], run) => {
    const items = listOf(list);
    run.step(items.length);
    if (precedes === undefined || precedes === null) {
      return sort(items, (a, b) => (compare(a, b) ?? problem("items that have no order")) < 0);
    }
    const fn = instanceOf(precedes, FeelFunction, "a function");
    return sort(items, (a, b) => answer(fn, [a, b], run));
  }),
];
