import { isOfClass, Mismatch, same, show } from "./values.mjs";

const missing = (value) => value === null || value === undefined;

function present(value) {
  if (missing(value)) throw new Mismatch("is null");
  return value;
}

function sizeOf(value) {
  present(value);
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (typeof value === "object" && !(value instanceof Date) && value.rowKey === undefined)
    return Object.keys(value).length;
  throw new Mismatch(`${show(value)} has no size`);
}

function listOf(value) {
  present(value);
  if (Array.isArray(value)) return value;
  if (typeof value === "object" && !(value instanceof Date) && value.rowKey === undefined) return Object.entries(value);
  throw new Mismatch(`${show(value)} is no list`);
}

function textOf(value) {
  if (typeof value !== "string") throw new Mismatch(`${show(value)} is no text`);
  return value;
}

function mapOf(value) {
  if (typeof present(value) !== "object" || Array.isArray(value) || value instanceof Date)
    throw new Mismatch(`${show(value)} is no map`);
  return value;
}

/** Numbers and dates, which have an order; anything else has none. */
function rank(value) {
  const found = value instanceof Date ? value.getTime() : value;
  if (typeof found !== "number" || Number.isNaN(found)) throw new Mismatch(`${show(value)} is no number or date`);
  return found;
}

function instant(value) {
  const date = typeof value === "string" ? new Date(value) : value;
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) throw new Mismatch(`${show(value)} is no date`);
  return date.getTime();
}

const has = (list, entry) => listOf(list).some((candidate) => same(candidate, entry));
const holds = (value, part) => (typeof value === "string" ? value.includes(textOf(part)) : has(value, part));
const within = (list, some) => list.every((entry) => some.some((other) => same(entry, other)));

function anyOrder(actual, expected) {
  const rest = [...listOf(actual)];
  if (rest.length !== expected.length) return false;
  for (const entry of expected) {
    const at = rest.findIndex((candidate) => same(candidate, entry));
    if (at < 0) return false;
    rest.splice(at, 1);
  }
  return true;
}

/** Where in a list others stand one after the other, without a gap. */
function sequence(actual, expected) {
  const list = listOf(actual);
  return list.some((entry, start) =>
    expected.every((other, at) => start + at < list.length && same(list[start + at], other)),
  );
}

function subsequence(actual, expected) {
  let at = 0;
  for (const entry of listOf(actual)) if (at < expected.length && same(entry, expected[at])) at += 1;
  return at === expected.length;
}

const equal = (value, [other]) => same(value, other);
const exactly = (value, list) => same(listOf(value), list);
const order =
  (test) =>
  (value, [other]) =>
    test(rank(value), rank(other));
const time =
  (test) =>
  (value, [other]) =>
    test(instant(value), instant(other));

