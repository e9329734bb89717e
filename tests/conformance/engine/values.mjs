import { randomUUID } from "node:crypto";

/** The façade has no such call, method or property. */
export class Unsupported extends Error {
  name = "Unsupported";
}

const RELATION = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => (Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b),
  "%": (a, b) => a % b,
};

/** Values of Java that are primitive compare as JavaScript does; dates by their instant. */
export function same(left, right) {
  if (left === right) return true;
  if (left == null || right == null) return left === right;
  if (left instanceof Date || right instanceof Date) return instant(left) === instant(right);
  if (Array.isArray(left) || left instanceof Set) {
    const [a, b] = [[...left], right instanceof Set || Array.isArray(right) ? [...right] : undefined];
    return b !== undefined && a.length === b.length && a.every((item, index) => same(item, b[index]));
  }
  if (left instanceof Map || right instanceof Map) {
    const [a, b] = [entries(left), entries(right)];
    return (
      a.length === b.length && a.every(([key, item]) => b.some(([other, value]) => other === key && same(item, value)))
    );
  }
  if (typeof left === "object" && typeof right === "object") {
    if (left.id !== undefined || right.id !== undefined) return left.id === right.id;
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...names].every((name) => same(left[name], right[name]));
  }
  return false;
}

/** Entries of a map or of a plain object. */
export function entries(value) {
  if (value instanceof Map) return [...value];
  return value && typeof value === "object" ? Object.entries(value) : [];
}

/** Milliseconds of a date, an ISO text or a number. */
export function instant(value) {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "number") return value;
  const read = Date.parse(value);
  return Number.isNaN(read) ? value : read;
}

/** What is handed to the engine: plain JSON. */
export function plain(value) {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  if (Array.isArray(value) || value instanceof Set) return [...value].map(plain);
  if (value instanceof Date) return value.toISOString();
  return value === undefined ? null : value;
}

/** An operator over values that are already known; `&&`, `||` and `?:` are decided by the interpreter. */
export function operate(op, values) {
  const [a, b] = values;
  if (op === "==") return same(a, b);
  if (op === "!=") return !same(a, b);
  if (op === "!") return a !== true;
  if (op === "neg") return -a;
  if (op === "+") return values.length === 1 ? a : typeof a === "number" && typeof b === "number" ? a + b : `${a}${b}`;
  if (op === "-" && values.length === 1) return -a;
  const relation = RELATION[op];
  if (!relation) throw new Unsupported(`operator ${op}`);
  const number = (value) => (value instanceof Date ? value.getTime() : value);
  return relation(number(a), number(b));
}

/** A property by the name its getter has. */
export function property(name, of) {
  if (of == null) throw new TypeError(`${name} of null`);
  if (typeof of.property === "function") return of.property(name);
  if (of instanceof Map) {
    if (of.has(name)) return of.get(name);
    if (name === "size" || name === "empty") return name === "size" ? of.size : of.size === 0;
    return null;
  }
  if (name in Object(of)) {
    const value = of[name];
    if (typeof value !== "function") return value ?? null;
  }
  if (typeof of !== "object" || Array.isArray(of) || of instanceof Date) return method(name, of, []);
  if (name === "class") return { name: "Object", simpleName: "Object" };
  throw new Unsupported(`property ${name}`);
}

class Cursor {
  constructor(items) {
    this.items = [...items];
    this.at = 0;
  }
  hasNext() {
    return this.at < this.items.length;
  }
  next() {
    if (!this.hasNext()) throw new Error("No next element");
    this.at += 1;
    return this.items[this.at - 1];
  }
}

const ANY = {
  equals: same,
  toString: (value) => String(value instanceof Map ? JSON.stringify(plain(value)) : value),
  hashCode: (value) => String(value).length,
};

const STRING = {
  isEmpty: (text) => text === "",
  length: (text) => text.length,
  contains: (text, part) => text.includes(part),
  equalsIgnoreCase: (text, other) => text.toLowerCase() === String(other).toLowerCase(),
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  startsWith: (text, start) => text.startsWith(start),
  endsWith: (text, end) => text.endsWith(end),
  trim: (text) => text.trim(),
  split: (text, by) => text.split(new RegExp(by)),
  substring: (text, from, to) => text.substring(from, to),
  indexOf: (text, part) => text.indexOf(part),
  charAt: (text, at) => text.charAt(at),
  replace: (text, from, to) => text.replaceAll(from, to),
  replaceAll: (text, from, to) => text.replace(new RegExp(from, "g"), to),
  matches: (text, pattern) => new RegExp(`^(?:${pattern})$`).test(text),
  concat: (text, more) => text + more,
  compareTo: (text, other) => (text < other ? -1 : text > other ? 1 : 0),
};

