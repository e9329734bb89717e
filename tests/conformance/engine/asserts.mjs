import { property, same, show, Unsupported } from "./values.mjs";

class Mismatch extends Error {}

const empty = (value) => size(value) === 0;

function size(value) {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (value === null || value === undefined) throw new Mismatch("is null");
  return Object.keys(value).length;
}

const pull = (item, name) => {
  const key = name?.prop ?? name;
  return String(key)
    .split(".")
    .reduce((value, part) => property(value, part), item);
};

/** Values of a list, or of one row, by property; several give tuples. */
function extract(value, names) {
  const one = (item) => (names.length === 1 ? pull(item, names[0]) : names.map((name) => pull(item, name)));
  return Array.isArray(value) ? value.map(one) : names.map((name) => pull(value, name));
}

/** A tuple is an extracted row; in a list of tuples the arguments are lists already. */
const wanted = (args) => args;

function without(list, entry) {
  const at = list.findIndex((candidate) => same(candidate, entry));
  return at < 0 ? undefined : list.toSpliced(at, 1);
}

function anyOrder(actual, expected) {
  let rest = asList(actual);
  if (rest.length !== expected.length) return false;
  for (const entry of expected) {
    rest = without(rest, entry);
    if (!rest) return false;
  }
  return true;
}

const has = (actual, entry) => asList(actual).some((candidate) => same(candidate, entry));

function asList(value) {
  if (Array.isArray(value)) return value;
  if (value === null || value === undefined) throw new Mismatch("is null");
  if (typeof value === "object") return Object.entries(value);
  return [value];
}

const number = (value) => (value instanceof Date ? value.getTime() : value);

