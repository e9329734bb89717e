/** A call, filter or form of the step language that this runner does not know. */
export class Unsupported extends Error {
  name = "Unsupported";
}

/** An assertion that does not hold: never what a step that expects an error means. */
export class Mismatch extends Error {}

/** Whether an error is a fault of this runner, not an answer of the engine. */
export function isFault(error) {
  return (
    error instanceof Unsupported ||
    error instanceof Mismatch ||
    error instanceof TypeError ||
    error instanceof ReferenceError ||
    error instanceof RangeError ||
    error instanceof SyntaxError ||
    error?.name === "Timeout"
  );
}

const CLASSES = {
  String: (value) => typeof value === "string",
  Boolean: (value) => typeof value === "boolean",
  Integer: Number.isInteger,
  Long: Number.isInteger,
  Short: Number.isInteger,
  Number: (value) => typeof value === "number",
  Double: (value) => typeof value === "number",
  Float: (value) => typeof value === "number",
  Date: (value) => value instanceof Date || (typeof value === "string" && ISO_DATE.test(value)),
  List: Array.isArray,
  ArrayList: Array.isArray,
  Collection: Array.isArray,
  Map: (value) => kindOf(value) === "map" && value.rowKey === undefined,
  HashMap: (value) => kindOf(value) === "map" && value.rowKey === undefined,
};

/** Whether a value is what a Java class of this name would be here. */
export function isOfClass(value, name) {
  const test = CLASSES[name?.replace(/^.*\./, "")];
  if (!test) throw new Unsupported(`class ${name}`);
  return value !== null && value !== undefined && test(value);
}

const ISO_DATE = /^\d{4}-\d\d-\d\dT/;

const ENUMS = {
  "DeleteReason.TERMINATE_END_EVENT": "Terminate end event",
  "DeleteReason.BOUNDARY_EVENT_INTERRUPTING": "boundary event",
  "DeleteReason.EVENT_SUBPROCESS_INTERRUPTING": "event subprocess",
  "DeleteReason.PROCESS_INSTANCE_DELETED": "process instance deleted",
  "AsyncContinuationJobHandler.TYPE": "async-continuation",
  "AsyncLeaveJobHandler.TYPE": "async-leave",
  "ParallelMultiInstanceActivityCompletionJobHandler.TYPE": "parallel-multi-instance-complete",
  "ParallelMultiInstanceWithNoWaitStatesAsyncLeaveJobHandler.TYPE": "parallel-multi-instance-no-waits-async-leave",
};

function enumValue(name) {
  const [owner, constant] = name.split(".").slice(-2);
  if (constant?.startsWith("STATE_")) return constant.slice(6);
  return ENUMS[`${owner}.${constant}`] ?? name.split(".").at(-1).toLowerCase();
}

/** Equality as Java's `equals` has it; numbers of any kind are alike, and dates that went through JSON are dates. */
export function same(left, right) {
  if (left === right) return true;
  if (left === null || left === undefined) return right === null || right === undefined;
  if (right === null || right === undefined) return false;
  if (left instanceof Date || right instanceof Date) {
    const [one, other] = [instant(left), instant(right)];
    return one !== undefined && one === other;
  }
  if (typeof left !== "object" || typeof right !== "object") return false;
  if (left.rowKey !== undefined || right.rowKey !== undefined) return left.rowKey === right.rowKey;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((entry, at) => same(entry, right[at]));
  }
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]))
  );
}

function instant(value) {
  if (value instanceof Date) return value.getTime();
  return typeof value === "string" && ISO_DATE.test(value) ? Date.parse(value) : undefined;
}

export function show(value) {
  if (value instanceof Date) return value.toISOString();
  try {
    return JSON.stringify(value, (key, inner) => (key === "rowKey" ? undefined : inner))?.slice(0, 160) ?? "null";
  } catch {
    return String(value);
  }
}

/** A property of a row, a map or a plain value. */
export function property(value, name) {
  if (value === null || value === undefined) throw new Error(`null has no ${name}`);
  if (Array.isArray(value) && (name === "size" || name === "length")) return value.length;
  if (value instanceof Date && name === "time") return value.getTime();
  if (typeof value.property === "function") return value.property(name);
  if (name in Object(value)) {
    const found = value[name];
    return typeof found === "function" ? found.call(value) : found;
  }
  if (kindOf(value) === "map" && value.rowKey === undefined) return null; // a key that a map lacks
  throw new Unsupported(`get ${name}`);
}

