import { entries, instant, plain, same, Unsupported } from "./values.mjs";

const given = (args) => args.flat();
const like = (value, pattern, flags = "") =>
  value != null &&
  new RegExp(
    `^${String(pattern)
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replace(/%/g, ".*")
      .replace(/_/g, ".")}$`,
    `s${flags}`,
  ).test(value);

const RELATIONS = {
  Equals: same,
  NotEquals: (a, b) => !same(a, b),
  EqualsIgnoreCase: (a, b) => String(a).toLowerCase() === String(b).toLowerCase(),
  NotEqualsIgnoreCase: (a, b) => String(a).toLowerCase() !== String(b).toLowerCase(),
  GreaterThan: (a, b) => typeof a === typeof b && a > b,
  GreaterThanOrEqual: (a, b) => typeof a === typeof b && a >= b,
  GreaterThanOrEquals: (a, b) => typeof a === typeof b && a >= b,
  LessThan: (a, b) => typeof a === typeof b && a < b,
  LessThanOrEqual: (a, b) => typeof a === typeof b && a <= b,
  LessThanOrEquals: (a, b) => typeof a === typeof b && a <= b,
  Like: (a, b) => like(a, b),
  LikeIgnoreCase: (a, b) => like(a, b, "i"),
  NotLike: (a, b) => a != null && !like(a, b),
};

const VARIABLE =
  /^(variable|processVariable|taskVariable|processInstanceVariable|localVariable|caseInstanceVariable)(?:Value)?([A-Z]\w*)$/;

/** Where the values are that a variable filter looks at. */
function sourceOf(row, family) {
  if (family.startsWith("process")) return row.processValues ?? row.values;
  if (family === "taskVariable" || family === "localVariable") return row.localValues;
  return row.values;
}

function variableFilter(family, relation, args) {
  if (relation === "Exists" || relation === "NotExists")
    return (row) => Object.hasOwn(sourceOf(row, family) ?? {}, args[0]) === (relation === "Exists");
  const test = RELATIONS[relation];
  if (!test) return undefined;
  const wanted = plain(args.at(-1));
  return (row) => {
    const values = sourceOf(row, family) ?? {};
    if (args.length === 1) return Object.values(values).some((value) => test(value, wanted));
    if (!Object.hasOwn(values, args[0])) return false;
    return test(values[args[0]], wanted);
  };
}

/** Filters that follow from the names of properties. */
function byProperty(name, args, fields) {
  const field = (key) => fields.names[key] ?? (fields.properties.has(key) ? key : undefined);
  const whole = field(name);
  if (whole) return args.length === 0 ? (row) => row[whole] === true : (row) => same(row[whole], args[0]);
  for (const [suffix, test] of SUFFIXES) {
    const stem = name.endsWith(suffix) ? field(name.slice(0, -suffix.length)) : undefined;
    if (stem) return (row) => test(row[stem], args);
  }
  const without = /^without([A-Z]\w*)$/.exec(name)?.[1];
  const key = without && field(without[0].toLowerCase() + without.slice(1));
  return key ? (row) => row[key] == null || row[key] === false : undefined;
}

const SUFFIXES = [
  ["LikeIgnoreCase", (a, [b]) => like(a, b, "i")],
  ["NotLike", (a, [b]) => !like(a, b)],
  ["Like", (a, [b]) => like(a, b)],
  ["EqualsIgnoreCase", (a, [b]) => String(a).toLowerCase() === String(b).toLowerCase()],
  ["IgnoreCase", (a, [b]) => a != null && String(a).toLowerCase() === String(b).toLowerCase()],
  ["NotIn", (a, args) => !given(args).some((item) => same(a, item))],
  ["NotEqual", (a, [b]) => !same(a, b)],
  ["Not", (a, [b]) => !same(a, b)],
  ["Ids", (a, args) => given(args).some((item) => same(a, item))],
  ["In", (a, args) => given(args).some((item) => same(a, item))],
  ["s", (a, args) => given(args).some((item) => same(a, item))],
  ["OnOrBefore", (a, [b]) => a != null && instant(a) <= instant(b)],
  ["OnOrAfter", (a, [b]) => a != null && instant(a) >= instant(b)],
  ["Before", (a, [b]) => a != null && instant(a) < instant(b)],
  ["After", (a, [b]) => a != null && instant(a) > instant(b)],
  ["LowerThanOrEquals", (a, [b]) => a <= b],
  ["HigherThanOrEquals", (a, [b]) => a >= b],
  ["LowerThan", (a, [b]) => a < b],
  ["HigherThan", (a, [b]) => a > b],
  ["MinPriority", (a, [b]) => a >= b],
  ["MaxPriority", (a, [b]) => a <= b],
];