const CHECKS = {
  isEqualTo: (a, [b]) => same(a, b),
  isSameAs: (a, [b]) => same(a, b),
  isNotEqualTo: (a, [b]) => !same(a, b),
  isNotSameAs: (a, [b]) => a !== b,
  isEqualToIgnoringCase: (a, [b]) => String(a).toLowerCase() === String(b).toLowerCase(),
  isNull: (a) => a === null || a === undefined,
  isNotNull: (a) => a !== null && a !== undefined,
  isTrue: (a) => a === true,
  isFalse: (a) => a === false,
  isZero: (a) => Number(a) === 0,
  isOne: (a) => Number(a) === 1,
  isNotZero: (a) => Number(a) !== 0,
  isPositive: (a) => a > 0,
  isNegative: (a) => a < 0,
  isNotNegative: (a) => a >= 0,
  isGreaterThan: (a, [b]) => a > b,
  isGreaterThanOrEqualTo: (a, [b]) => a >= b,
  isLessThan: (a, [b]) => a < b,
  isLessThanOrEqualTo: (a, [b]) => a <= b,
  isBetween: (a, [b, c]) => a >= b && a <= c,
  isAfter: (a, [b]) => number(a) > number(b),
  isAfterOrEqualTo: (a, [b]) => number(a) >= number(b),
  isBefore: (a, [b]) => number(a) < number(b),
  isBeforeOrEqualTo: (a, [b]) => number(a) <= number(b),
  isCloseTo: (a, [b, c]) => Math.abs(number(a) - number(b)) <= (c ?? 1000),
  hasSize: (a, [b]) => size(a) === b,
  hasSizeGreaterThan: (a, [b]) => size(a) > b,
  hasSizeGreaterThanOrEqualTo: (a, [b]) => size(a) >= b,
  hasSizeLessThan: (a, [b]) => size(a) < b,
  hasSameSizeAs: (a, [b]) => size(a) === size(b),
  isEmpty: (a) => empty(a),
  isNotEmpty: (a) => !empty(a),
  isNullOrEmpty: (a) => a === null || a === undefined || empty(a),
  isBlank: (a) => a === null || String(a).trim() === "",
  isNotBlank: (a) => a !== null && String(a).trim() !== "",
  isPresent: (a) => a !== null && a !== undefined,
  startsWith: (a, [b]) => (Array.isArray(a) ? same(a[0], b) : typeof a === "string" && a.startsWith(b)),
  endsWith: (a, [b]) => (Array.isArray(a) ? same(a.at(-1), b) : typeof a === "string" && a.endsWith(b)),
  contains: (a, list) => list.every((b) => (typeof a === "string" ? a.includes(b) : has(a, b))),
  doesNotContain: (a, list) => !list.some((b) => (typeof a === "string" ? a.includes(b) : has(a, b))),
  containsAnyOf: (a, list) => list.some((b) => has(a, b)),
  containsExactly: (a, list) => asList(a).length === list.length && asList(a).every((b, at) => same(b, list[at])),
  containsExactlyElementsOf: (a, [list]) => same(asList(a), list),
  containsExactlyInAnyOrder: (a, list) => anyOrder(a, list),
  containsExactlyInAnyOrderElementsOf: (a, [list]) => anyOrder(a, list),
  containsAll: (a, [list]) => list.every((b) => has(a, b)),
  containsOnly: (a, list) => {
    if (list.length === 1 && typeof list[0] === "object" && !Array.isArray(a) && Array.isArray(list[0]?.[0]))
      return anyOrder(a, list[0]);
    return list.every((b) => has(a, b)) && asList(a).every((b) => list.some((c) => same(b, c)));
  },
  containsOnlyOnce: (a, list) => list.every((b) => asList(a).filter((c) => same(b, c)).length === 1),
  containsOnlyKeys: (a, list) => anyOrder(Object.keys(a), list.flat()),
  containsKey: (a, [b]) => b in a,
  containsKeys: (a, list) => list.every((b) => b in a),
  doesNotContainKey: (a, [b]) => !(b in a),
  containsEntry: (a, [b, c]) => same(a[b], c),
  doesNotContainEntry: (a, [b, c]) => !same(a[b], c),
  containsOnlyNulls: (a) => a.length > 0 && a.every((b) => b === null || b === undefined),
  containsNull: (a) => a.some((b) => b === null || b === undefined),
  doesNotContainNull: (a) => !a.some((b) => b === null || b === undefined),
  doesNotHaveDuplicates: (a) => a.every((b, at) => a.findIndex((c) => same(b, c)) === at),
  isIn: (a, list) => list.flat().some((b) => same(a, b)),
  isNotIn: (a, list) => !list.flat().some((b) => same(a, b)),
  isSubsetOf: (a, list) => a.every((b) => has(list.flat(), b)),
  matches: (a, [b]) => new RegExp(`^(?:${b})$`).test(a),
  isInstanceOf: (a) => a !== null && a !== undefined,
};

const NAVIGATION = {
  extracting: (a, names) => (names.length === 1 && !Array.isArray(a) ? pull(a, names[0]) : extract(a, names)),
  extractingResultOf: (a, [name]) => extract(a, [name.replace(/^get(.)/, (all, first) => first.toLowerCase())]),
  flatExtracting: (a, names) => extract(a, names).flat(),
  first: (a) => a[0],
  last: (a) => a.at(-1),
  element: (a, [at]) => a[at],
  singleElement: (a) => {
    if (asList(a).length !== 1) throw new Mismatch(`has ${asList(a).length} elements, not one`);
    return a[0];
  },
  size: (a) => size(a),
  get: (a) => a,
  as: (a) => a,
  describedAs: (a) => a,
  withFailMessage: (a) => a,
  asList: (a) => a,
  asString: (a) => String(a),
  usingRecursiveComparison: (a) => a,
  ignoringCase: (a) => a,
  isNotNullAnd: (a) => a,
};

/** Checks a value against a chain of assertions. */
export function check(value, chain) {
  let at = value;
  for (const [name, ...args] of chain) {
    if (NAVIGATION[name]) {
      at = NAVIGATION[name](at, args);
      continue;
    }
    const work = CHECKS[name];
    if (!work) throw new Unsupported(`assertion ${name}`);
    if (!work(at, wanted(args))) throw new Mismatch(`${show(at)} ${name} ${args.map(show).join(", ")}`);
  }
}