function known(...values) {
  if (values.some((value) => value === null || value === undefined)) throw new Error("null has no value");
  return values;
}

const arithmetic =
  (work) =>
  (...values) =>
    work(...known(...values));

const OPS = {
  "+": (a, b) => (a instanceof Date ? new Date(a.getTime() + b) : a + b),
  "-": arithmetic((a, b) => a - b),
  "*": arithmetic((a, b) => a * b),
  "/": arithmetic((a, b) => (Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b)),
  "%": arithmetic((a, b) => a % b),
  "<": arithmetic((a, b) => a < b),
  "<=": arithmetic((a, b) => a <= b),
  ">": arithmetic((a, b) => a > b),
  ">=": arithmetic((a, b) => a >= b),
  "==": (a, b) => same(a, b),
  "!=": (a, b) => !same(a, b),
  "!": (a) => !a,
  neg: (a) => -a,
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
};

export const COMPARE = OPS;

function operate({ op, a }, scope, evaluate) {
  if (op === "&&") return evaluate(a[0], scope) && evaluate(a[1], scope);
  if (op === "||") return evaluate(a[0], scope) || evaluate(a[1], scope);
  if (op === "?:" || op === "?") return evaluate(evaluate(a[0], scope) ? a[1] : a[2], scope);
  const work = OPS[op];
  if (!work) throw new Unsupported(`op ${op}`);
  return work(...a.map((entry) => evaluate(entry, scope)));
}

class Iterator {
  constructor(items) {
    this.items = [...items];
    this.at = 0;
  }
}

const same1 = (value, [other]) => same(value, other);

const METHODS = {
  list: {
    get: (list, [at]) => {
      if (at < 0 || at >= list.length) throw new Error(`no element ${at} in a list of ${list.length}`);
      return list[at];
    },
    size: (list) => list.length,
    isEmpty: (list) => list.length === 0,
    iterator: (list) => new Iterator(list),
    contains: (list, [value]) => list.some((entry) => same(entry, value)),
    containsAll: (list, [values]) => values.every((value) => list.some((entry) => same(entry, value))),
    indexOf: (list, [value]) => list.findIndex((entry) => same(entry, value)),
    add: (list, [value]) => list.push(value) > 0,
    addAll: (list, [values]) => list.push(...values) > 0,
    remove: (list, [at]) => (typeof at === "number" ? list.splice(at, 1)[0] : removeFrom(list, at)),
    clear: (list) => list.splice(0) && null,
    getFirst: (list) => METHODS.list.get(list, [0]),
    getLast: (list) => METHODS.list.get(list, [list.length - 1]),
    stream: (list) => list,
    toArray: (list) => [...list],
    subList: (list, [from, to]) => list.slice(from, to),
    sort: (list) => void list.sort(),
    equals: same1,
  },
  map: {
    get: (map, [key]) => map[key] ?? null,
    put: (map, [key, value]) => put(map, key, value),
    putValue: (map, [key, value]) => (put(map, key, value), map),
    putAll: (map, [other]) => Object.assign(map, other) && null,
    size: (map) => Object.keys(map).length,
    isEmpty: (map) => Object.keys(map).length === 0,
    containsKey: (map, [key]) => Object.hasOwn(map, key),
    getOrDefault: (map, [key, other]) => (Object.hasOwn(map, key) ? map[key] : other),
    entrySet: (map) => Object.entries(map).map(([key, value]) => ({ rowKey: `entry-${key}`, key, value })),
    containsValue: (map, [value]) => Object.values(map).some((entry) => same(entry, value)),
    keySet: (map) => Object.keys(map),
    values: (map) => Object.values(map),
    remove: (map, [key]) => {
      const old = map[key] ?? null;
      delete map[key];
      return old;
    },
    clear: (map) => Object.keys(map).forEach((key) => delete map[key]),
    getValue: (map, [key]) => map[key] ?? null,
    equals: same1,
  },
  iterator: {
    next: (it) => {
      if (it.at >= it.items.length) throw new Error("no next element");
      return it.items[it.at++];
    },
    hasNext: (it) => it.at < it.items.length,
  },
  date: {
    getTime: (date) => date.getTime(),
    before: (date, [other]) => date < other,
    after: (date, [other]) => date > other,
    compareTo: (date, [other]) => Math.sign(date - other),
    equals: same1,
    toInstant: (date) => date,
  },
  scalar: {
    equals: same1,
    intValue: (value) => Math.trunc(value),
    longValue: (value) => Math.trunc(value),
    doubleValue: (value) => value,
    booleanValue: (value) => value,
    toString: (value) => String(value),
    length: (value) => value.length,
    isEmpty: (value) => value.length === 0,
    contains: (value, [part]) => value.includes(part),
    startsWith: (value, [part]) => value.startsWith(part),
    endsWith: (value, [part]) => value.endsWith(part),
    substring: (value, [from, to]) => value.substring(from, to),
    indexOf: (value, [part]) => value.indexOf(part),
    toLowerCase: (value) => value.toLowerCase(),
    toUpperCase: (value) => value.toUpperCase(),
    trim: (value) => value.trim(),
    split: (value, [by]) => value.split(by),
    equalsIgnoreCase: (value, [other]) => value.toLowerCase() === String(other).toLowerCase(),
    compareTo: (value, [other]) => (value < other ? -1 : value > other ? 1 : 0),
    isPresent: () => true,
  },
};