/** Calls that change nothing about what is found here. */
const NEUTRAL =
  /^(includeProcessVariables|includeTaskLocalVariables|includeIdentityLinks|includeCaseVariables|disable\w+|enable\w+|initializeFormKeys|matchVariableNamesIgnoreCase|matchVariableValuesIgnoreCase|locale|withLocalizationFallback|latestVersion|withoutTenantId|orderBy)$/;

/**
 * A query over rows: filters by name, order, and how the answer is wanted. As with the services it stands for, filters
 * change the query itself.
 *
 * @param {{ rows: () => object[], names?: Record<string, string>, properties: string[], filters?: object, order?: object }} source
 */
export class Query {
  #filters = [];
  #or;
  #orders = [];

  constructor(source) {
    this.source = source;
    this.fields = { names: source.names ?? {}, properties: new Set(source.properties) };
  }

  invoke(name, given) {
    const args = given.map(idOf);
    if (Object.hasOwn(ENDS, name)) return ENDS[name](this.#found(), args);
    if (name === "or") this.#or = [];
    else if (name === "endOr") this.#endOr();
    else if (name === "asc" || name === "desc") this.#orders.at(-1).down = name === "desc";
    else if (name.startsWith("orderBy") && name !== "orderBy") this.#order(name.slice(7));
    else this.#filter(name, args);
    return this;
  }

  #endOr() {
    const any = this.#or ?? [];
    this.#or = undefined;
    this.#filters.push({ test: (row) => any.some(({ test }) => test(row)) });
  }

  #order(name) {
    const stem = name[0].toLowerCase() + name.slice(1);
    const { names, properties } = this.fields;
    const short = stem.replace(
      /^(?:processInstance|historicActivityInstance|task|job|historicTaskInstance|processDefinition|deployment|variable)(?=[A-Z])/,
      "",
    );
    const shortened = short[0].toLowerCase() + short.slice(1);
    const field = names[stem] ?? [stem, shortened].find((key) => properties.has(key)) ?? names[shortened];
    if (!field) throw new Unsupported(`order ${name}`);
    this.#orders.push({ field, down: false });
  }

  #filter(name, args) {
    const own = this.source.filters?.[name];
    const variable = VARIABLE.exec(name);
    const test =
      (own && ((row) => own(row, ...args))) ??
      (variable && variableFilter(variable[1], variable[2], args)) ??
      byProperty(name, args, this.fields);
    if (!test) {
      if (NEUTRAL.test(name)) {
        if (name === "latestVersion") this.#filters.push({ test: (row) => row.latest === true });
        return;
      }
      throw new Unsupported(`filter ${name}`);
    }
    const into = this.#or ?? this.#filters;
    const at = variable || this.#or ? -1 : into.findIndex((filter) => filter.name === name);
    if (at >= 0) into[at] = { name, test };
    else into.push({ name, test });
  }

  #found() {
    const rows = this.source.rows().filter((row) => this.#filters.every(({ test }) => test(row)));
    if (this.#orders.length === 0) return rows;
    return rows.sort((left, right) => {
      for (const { field, down } of this.#orders) {
        const order = compare(left[field], right[field]);
        if (order !== 0) return down ? -order : order;
      }
      return 0;
    });
  }
}

/** A row that is given where its id is meant. */
function idOf(value) {
  const row =
    value && typeof value === "object" && !(value instanceof Map || value instanceof Date || Array.isArray(value));
  return row && "id" in value ? value.id : value;
}

function compare(left, right) {
  const [a, b] = [left, right].map((value) => (value instanceof Date ? value.getTime() : value));
  if (a === b) return 0;
  if (a == null || b == null) return a == null ? 1 : -1;
  return a < b ? -1 : 1;
}

const ENDS = {
  list: (rows) => rows,
  unlimitedList: (rows) => rows,
  listPage: (rows, [first, count]) => rows.slice(first, first + count),
  count: (rows) => rows.length,
  singleResult(rows) {
    if (rows.length > 1) throw new Error(`Query gives ${rows.length} results, not one`);
    return rows[0] ?? null;
  },
};

/** A fluent builder: every call is kept until one of the ending calls takes them. */
export class Builder {
  constructor(name, calls, ends) {
    this.name = name;
    this.calls = calls;
    this.ends = ends;
    this.kept = [];
  }

  invoke(name, args) {
    if (Object.hasOwn(this.ends, name)) return this.ends[name](this, ...args);
    if (!this.calls.has(name)) throw new Unsupported(`${this.name}.${name}`);
    this.kept.push([name, args]);
    return this;
  }

  one(name) {
    return this.kept.findLast(([call]) => call === name)?.[1][0];
  }

  /** Values of calls that add one pair or a map. */
  pairs(...names) {
    const found = {};
    for (const [name, args] of this.kept) {
      if (!names.includes(name)) continue;
      if (args.length === 1) for (const [key, value] of entries(args[0])) found[key] = plain(value);
      else found[args[0]] = plain(args[1]);
    }
    return found;
  }
}
