import { same, Unsupported } from "./values.mjs";

const compare = (left, right) => {
  if (left === right) return 0;
  if (left === null || left === undefined) return -1;
  if (right === null || right === undefined) return 1;
  return left < right ? -1 : left > right ? 1 : 0;
};

/**
 * A query whose filters are a table from method name to predicate maker: `(...args) => (row, query) => boolean`; `true` for
 * those that change nothing.
 */
export class Query {
  #filters = new Map();
  #orders = [];
  #alternatives;

  constructor(name, rows, table) {
    this.name = name;
    this.rows = rows;
    this.table = table;
    this.options = {};
  }

  invoke(method, args) {
    if (Object.hasOwn(END, method)) return END[method](this.result(), args);
    if (method === "or") {
      if (this.#alternatives) throw new Error("or() within or()");
      this.#alternatives = [];
    } else if (method === "endOr") this.#endOr();
    else if (method === "asc" || method === "desc") this.#turn(method);
    else if (method.startsWith("orderBy")) this.#orders.push({ by: this.#key(method.slice(7)) });
    else this.#filter(method, args);
    return this;
  }

  #filter(method, args) {
    const make = this.table[method];
    if (make === undefined || method.startsWith("$")) throw new Unsupported(`${this.name}.${method}`);
    if (make === true) {
      this.options[method] = args[0] ?? true;
      return;
    }
    const given = args.map((one) => (one?.rowKey !== undefined && one.id !== undefined ? one.id : one));
    if (/(?:In|Ids)$/.test(method) && (given.flat().length === 0 || given.flat().some((one) => one === null)))
      throw new Error(`${method} of nothing`);
    if (given.length > 0 && (given[0] ?? null) === null) throw new Error(`${this.name}.${method} of null`);
    const made = make(...given);
    if (this.#alternatives) this.#alternatives.push(made);
    else if (/Value|Exists/.test(method)) this.#filters.set(`${method} ${given[0]} ${this.#filters.size}`, made);
    else this.#filters.set(method, made);
  }

  #endOr() {
    const some = this.#alternatives ?? [];
    this.#alternatives = undefined;
    this.#filters.set(
      `or ${this.#filters.size}`,
      (row) => some.length === 0 || some.some((filter) => filter(row, this)),
    );
  }

  #turn(direction) {
    const last = this.#orders.at(-1);
    if (!last) throw new Error(`${direction} without an order`);
    last.sign = direction === "asc" ? 1 : -1;
  }

  #key(name) {
    const key = this.table.$orders?.[name];
    if (key === undefined) throw new Unsupported(`${this.name}.orderBy${name}`);
    return key;
  }

  /** A row brings its variables along only when it is asked to. */
  #shown(row) {
    const { includeProcessVariables, includeTaskLocalVariables } = this.options;
    return {
      ...row,
      ...(row.processVariables && !includeProcessVariables ? { processVariables: {} } : {}),
      ...(row.taskLocalVariables && !includeTaskLocalVariables ? { taskLocalVariables: {} } : {}),
    };
  }

  result() {
    if (this.#alternatives) throw new Error("or() without endOr()");
    if (this.#orders.some(({ sign }) => sign === undefined)) throw new Error("an order without asc() or desc()");
    let rows = this.rows(this.options).filter((row) =>
      [...this.#filters.values()].every((filter) => filter(row, this)),
    );
    if (this.#orders.length > 0) {
      rows = rows.toSorted((left, right) => {
        for (const { by, sign } of this.#orders) {
          const order = compare(column(left, by), column(right, by));
          if (order !== 0) return order * sign;
        }
        return 0;
      });
    }
    return rows.map((row) => this.#shown(row));
  }
}

const END = {
  list: (rows) => rows,
  unlimitedList: (rows) => rows,
  count: (rows) => rows.length,
  listPage: (rows, [first, max]) => rows.slice(first, first + max),
  singleResult: (rows) => {
    if (rows.length > 1) throw new Error(`the query gives ${rows.length} rows, not one`);
    return rows[0] ?? null;
  },
  listIds: (rows) => rows.map(({ id }) => id),
};

const column = (row, key) => {
  if (row[key] === undefined) throw new Unsupported(`column ${key}`);
  return row[key];
};
export const eq = (key) => (value) => (row) => column(row, key) === value;
export const among =
  (key) =>
  (...values) =>
  (row) =>
    values.flat().includes(column(row, key));
export const notAmong =
  (key) =>
  (...values) =>
  (row) =>
    !values.flat().includes(column(row, key));
const like = (key) => (pattern) => {
  const text = String(pattern).replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const test = new RegExp(`^${text.replaceAll("%", ".*").replaceAll("_", ".")}$`, "s");
  return (row) => typeof row[key] === "string" && test.test(row[key]);
};
export const likeIgnoreCase = (key) => (pattern) => {
  const test = like("text")(String(pattern).toLowerCase());
  return (row) => typeof row[key] === "string" && test({ text: row[key].toLowerCase() });
};
export const eqIgnoreCase = (key) => (value) => (row) =>
  String(row[key] ?? "").toLowerCase() === String(value).toLowerCase();
export const before = (key) => (date) => (row) => row[key] !== null && row[key] !== undefined && row[key] < date;
export const after = (key) => (date) => (row) => row[key] !== null && row[key] !== undefined && row[key] > date;
const on = (key) => (date) => (row) => row[key]?.getTime?.() === date.getTime();
export const none = (key) => () => (row) => row[key] === null || row[key] === undefined;
export const some = (key) => () => (row) => row[key] !== null && row[key] !== undefined;

/** Filters of a text or number property: `name`, `nameLike`, `nameIn`, … */
export function text(name, key) {
  const upper = name[0].toUpperCase() + name.slice(1);
  return {
    [name]: (value, ...more) => {
      if (more.length > 0) throw new Unsupported(`${name} of ${more.length + 1} values`);
      return Array.isArray(value) ? among(key)(value) : eq(key)(value);
    },
    [`${name}In`]: among(key),
    [`${name}s`]: among(key),
    [`${name}NotIn`]: notAmong(key),
    [`${name}Like`]: like(key),
    [`${name}LikeIgnoreCase`]: likeIgnoreCase(key),
    [`${name}IgnoreCase`]: eqIgnoreCase(key),
    [`${name}EqualsIgnoreCase`]: eqIgnoreCase(key),
    [`${name}NotEqual`]: (value) => (row) => row[key] !== value,
    [`${name}NotEquals`]: (value) => (row) => row[key] !== value,
    [`without${upper}`]: none(key),
  };
}

/** Filters of a number: `taskPriority`, `taskMinPriority`, … */
export function number(name, key, least = [], most = []) {
  const filters = (names, test) => names.map((one) => [one, (value) => (row) => test(column(row, key), value)]);
  return {
    [name]: eq(key),
    ...Object.fromEntries(filters(least, (a, b) => a >= b)),
    ...Object.fromEntries(filters(most, (a, b) => a <= b)),
  };
}

/** Business keys, alone or with the key of their process. */
export const businessKey = (key, definition) => (row) =>
  column(row, "businessKey") === key && (definition === undefined || row.processDefinitionKey === definition);

/** Filters by tenant; a row without one has null or an empty text. */
export function tenant(name) {
  const upper = name[0].toUpperCase() + name.slice(1);
  const without = () => (row) => (column(row, "tenantId") ?? "") === "";
  return {
    [name]: eq("tenantId"),
    [`${name}In`]: among("tenantId"),
    [`${name}Like`]: like("tenantId"),
    [`without${upper}`]: without,
    [name.replace(/(?:T|t)enantId$/, "WithoutTenantId")]: without,
    withoutTenantId: without,
  };
}

/** Filters of an instant: `dueDate`, `dueBefore`, … */
export function date(name, key) {
  return {
    [name]: on(key),
    [`${name}Date`]: on(key),
    [`${name}On`]: on(key),
    [`${name}Before`]: before(key),
    [`${name}After`]: after(key),
  };
}

const entries = (variables) => (Array.isArray(variables) ? variables : Object.entries(variables));

/** Values that have an order to each other; nothing is more or less than a value of another kind. */
const ordered = (test) => (a, b) => typeof a === typeof plain(b) && typeof a !== "object" && test(a, plain(b));
const plain = (value) => (value instanceof Date ? value.toISOString() : value);

const relate = {
  ValueEquals: same,
  ValueNotEquals: (a, b) => !same(a, b),
  ValueGreaterThan: ordered((a, b) => a > b),
  ValueGreaterThanOrEqual: ordered((a, b) => a >= b),
  ValueLessThan: ordered((a, b) => a < b),
  ValueLessThanOrEqual: ordered((a, b) => a <= b),
  ValueLike: (a, b) => like("text")(b)({ text: a }),
  ValueEqualsIgnoreCase: (a, b) => String(a).toLowerCase() === String(b).toLowerCase(),
  ValueNotEqualsIgnoreCase: (a, b) => String(a).toLowerCase() !== String(b).toLowerCase(),
  ValueLikeIgnoreCase: (a, b) => likeIgnoreCase("text")(b)({ text: a }),
};

const fold = (value) => (typeof value === "string" ? value.toLowerCase() : value);

/**
 * Filters by the value of a variable: `variableValueEquals(name, value)`, …; `of` gives the variables of a row, as an object
 * or, where a name may come twice, as entries.
 */
export function variables(prefix, of) {
  const table = {
    [`${prefix}Exists`]: (name) => (row) => entries(of(row)).some(([key]) => key === name),
    [`${prefix}NotExists`]: (name) => (row) => !entries(of(row)).some(([key]) => key === name),
  };
  for (const [suffix, test] of Object.entries(relate))
    table[prefix + suffix] = (name, ...rest) => {
      const wanted = rest.length > 0 ? rest[0] : name;
      if (/Greater|Less/.test(suffix) && (wanted === null || typeof wanted === "boolean"))
        throw new Error(`${suffix} of ${wanted}`);
      if (/Like|IgnoreCase/.test(suffix) && typeof wanted !== "string") throw new Error(`${suffix} of no text`);
      return (row, query) => {
        const found = entries(of(row));
        if (rest.length === 0) return found.some(([, value]) => test(value, name));
        const { matchVariableNamesIgnoreCase: names, matchVariableValuesIgnoreCase: values } = query.options;
        return found.some(
          ([key, value]) =>
            (names ? fold(key) === fold(name) : key === name) &&
            (values ? test(fold(value), fold(rest[0])) : test(value, rest[0])),
        );
      };
    };
  return table;
}