function put(map, key, value) {
  const old = map[key] ?? null;
  map[key] = value;
  return old;
}

function removeFrom(list, value) {
  const at = list.findIndex((entry) => same(entry, value));
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}

function kindOf(value) {
  if (Array.isArray(value)) return "list";
  if (value instanceof Iterator) return "iterator";
  if (value instanceof Date) return "date";
  return typeof value === "object" ? "map" : "scalar";
}

const camel = (name) => name[0].toLowerCase() + name.slice(1);

/** Rows are copies: what is set on one counts when it is given back. */
function set(row, name, value) {
  if (!Object.hasOwn(row, name)) throw new Unsupported(`set ${name}`);
  row[name] = value;
  return null;
}

/** Calls a method of a query, a builder, a row or a plain value. */
function invoke(value, name, args) {
  if (value === null || value === undefined) throw new Error(`null has no ${name}()`);
  if (typeof value.invoke === "function") return value.invoke(name, args);
  const method = METHODS[kindOf(value)][name];
  if (method && value.rowKey === undefined) return method(value, args);
  const own = Object.hasOwn(Object(value), name) ? value[name] : undefined;
  if (typeof own === "function") return own.apply(value, args);
  const setter = /^set([A-Z].*)$/.exec(name);
  if (setter && args.length === 1 && value.rowKey !== undefined) return set(value, camel(setter[1]), args[0]);
  const getter = /^(?:get|is|has)([A-Z].*)$/.exec(name);
  if (getter && args.length === 0) return property(value, camel(getter[1]));
  throw new Unsupported(`method ${name}`);
}

/** Evaluates a value form; `scope.host` runs calls. */
export function evaluate(form, scope) {
  scope.host.tick();
  if (form === null || typeof form !== "object") return form;
  if (Array.isArray(form)) return form.map((entry) => evaluate(entry, scope));
  if ("$" in form) return scope.get(form.$);
  if ("call" in form)
    return scope.host.call(
      form.call,
      (form.args ?? []).map((entry) => evaluate(entry, scope)),
    );
  if ("m" in form) {
    const on = evaluate(form.on, scope);
    return invoke(
      on,
      form.m,
      (form.args ?? []).map((entry) => evaluate(entry, scope)),
    );
  }
  if ("get" in form) return property(evaluate(form.of, scope), form.get);
  if ("op" in form) return operate(form, scope, evaluate);
  if ("now" in form) return new Date(scope.host.now);
  if ("date" in form) return new Date(evaluate(form.date, scope) ?? scope.host.now);
  if ("map" in form)
    return Object.fromEntries(Object.entries(form.map).map(([key, value]) => [key, evaluate(value, scope)]));
  if ("list" in form) return form.list.map((entry) => evaluate(entry, scope));
  if ("copy" in form) return copy(evaluate(form.copy, scope));
  if ("enum" in form) return enumValue(form.enum);
  if ("prop" in form) return { prop: form.prop };
  if ("class" in form) return { class: form.class };
  if (Object.keys(form).length === 0) return {};
  throw new Unsupported(`value form ${Object.keys(form).join(",")}`);
}

function copy(value) {
  return Array.isArray(value) ? [...value] : kindOf(value) === "map" && value ? { ...value } : value;
}
