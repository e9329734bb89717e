import { CHECKS } from "./checks.mjs";
import { Mismatch, property, show, Unsupported } from "./values.mjs";

const pull = (item, name) => {
  const key = name?.prop ?? name;
  return String(key)
    .split(".")
    .reduce((value, part) => property(value, part), item);
};

/** Values of a list, or of one row, by property; several give tuples. */
function extract(value, names) {
  if (value === null || value === undefined) throw new Mismatch("is null");
  const one = (item) => (names.length === 1 ? pull(item, names[0]) : names.map((name) => pull(item, name)));
  return Array.isArray(value) ? value.map(one) : names.map((name) => pull(value, name));
}

function at(list, index) {
  if (!Array.isArray(list)) throw new Mismatch(`${show(list)} is no list`);
  if (index < 0 || index >= list.length) throw new Mismatch(`has ${list.length} elements, none at ${index}`);
  return list[index];
}

function single(list) {
  if (!Array.isArray(list) || list.length !== 1) throw new Mismatch(`${show(list)} is not one element`);
  return list[0];
}

const same = (value) => value;

/** Steps of a chain that lead to another value; those without effect only word the failure. */
const NAVIGATION = {
  extracting: (value, names) =>
    names.length === 1 && !Array.isArray(value) ? pull(value, names[0]) : extract(value, names),
  extractingResultOf: (value, [name]) => extract(value, [name.replace(/^get(.)/, (all, first) => first.toLowerCase())]),
  flatExtracting: (value, names) => extract(value, names).flat(),
  first: (value) => at(value, 0),
  last: (value) => at(value, value?.length - 1),
  element: (value, [index]) => at(value, index),
  singleElement: single,
  size: (value) => {
    if (!Array.isArray(value)) throw new Mismatch(`${show(value)} is no list`);
    return value.length;
  },
  get: same,
  as: same,
  describedAs: same,
  withFailMessage: same,
  overridingErrorMessage: same,
  asList: (value) => {
    if (!Array.isArray(value)) throw new Mismatch(`${show(value)} is no list`);
    return value;
  },
  asString: (value) => String(value),
};

/** Checks a value against a chain of assertions; a chain that checks nothing is none. */
export function check(value, chain) {
  let now = value;
  let checked = false;
  for (const [name, ...args] of chain) {
    if (Object.hasOwn(NAVIGATION, name)) {
      now = NAVIGATION[name](now, args);
      checked ||= name === "singleElement";
      continue;
    }
    if (!Object.hasOwn(CHECKS, name)) throw new Unsupported(`assertion ${name}`);
    checked = true;
    if (CHECKS[name](now, args) !== true) throw new Mismatch(`${show(now)} ${name} ${args.map(show).join(", ")}`);
  }
  if (!checked) throw new Unsupported("an assertion that checks nothing");
}