const LIST = {
  get(list, at) {
    if (at < 0 || at >= list.length) throw new RangeError(`No element ${at} of ${list.length}`);
    return list[at];
  },
  size: (list) => list.length,
  isEmpty: (list) => list.length === 0,
  contains: (list, item) => list.some((other) => same(other, item)),
  containsAll: (list, items) => [...items].every((item) => LIST.contains(list, item)),
  add(list, ...items) {
    if (items.length === 2) list.splice(items[0], 0, items[1]);
    else list.push(items[0]);
    return true;
  },
  addAll: (list, items) => list.push(...items) >= 0,
  set(list, at, item) {
    const before = list[at];
    list[at] = item;
    return before;
  },
  remove(list, item) {
    const at = typeof item === "number" ? item : list.findIndex((other) => same(other, item));
    const [taken] = at < 0 ? [] : list.splice(at, 1);
    return typeof item === "number" ? taken : taken !== undefined;
  },
  removeAll: (list, items) => [...items].map((item) => LIST.remove(list, item)).some(Boolean),
  clear: (list) => void list.splice(0),
  indexOf: (list, item) => list.findIndex((other) => same(other, item)),
  iterator: (list) => new Cursor(list),
  stream: (list) => list,
  toArray: (list) => [...list],
  subList: (list, from, to) => list.slice(from, to),
  getFirst: (list) => LIST.get(list, 0),
  getLast: (list) => LIST.get(list, list.length - 1),
  sort: (list) => void list.sort(),
};

const MAP = {
  get: (map, key) => map.get(key) ?? null,
  getOrDefault: (map, key, other) => map.get(key) ?? other,
  getValue: (map, key) => map.get(key) ?? null,
  put(map, key, value) {
    const before = map.get(key) ?? null;
    map.set(key, value);
    return before;
  },
  putValue: (map, key, value) => map.set(key, value),
  putAll: (map, other) => void entries(other).forEach(([key, value]) => map.set(key, value)),
  remove(map, key) {
    const before = map.get(key) ?? null;
    map.delete(key);
    return before;
  },
  size: (map) => map.size,
  isEmpty: (map) => map.size === 0,
  containsKey: (map, key) => map.has(key),
  containsValue: (map, value) => [...map.values()].some((other) => same(other, value)),
  keySet: (map) => [...map.keys()],
  values: (map) => [...map.values()],
  entrySet: (map) => [...map].map(([key, value]) => ({ key, value })),
  clear: (map) => map.clear(),
};

const NUMBER = {
  intValue: Math.trunc,
  longValue: Math.trunc,
  shortValue: Math.trunc,
  doubleValue: Number,
  floatValue: Number,
  compareTo: (a, b) => Math.sign(a - b),
};

const DATE = {
  getTime: (date) => date.getTime(),
  time: (date) => date.getTime(),
  toInstant: (date) => date,
  toEpochMilli: (date) => date.getTime(),
  before: (date, other) => date.getTime() < instant(other),
  after: (date, other) => date.getTime() > instant(other),
  compareTo: (date, other) => Math.sign(date.getTime() - instant(other)),
};

function methodsOf(value) {
  if (Array.isArray(value)) return LIST;
  if (value instanceof Map) return MAP;
  if (value instanceof Date) return DATE;
  if (typeof value === "string") return STRING;
  if (typeof value === "number") return NUMBER;
  if (typeof value === "boolean") return { booleanValue: Boolean };
  return {};
}

/** Calls a method of a value. */
export function method(name, on, args) {
  if (on == null) throw new TypeError(`${name}() of null`);
  const table = methodsOf(on);
  if (Object.hasOwn(table, name)) return table[name](on, ...args);
  if (typeof on.invoke === "function") return on.invoke(name, args);
  if (typeof on === "object" && typeof on[name] === "function" && !(name in Object.prototype)) return on[name](...args);
  if (Object.hasOwn(ANY, name)) return ANY[name](on, ...args);
  const getter = /^(?:get|is)([A-Z].*)$/.exec(name)?.[1];
  if (getter && args.length === 0) {
    const field = getter[0].toLowerCase() + getter.slice(1);
    if (field in Object(on)) return on[field] ?? null;
  }
  throw new Unsupported(`method ${name}`);
}

/** Static calls of Java that tests use. */
export const STATICS = {
  "UUID.randomUUID": () => randomUUID(),
  "Arrays.asList": (...items) => (items.length === 1 && Array.isArray(items[0]) ? items[0] : items),
  "List.of": (...items) => items,
  "Set.of": (...items) => items,
  "Collections.singletonList": (item) => [item],
  "Collections.singleton": (item) => [item],
  "Collections.emptyList": () => [],
  "Collections.emptyMap": () => new Map(),
  "Collections.singletonMap": (key, value) => new Map([[key, value]]),
  "Variables.createVariables": () => new Map(),
  "Variables.putValue": (key, value) => new Map([[key, value]]),
  "String.valueOf": String,
  "Integer.valueOf": Number,
  "Long.valueOf": Number,
  "Integer.parseInt": Number,
};
