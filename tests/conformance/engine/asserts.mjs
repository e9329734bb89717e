import { entries, instant, property, same, Unsupported } from "./values.mjs";

/** An expectation that does not hold. */
export class Mismatch extends Error {
  name = "Mismatch";
}

/** Short text of a value for a reason. */
export function show(value) {
  if (value instanceof Map) return show(Object.fromEntries(value));
  try {
    return String(JSON.stringify(value) ?? value).slice(0, 160);
  } catch {
    return typeof value;
  }
}

const size = (value) => {
  if (value == null) return undefined;
  if (value instanceof Map || value instanceof Set) return value.size;
  return typeof value === "string" || Array.isArray(value) ? value.length : entries(value).length;
};
const flat = (args, of) => (args.length === 1 && Array.isArray(args[0]) && !Array.isArray(of?.[0]) ? args[0] : args);
const items = (value) => (value instanceof Map ? [...value.keys()] : [...value]);
const has = (list, wanted) => list.some((item) => same(item, wanted));
const pairs = (args) => {
  const list = flat(args);
  if (list.every((item) => Array.isArray(item) && item.length === 2)) return list;
  return list.flatMap((key, index) => (index % 2 === 0 ? [[key, list[index + 1]]] : []));
};
const entry = (map, [key, value]) => entries(map).some(([name, item]) => name === key && same(item, value));