/** Assertions by their name in AssertJ: whether a value is as the arguments say. */
export const CHECKS = {
  isEqualTo: equal,
  isSameAs: equal,
  isEqualByComparingTo: equal,
  isNotEqualTo: (value, [other]) => !same(value, other),
  isNotSameAs: (value, [other]) => !same(value, other),
  isEqualToIgnoringCase: (value, [other]) => textOf(value).toLowerCase() === textOf(other).toLowerCase(),
  isNull: missing,
  isNotNull: (value) => !missing(value),
  isTrue: (value) => value === true,
  isFalse: (value) => value === false,
  isZero: (value) => rank(value) === 0,
  isOne: (value) => rank(value) === 1,
  isNotZero: (value) => rank(value) !== 0,
  isPositive: (value) => rank(value) > 0,
  isNegative: (value) => rank(value) < 0,
  isNotNegative: (value) => rank(value) >= 0,
  isNotPositive: (value) => rank(value) <= 0,
  isGreaterThan: order((a, b) => a > b),
  isGreaterThanOrEqualTo: order((a, b) => a >= b),
  isLessThan: order((a, b) => a < b),
  isLessThanOrEqualTo: order((a, b) => a <= b),
  isBetween: (value, [from, to]) => rank(value) >= rank(from) && rank(value) <= rank(to),
  isAfter: time((a, b) => a > b),
  isAfterOrEqualTo: time((a, b) => a >= b),
  isBefore: time((a, b) => a < b),
  isBeforeOrEqualTo: time((a, b) => a <= b),
  isInSameSecondAs: time((a, b) => Math.floor(a / 1000) === Math.floor(b / 1000)),
  isCloseTo: (value, [other, delta]) => Math.abs(instantOrNumber(value) - instantOrNumber(other)) <= rank(delta),
  hasSize: (value, [size]) => sizeOf(value) === size,
  hasSizeGreaterThan: (value, [size]) => sizeOf(value) > size,
  hasSizeGreaterThanOrEqualTo: (value, [size]) => sizeOf(value) >= size,
  hasSizeLessThan: (value, [size]) => sizeOf(value) < size,
  hasSizeLessThanOrEqualTo: (value, [size]) => sizeOf(value) <= size,
  hasSizeBetween: (value, [from, to]) => sizeOf(value) >= from && sizeOf(value) <= to,
  hasSameSizeAs: (value, [other]) => sizeOf(value) === sizeOf(other),
  isEmpty: (value) => sizeOf(value) === 0,
  isNotEmpty: (value) => sizeOf(value) > 0,
  isNullOrEmpty: (value) => missing(value) || sizeOf(value) === 0,
  isBlank: (value) => missing(value) || textOf(value).trim() === "",
  isNotBlank: (value) => !missing(value) && textOf(value).trim() !== "",
  isPresent: (value) => !missing(value),
  isNotPresent: missing,
  startsWith: (value, list) =>
    Array.isArray(value) ? same(value.slice(0, list.length), list) : textOf(value).startsWith(textOf(list[0])),
  doesNotStartWith: (value, [part]) => !textOf(value).startsWith(textOf(part)),
  endsWith: (value, list) =>
    Array.isArray(value) ? same(value.slice(-list.length), list) : textOf(value).endsWith(textOf(list[0])),
  contains: (value, list) => list.every((part) => holds(value, part)),
  containsIgnoringCase: (value, [part]) => textOf(value).toLowerCase().includes(textOf(part).toLowerCase()),
  doesNotContain: (value, list) => !list.some((part) => holds(value, part)),
  containsAnyOf: (value, list) => list.some((part) => has(value, part)),
  containsExactly: exactly,
  containsExactlyElementsOf: (value, [list]) => exactly(value, list),
  containsExactlyInAnyOrder: anyOrder,
  containsExactlyInAnyOrderElementsOf: (value, [list]) => anyOrder(value, list),
  containsExactlyInAnyOrderEntriesOf: (value, [map]) => same(mapOf(value), map),
  containsExactlyEntriesOf: (value, [map]) => same(mapOf(value), map),
  hasSameElementsAs: (value, [list]) => within(listOf(value), list) && within(list, listOf(value)),
  containsAll: (value, [list]) => list.every((entry) => has(value, entry)),
  containsAllEntriesOf: (value, [map]) => Object.entries(map).every(([key, entry]) => has(mapOf(value), [key, entry])),
  containsOnly: (value, list) => within(list, listOf(value)) && within(listOf(value), list),
  containsOnlyOnce: (value, list) => list.every((b) => listOf(value).filter((c) => same(b, c)).length === 1),
  containsOnlyKeys: (value, list) => anyOrder(Object.keys(mapOf(value)), list.flat()),
  containsSequence: sequence,
  containsSubsequence: subsequence,
  containsKey: (value, [key]) => Object.hasOwn(mapOf(value), key),
  containsKeys: (value, list) => list.every((key) => Object.hasOwn(mapOf(value), key)),
  doesNotContainKey: (value, [key]) => !Object.hasOwn(mapOf(value), key),
  doesNotContainKeys: (value, list) => !list.some((key) => Object.hasOwn(mapOf(value), key)),
  containsValue: (value, [entry]) => has(Object.values(mapOf(value)), entry),
  containsValues: (value, list) => list.every((entry) => has(Object.values(mapOf(value)), entry)),
  containsEntry: (value, [key, entry]) => Object.hasOwn(mapOf(value), key) && same(value[key], entry),
  doesNotContainEntry: (value, [key, entry]) => !(Object.hasOwn(mapOf(value), key) && same(value[key], entry)),
  containsOnlyNulls: (value) => sizeOf(value) > 0 && listOf(value).every(missing),
  containsNull: (value) => listOf(value).some(missing),
  doesNotContainNull: (value) => !listOf(value).some(missing),
  doesNotHaveDuplicates: (value) => listOf(value).every((b, at) => value.findIndex((c) => same(b, c)) === at),
  isSorted: (value) => listOf(value).every((entry, at) => at === 0 || value[at - 1] <= entry),
  isIn: (value, list) => list.flat().some((entry) => same(value, entry)),
  isNotIn: (value, list) => !list.flat().some((entry) => same(value, entry)),
  isSubsetOf: (value, list) => within(listOf(value), list.flat()),
  matches: (value, [pattern]) => new RegExp(`^(?:${pattern})$`, "s").test(textOf(value)),
  isInstanceOf: (value, [wanted]) => isOfClass(value, wanted?.class),
  isExactlyInstanceOf: (value, [wanted]) => isOfClass(value, wanted?.class),
};

function instantOrNumber(value) {
  return typeof value === "number" ? value : instant(value);
}