function anyOrder(actual, wanted) {
  const left = [...actual];
  for (const item of wanted) {
    const at = left.findIndex((other) => same(other, item));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length === 0;
}

const CHECKS = {
  isEqualTo: (a, b) => same(a, b),
  isNotEqualTo: (a, b) => !same(a, b),
  isSameAs: (a, b) => same(a, b),
  isNotSameAs: (a, b) => !same(a, b),
  isEqualToIgnoringCase: (a, b) => String(a).toLowerCase() === String(b).toLowerCase(),
  isNull: (a) => a == null,
  isNotNull: (a) => a != null,
  isTrue: (a) => a === true,
  isFalse: (a) => a === false,
  isZero: (a) => a === 0,
  isNotZero: (a) => a !== 0,
  isOne: (a) => a === 1,
  isPositive: (a) => a > 0,
  isNegative: (a) => a < 0,
  isNotNegative: (a) => a >= 0,
  isGreaterThan: (a, b) => a > b,
  isGreaterThanOrEqualTo: (a, b) => a >= b,
  isLessThan: (a, b) => a < b,
  isLessThanOrEqualTo: (a, b) => a <= b,
  isBetween: (a, b, c) => instant(a) >= instant(b) && instant(a) <= instant(c),
  isCloseTo: (a, b, within) => Math.abs(instant(a) - instant(b)) <= Number(within?.value ?? within ?? 0),
  isBefore: (a, b) => instant(a) < instant(b),
  isBeforeOrEqualTo: (a, b) => instant(a) <= instant(b),
  isAfter: (a, b) => instant(a) > instant(b),
  isAfterOrEqualTo: (a, b) => instant(a) >= instant(b),
  hasSize: (a, b) => size(a) === b,
  hasSizeGreaterThan: (a, b) => size(a) > b,
  hasSizeGreaterThanOrEqualTo: (a, b) => size(a) >= b,
  hasSizeLessThan: (a, b) => size(a) < b,
  hasSameSizeAs: (a, b) => size(a) === size(b),
  isEmpty: (a) => size(a) === 0,
  isNotEmpty: (a) => size(a) > 0,
  isNullOrEmpty: (a) => a == null || size(a) === 0,
  isNotBlank: (a) => typeof a === "string" && a.trim() !== "",
  isBlank: (a) => a == null || a.trim() === "",
  startsWith: (a, ...b) =>
    typeof a === "string" ? a.startsWith(b[0]) : flat(b).every((item, at) => same(a[at], item)),
  endsWith: (a, b) => typeof a === "string" && a.endsWith(b),
  matches: (a, b) => new RegExp(`^(?:${b})$`).test(a),
  contains: (a, ...b) =>
    typeof a === "string"
      ? flat(b).every((part) => a.includes(part))
      : a instanceof Map
        ? pairs(b).every((pair) => entry(a, pair))
        : flat(b, a).every((item) => has(items(a), item)),
  doesNotContain: (a, ...b) =>
    typeof a === "string" ? flat(b).every((part) => !a.includes(part)) : flat(b).every((item) => !has(items(a), item)),
  containsExactly: (a, ...b) => (a instanceof Map ? anyOrder([...a], pairs(b)) : same(items(a), flat(b, a))),
  containsExactlyElementsOf: (a, b) => same(items(a), b),
  containsExactlyInAnyOrder: (a, ...b) => anyOrder(items(a), flat(b, a)),
  containsExactlyInAnyOrderElementsOf: (a, b) => anyOrder(items(a), b),
  hasSameElementsAs: (a, b) => items(a).every((item) => has(b, item)) && b.every((item) => has(items(a), item)),
  containsOnly: (a, ...b) =>
    a instanceof Map
      ? anyOrder([...a], pairs(b))
      : items(a).every((item) => has(flat(b, a), item)) && flat(b, a).every((item) => has(items(a), item)),
  containsAll: (a, b) => b.every((item) => has(items(a), item)),
  containsAnyOf: (a, ...b) => flat(b).some((item) => has(items(a), item)),
  containsOnlyOnce: (a, ...b) => flat(b).every((item) => items(a).filter((other) => same(other, item)).length === 1),
  containsSequence: (a, ...b) => items(a).some((_, at) => same(items(a).slice(at, at + flat(b).length), flat(b))),
  containsNull: (a) => items(a).some((item) => item == null),
  doesNotContainNull: (a) => items(a).every((item) => item != null),
  doesNotHaveDuplicates: (a) => items(a).every((item, at) => items(a).findIndex((other) => same(other, item)) === at),
  isIn: (a, ...b) => has(flat(b), a),
  isNotIn: (a, ...b) => !has(flat(b), a),
  isSubsetOf: (a, ...b) => items(a).every((item) => has(flat(b), item)),
  containsEntry: (a, key, value) => entry(a, [key, value]),
  doesNotContainEntry: (a, key, value) => !entry(a, [key, value]),
  containsKey: (a, key) => entries(a).some(([name]) => name === key),
  containsKeys: (a, ...keys) => flat(keys).every((key) => CHECKS.containsKey(a, key)),
  containsOnlyKeys: (a, ...keys) =>
    anyOrder(
      entries(a).map(([name]) => name),
      flat(keys),
    ),
  doesNotContainKey: (a, key) => !CHECKS.containsKey(a, key),
  doesNotContainKeys: (a, ...keys) => flat(keys).every((key) => !CHECKS.containsKey(a, key)),
  containsValue: (a, value) => entries(a).some(([, item]) => same(item, value)),
  containsValues: (a, ...values) => flat(values).every((value) => CHECKS.containsValue(a, value)),
  hasToString: (a, text) => String(a) === text,
  hasFieldOrPropertyWithValue: (a, name, value) => same(property(name, a), value),
  isInstanceOf: (a) => a != null,
  isExactlyInstanceOf: (a) => a != null,
  isNotInstanceOf: () => true,
  isPresent: (a) => a != null,
  isNotPresent: (a) => a == null,
};

/** What changes the subject instead of checking it. */
const NAVIGATE = {
  as: (a) => a,
  describedAs: (a) => a,
  asList: (a) => a,
  asString: (a) => String(a),
  size: (a) => size(a),
  first: (a) => a[0] ?? null,
  last: (a) => a.at(-1) ?? null,
  element: (a, at) => a[at] ?? null,
  singleElement: (a) => {
    if (a.length !== 1) throw new Mismatch(`One element expected, got ${a.length}`);
    return a[0];
  },
  extracting: (a, ...args) => {
    const names = args.flat();
    const one = (row) => {
      const found = names.map((name) => (row instanceof Map ? (row.get(name) ?? null) : property(name, row)));
      return names.length === 1 ? found[0] : found;
    };
    return Array.isArray(a) ? a.map(one) : one(a);
  },
  flatExtracting: (a, ...args) => NAVIGATE.extracting(a, ...args).flat(),
  extractingByKey: (a, key) => a.get(key) ?? null,
  usingRecursiveComparison: (a) => a,
};

/** Checks a subject by a chain of calls. */
export function check(subject, chain) {
  let value = subject;
  for (const [name, ...args] of chain) {
    if (Object.hasOwn(NAVIGATE, name)) value = NAVIGATE[name](value, ...args);
    else if (!Object.hasOwn(CHECKS, name)) throw new Unsupported(`check ${name}`);
    else if (!holds(CHECKS[name], value, args))
      throw new Mismatch(
        `${name}${args.length > 0 ? ` ${show(args.length === 1 ? args[0] : args)}` : ""}, got ${show(value)}`,
      );
  }
}

function holds(test, value, args) {
  try {
    return test(value, ...args);
  } catch (error) {
    if (value == null) return false;
    throw error;
  }
}
